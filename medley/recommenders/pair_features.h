#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/biased_mf.h"
#include "medley/recommenders/content_vectors.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// What is known of a user and an item before anyone decides whether the one is interested in the
/// other: numbers that all classifiers of interest look at, so that they differ in how they look
/// only. The user's mean opinion, lately too, and how much they did; the item's; the prediction of
/// biased matrix factorisation; and for each of two kinds of vectors (content; behaviour) how near
/// the item is to what the user was for and against; and for each kind of attribute ("director=")
/// what the user thought of the item's. An opinion is an interaction's weight.
/// Leaks: an item's numbers and the factorisation are made in folds, for a user of a fold by those
/// of all others, as they will be for a user of whom nothing was learnt; all else comes from the
/// part of the history before the question.
/// Missing: zeros for what is not known, a user's mean for an item nobody rated.
/// Threads: const members from any number.
class PairFeatures {
 public:
  static constexpr std::size_t kFolds = 5;
  static constexpr std::size_t kBehaviourDimension = 32;

  /// `spaces` as ContentVectors takes them; "none": without. Errors: those of the vectors and of
  /// biased_mf. Cost: kFolds + 1 trainings of biased_mf.
  static Result<PairFeatures> Fit(const TrainingData& data,
                                  std::string_view spaces,
                                  Progress& progress);

  std::size_t n_items() const { return behaviour_.rows(); }
  /// Numbers a pair.
  std::size_t size() const { return names_.size(); }
  const std::vector<std::string>& names() const { return names_; }
  bool Knows(ItemIndex item) const;
  /// What is known of the item itself; either may have no columns.
  std::span<const float> Content(ItemIndex item) const;
  std::size_t content_dimension() const { return content_ ? content_->dimension() : 0; }
  std::span<const float> Behaviour(ItemIndex item) const { return behaviour_.Row(item); }
  /// Mean opinion, share of positives, logarithm of the count.
  std::array<float, 3> ItemNumbers(ItemIndex item) const { return Numbers(stats_.back(), item); }

  /// A history, looked through once for all items. `history` must outlive it.
  struct Reader {
    std::span<const data::Interaction> history;
    std::size_t fold = kFolds;
    float mean = 0;
    std::array<float, 4> user{};
    std::vector<float> predicted;   ///< of biased_mf, by item; empty: it knows nothing
    std::vector<float> affinities;  ///< by attribute: what the user thought of items that have it
    std::vector<float> met;         ///< by attribute: of how many
  };
  /// `fold`: kFolds for requests; during training that of the user, FoldOf.
  Result<Reader> Read(std::span<const data::Interaction> history, std::size_t fold = kFolds) const;
  static std::size_t FoldOf(UserIndex user) { return user % kFolds; }
  /// Shapes: out.size() == size().
  void Write(const Reader& reader, ItemIndex item, std::span<float> out) const;
  /// The folds are for training only.
  void DropFolds();

  void Save(ModelWriter& writer, Json& note) const;
  Status SaveParts(const std::filesystem::path& directory) const;
  static Result<PairFeatures> Load(const ModelReader& reader,
                                   const std::filesystem::path& directory,
                                   const ItemFeatures* features);

  static float Opinion(const data::Interaction& entry);

 private:
  /// Sums over those who dealt with an item.
  struct ItemStats {
    std::vector<float> opinions;
    std::vector<float> positives;
    std::vector<float> counts;
    float mean = 0;      ///< opinion of all of them on everything
    float positive = 0;  ///< share of opinions above 0
  };
  /// A kind of attribute: "director=".
  struct AttributeKind {
    std::string prefix;
    std::vector<std::uint8_t> has;  ///< by attribute
  };

  void CountItems(const data::Interactions& interactions);
  Status FitPredictors(const TrainingData& data, Progress& progress);
  void FindAttributes(const ItemFeatures* features, const Json* kinds);
  void NameAll();
  void Resize(std::size_t n_items);
  static std::array<float, 3> Numbers(const ItemStats& stats, ItemIndex item);
  void AddAffinities(Reader& reader) const;
  void WriteNearness(const Reader& reader,
                     const std::vector<float>& nearness,
                     std::span<float> out) const;

  std::vector<ItemStats> stats_;                   ///< by fold, then all
  std::vector<std::shared_ptr<BiasedMf>> models_;  ///< alike
  linalg::Matrix behaviour_;
  std::optional<ContentVectors> content_;
  const ItemFeatures* features_ = nullptr;
  std::vector<AttributeKind> kinds_;
  std::vector<std::string> names_;
};

}  // namespace medley::recommenders
