#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/ids.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/fusion/fusion.h"
#include "medley/linalg/matrix.h"

namespace medley::graph {
class KnowledgeGraph;
}

namespace medley::recommenders {

using fusion::FeatureSpace;

/// Everything known of the items besides behaviour. Views: the caller keeps the memory alive as
/// long as any recommender fitted on it.
struct ItemFeatures {
  std::vector<FeatureSpace> spaces;
  /// Attribute tokens of each item, sorted: indices into attribute_names ("category=Comedy",
  /// "tag=...", "year=1990s", "director=...").
  std::vector<std::vector<std::uint32_t>> attributes;
  std::vector<std::string> attribute_names;
  /// When each item came to be; 0: not known. Empty: known of none.
  std::vector<TimeMs> created;
  /// What else is known of the items; nullptr: the attributes are all.
  const graph::KnowledgeGraph* graph = nullptr;

  const FeatureSpace* Find(std::string_view space) const {
    for (const auto& candidate : spaces) {
      if (candidate.name == space) return &candidate;
    }
    return nullptr;
  }
};

struct TrainingData {
  const data::Interactions* interactions = nullptr;
  const ItemFeatures* features = nullptr;  ///< nullptr: none
  TimeMs now = 0;                          ///< "today" for time decay; 0: the latest interaction
  std::uint64_t seed = 1;
};

/// A user at the moment of asking. `index` is their row in the training data, kNoIndex for someone
/// new; `history` is what they did, in time order, training or later.
struct UserState {
  UserIndex index = kNoIndex;
  std::span<const data::Interaction> history;
};

/// Why an item was scored as it was. Sentences are made from these and from nothing else.
struct Evidence {
  enum class Kind : std::uint8_t {
    kPastItem,    ///< `item` of the history pulled it up, by behaviour of others
    kSimilar,     ///< `item` of the history resembles it in `space` ("image")
    kAttribute,   ///< shares `attribute` with the history ("category=Comedy"), `count` times; with
                  ///< `item` of the history above all, where there is one
    kPopularity,  ///< `count` people dealt with it
    kNew,         ///< it is among the newer half of the items, `count` days old when last trained
  };
  Kind kind = Kind::kPopularity;
  ItemIndex item = kNoIndex;
  std::string space;
  std::string attribute;
  double count = 0;
  double contribution = 0;  ///< its share of the score, comparable within one recommender
};

/// A trained or trainable recommender. Every implementation is one row of Recommenders() and passes
/// tests/contract/recommender_contract.h.
/// Threads: Score and Explain from any number at once; Fit, Update and Load from one, alone.
class Recommender {
 public:
  virtual ~Recommender() = default;
  virtual std::string_view name() const = 0;
  /// Errors: kInvalidInput for NaN or infinite weights, for indices out of range, or without what
  /// it needs; the model stays as it was. Deterministic for a seed, whatever the number of threads.
  virtual Status Fit(const TrainingData& data, Progress& progress) = 0;
  /// Learns what has changed since it was fitted on `before` (or last updated to it, or loaded as
  /// fitted on it); `data` is all there is now, of the same users and items and perhaps more at the
  /// end. How near the result is to Fit(data) the row's `updating` says. Errors: as Fit, and
  /// kInvalidInput where `before` is not of this model's items; the model stays as it was.
  virtual Status Update(const TrainingData& data,
                        const data::Interactions& before,
                        Progress& progress) {
    (void)before;
    return Fit(data, progress);
  }
  virtual std::size_t n_items() const = 0;
  /// Writes a score for every item, greater is better; -infinity where it can say nothing of the
  /// item. For an empty history: -infinity for all, unless the row `answers_newcomers`; the product
  /// then asks one that does. Shapes: scores.size() == n_items(). Errors: kInvalidInput for a
  /// history with unknown items or NaN.
  virtual Status Score(const UserState& user, std::span<float> scores) const = 0;
  /// At most `limit` reasons, strongest first; empty where it has none.
  virtual std::vector<Evidence> Explain(const UserState& user,
                                        ItemIndex item,
                                        std::size_t limit) const = 0;
  /// Writes the model into an existing directory; Load makes one that scores bit for bit alike.
  virtual Status Save(const std::filesystem::path& directory) const = 0;
  virtual Status Load(const std::filesystem::path& directory, const ItemFeatures* features) = 0;
};

/// What Recommender::Update costs and gives.
enum class Updating : std::uint8_t {
  kFitsAnew,  ///< it is Fit
  kExact,  ///< scores as Fit(data) would, bit for bit, at the cost of reading the data once and of
           ///< what changed
  kFoldsIn,  ///< near to Fit(data), at the cost of what changed: the old stays, the new is fitted
             ///< to it
};

/// Whether a recommender looks at TrainingData::features.
enum class FeatureUse : std::uint8_t { kNone, kOptional, kRequired };

/// The table of recommenders: --help, the reference and the API's schema are made from it.
struct RecommenderKind {
  std::string name;
  std::string summary;
  std::string example;  ///< a command line
  std::string paper;
  std::vector<ParameterSpec> parameters;
  std::unique_ptr<Recommender> (*make)(const Parameters& parameters) = nullptr;
  bool personal = true;            ///< false: the same scores for everyone
  bool ranks = true;               ///< false: predicts how much someone would like an item, not
                                   ///< whether they would turn to it; nobody is served from it
  bool answers_newcomers = false;  ///< true: scores for an empty history too
  FeatureUse features = FeatureUse::kNone;
  Updating updating = Updating::kFitsAnew;
  /// Of what is trained, the personal one that is greatest here answers whoever has a history. All
  /// above 0 are trained where nothing is named: they serve by themselves or as a part of another,
  /// and are soon made.
  int serving = 0;
};
const std::vector<RecommenderKind>& Recommenders();
/// What `names` stand for where they are one word for many: "all" for every row, "served" for those
/// above 0 in `serving`. Others stay as they are.
std::vector<std::string> NamesOf(std::vector<std::string> names);
/// What RecommenderKind::make is of most.
template <typename T>
std::unique_ptr<Recommender> MakeOf(const Parameters& parameters) {
  return std::make_unique<T>(parameters);
}

/// A new, unfitted recommender. Errors: kNotFound listing the names; kInvalidInput from the
/// parameters.
Result<std::unique_ptr<Recommender>> MakeRecommender(
    std::string_view name, const std::map<std::string, std::string>& settings);

struct ScoredItem {
  ItemIndex item = kNoIndex;
  float score = 0;
};

/// The `n` best of `scores` that `allowed` lets through (nullptr: all) and that are not -infinity,
/// best first, ties by index.
std::vector<ScoredItem> TopItems(std::span<const float> scores,
                                 std::size_t n,
                                 const std::function<bool(ItemIndex)>& allowed);

}  // namespace medley::recommenders
