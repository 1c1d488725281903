#include "medley/recommenders/two_tower.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "medley/core/parameters.h"
#include "medley/recommenders/network_recommender.h"
#include "medley/recommenders/recommender.h"
#include "medley/training/fit.h"
#include "medley/training/network.h"
#include "medley/training/trainer.h"

namespace medley::recommenders {
namespace {

training::FitOptions OptionsFrom(const Parameters& parameters) {
  training::FitOptions options;
  options.name = "two_tower";
  auto& shape = options.trainer.shape;
  shape.block = training::Block::kPooled;
  shape.dimension = static_cast<std::size_t>(parameters.Int("dimension"));
  shape.widening = static_cast<std::size_t>(parameters.Int("widening"));
  shape.max_length = static_cast<std::size_t>(parameters.Int("max_length"));
  shape.fade = parameters.Real("fade");
  options.trainer.dropout = parameters.Real("dropout");
  options.trainer.loss = training::Loss::kInBatch;
  options.trainer.correct = parameters.Bool("correct");
  ReadTrainingParameters(parameters, options);
  return options;
}

}  // namespace

TwoTower::TwoTower(const Parameters& parameters)
    : NetworkRecommender(OptionsFrom(parameters), parameters.Text("content")) {}

RecommenderKind TwoTowerKind() {
  RecommenderKind kind;
  kind.name = "two_tower";
  kind.summary =
      "A network's vector of the history against one of each item, by itself and its content; for "
      "large catalogues, and for new items";
  kind.example = "medley train two_tower --set two_tower.dimension=128";
  kind.paper =
      "Covington, Adams, Sargin: Deep neural networks for YouTube recommendations, RecSys 2016; Yi "
      "et al.: Sampling-bias-corrected neural modeling for large corpus item recommendations, "
      "RecSys 2019";
  kind.parameters = {
      {"dimension", std::int64_t{64}, "Numbers in each vector", 1, 4096, {}},
      {"widening", std::int64_t{4}, "How many times wider the inner layer is", 1, 16, {}},
      {"max_length", std::int64_t{50}, "The latest items of a history that are seen", 1, 4096, {}},
      {"fade", 0.8, "What each step into the past multiplies by", 0, 1, {}},
      {"dropout", 0.3, "Share of numbers left out while training", 0, 0.95, {}},
      {"correct", true, "Correct for popular items being met more often (logQ)", 0, 0, {}},
  };
  for (auto& parameter : TrainingParameters()) kind.parameters.push_back(std::move(parameter));
  kind.features = FeatureUse::kOptional;
  kind.make = &MakeOf<TwoTower>;
  return kind;
}

}  // namespace medley::recommenders
