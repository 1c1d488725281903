#pragma once

#include <memory>
#include <string_view>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/pair_classifier.h"
#include "medley/recommenders/pair_features.h"
#include "medley/recommenders/recommender.h"
#include "medley/training/boosted_trees.h"

namespace medley::recommenders {

/// Gradient-boosted trees on what PairFeatures knows of a user and an item: whether the one is
/// interested in the other (training::BoostedTrees). One user in ten is left out of the training to
/// choose how many trees. Missing, Explain, Cost of answers: see PairClassifier. Source: Friedman
/// 2001; Chen and Guestrin 2016.
class BoostedTrees : public PairClassifier {
 public:
  explicit BoostedTrees(const Parameters& parameters);
  std::string_view name() const override { return "boosted_trees"; }

 protected:
  Result<std::shared_ptr<const PairModel>> Learn(const Lesson& lesson,
                                                 Progress& progress) const override;
  Result<std::shared_ptr<const PairModel>> LoadModel(const ModelReader& reader,
                                                     const PairFeatures& features) const override;

 private:
  training::BoostedTreesOptions options_;
};

RecommenderKind BoostedTreesKind();

}  // namespace medley::recommenders
