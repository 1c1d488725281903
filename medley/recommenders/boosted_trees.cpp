#include "medley/recommenders/boosted_trees.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/pair_classifier.h"
#include "medley/recommenders/pair_features.h"
#include "medley/recommenders/recommender.h"
#include "medley/training/boosted_trees.h"

namespace medley::recommenders {
namespace {

class TreesModel : public PairModel {
 public:
  explicit TreesModel(training::BoostedTrees trees) : trees_(std::move(trees)) {}

  void Answer(const PairFeatures& features,
              const PairFeatures::Reader& reader,
              std::span<const ItemIndex> items,
              std::span<float> scores) const override {
    ParallelFor(items.size(), 256, [&](std::size_t begin, std::size_t end) {
      std::vector<float> row(features.size());
      for (std::size_t i = begin; i < end; ++i) {
        features.Write(reader, items[i], row);
        scores[i] = trees_.LogOdds(row);
      }
    });
  }

  void Save(ModelWriter& writer, Json& note) const override {
    note["depth"] = trees_.depth();
    note["start"] = trees_.start();
    writer.Add("numbers", trees_.numbers());
    writer.Add("bounds", trees_.bounds());
    writer.Add("answers", trees_.answers());
  }

 private:
  training::BoostedTrees trees_;
};

}  // namespace

BoostedTrees::BoostedTrees(const Parameters& parameters)
    : PairClassifier(parameters.Text("content")) {
  options_.trees = static_cast<std::size_t>(parameters.Int("trees"));
  options_.depth = static_cast<std::size_t>(parameters.Int("depth"));
  options_.patience = static_cast<std::size_t>(parameters.Int("patience"));
  options_.rate = parameters.Real("learning_rate");
  options_.least_weight = parameters.Real("least_weight");
  options_.pull = parameters.Real("regularization");
}

Result<std::shared_ptr<const PairModel>> BoostedTrees::Learn(const Lesson& lesson,
                                                             Progress& progress) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto rows, RowsOf(lesson));
  MEDLEY_ASSIGN_OR_RETURN(auto trees,
                          training::BoostedTrees::Fit(
                              rows.values.View(), rows.labels, rows.held_out, options_, progress));
  return std::make_shared<const TreesModel>(std::move(trees));
}

Result<std::shared_ptr<const PairModel>> BoostedTrees::LoadModel(
    const ModelReader& reader, const PairFeatures& features) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto depth, reader.Size("depth"));
  MEDLEY_ASSIGN_OR_RETURN(const auto start, reader.Real("start"));
  MEDLEY_ASSIGN_OR_RETURN(auto numbers, reader.Indices("numbers"));
  MEDLEY_ASSIGN_OR_RETURN(auto bounds, reader.Floats("bounds"));
  MEDLEY_ASSIGN_OR_RETURN(auto answers, reader.Floats("answers"));
  MEDLEY_ASSIGN_OR_RETURN(auto trees,
                          training::BoostedTrees::FromArrays(depth,
                                                             static_cast<float>(start),
                                                             std::move(numbers),
                                                             std::move(bounds),
                                                             std::move(answers),
                                                             features.size()));
  return std::make_shared<const TreesModel>(std::move(trees));
}

RecommenderKind BoostedTreesKind() {
  RecommenderKind kind;
  kind.name = "boosted_trees";
  kind.summary =
      "Gradient-boosted trees on what is known of a user and an item: whether the one is "
      "interested";
  kind.example = "medley train boosted_trees --set boosted_trees.depth=4";
  kind.paper =
      "Friedman: Greedy function approximation: a gradient boosting machine, Annals of Statistics "
      "29(5), 2001; Chen, Guestrin: XGBoost, KDD 2016";
  kind.parameters = {
      PairContentSpec(),
      {"trees", std::int64_t{300}, "At most", 1, 10'000, {}},
      {"depth", std::int64_t{5}, "Questions a tree asks before it answers", 1, 12, {}},
      {"learning_rate", 0.05, "What each tree's answer is multiplied by", 1e-4, 1, {}},
      {"least_weight",
       20.0,
       "How much there must be on either side of a question, about four rows each 1",
       0,
       1e9,
       {}},
      {"regularization", 5.0, "Penalty on the answers' length", 0, 1e9, {}},
      {"patience",
       std::int64_t{20},
       "Trees without a smaller loss of the held-out users before it stops; 0: never",
       0,
       10'000,
       {}},
  };
  kind.features = FeatureUse::kOptional;
  kind.make = &MakeOf<BoostedTrees>;
  return kind;
}

}  // namespace medley::recommenders
