#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/pair_features.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// A recommender that can score a few items without all the others.
class ScoresSome {
 public:
  virtual ~ScoresSome() = default;
  /// As Recommender::Score for `items`. Shapes: as many scores. Errors: alike.
  virtual Status ScoreSome(const UserState& user,
                           std::span<const ItemIndex> items,
                           std::span<float> scores) const = 0;
};

/// Questions about one moment of one user: what came of the items after the first `before`
/// interactions of the history.
struct PairBlock {
  UserIndex user = 0;
  std::size_t before = 0;
  std::vector<ItemIndex> items;
  std::vector<std::uint32_t> labels;  ///< 1: for it
  bool held_out = false;  ///< of a user (one in ten) whom training leaves alone to validate with
};
/// Each history in runs of 16 interactions but for its very beginning. Where fewer than
/// a quarter of all interactions are against their item, an item of which nothing is known is drawn
/// for each positive one, and counts as against. Deterministic for the seed.
std::vector<PairBlock> MakePairBlocks(const data::Interactions& interactions, std::uint64_t seed);

/// What a classifier has learnt. Threads: immutable.
class PairModel {
 public:
  virtual ~PairModel() = default;
  /// Log-odds that the user is interested. Shapes: as many scores as items.
  virtual void Answer(const PairFeatures& features,
                      const PairFeatures::Reader& reader,
                      std::span<const ItemIndex> items,
                      std::span<float> scores) const = 0;
  /// The same for a whole catalogue, where only the order of the best matters.
  virtual void Rank(const PairFeatures& features,
                    const PairFeatures::Reader& reader,
                    std::span<const ItemIndex> items,
                    std::span<float> scores) const {
    Answer(features, reader, items, scores);
  }
  /// What of the answer Explain may ask of many histories: all of it, but where that is dear.
  virtual void Glance(const PairFeatures& features,
                      const PairFeatures::Reader& reader,
                      std::span<const ItemIndex> items,
                      std::span<float> scores) const {
    Answer(features, reader, items, scores);
  }
  virtual void Save(ModelWriter& writer, Json& note) const = 0;
};

/// What recommenders share that say of a user and an item whether the one is interested in the
/// other: the features, the questions, the table's promises. Scores are log-odds. Missing: all for
/// an empty history, and an item of which nothing is known, get -infinity. Load takes the catalogue
/// as it is now. Explain: past items by how much the item's score falls when each is left out.
/// Cost: training, PairFeatures and the model's; a request, items x history x dimension of the
/// vectors, and the model's.
class PairClassifier : public Recommender, public ScoresSome {
 public:
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return features_ ? features_->n_items() : 0; }
  Status Score(const UserState& user, std::span<float> scores) const override;
  Status ScoreSome(const UserState& user,
                   std::span<const ItemIndex> items,
                   std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 protected:
  explicit PairClassifier(std::string spaces) : spaces_(std::move(spaces)) {}

  /// What to learn from.
  struct Lesson {
    const TrainingData& data;
    const PairFeatures& features;
    std::span<const PairBlock> blocks;
  };
  virtual Result<std::shared_ptr<const PairModel>> Learn(const Lesson& lesson,
                                                         Progress& progress) const = 0;
  virtual Result<std::shared_ptr<const PairModel>> LoadModel(
      const ModelReader& reader, const PairFeatures& features) const = 0;

  /// The features of all questions, a row each, in the order of the blocks.
  struct Rows {
    linalg::Matrix values;
    std::vector<std::uint32_t> labels;
    std::vector<std::uint8_t> held_out;
  };
  static Result<Rows> RowsOf(const Lesson& lesson);

 private:
  std::string spaces_;
  std::shared_ptr<const PairFeatures> features_;
  std::shared_ptr<const PairModel> model_;
};

/// The `content` parameter.
ParameterSpec PairContentSpec();

}  // namespace medley::recommenders
