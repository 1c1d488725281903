#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/pair_classifier.h"
#include "medley/recommenders/pair_features.h"
#include "medley/recommenders/recommender.h"
#include "medley/training/head.h"

namespace medley::recommenders {

/// Logistic regression on what PairFeatures knows of a user and an item,
///   ln (p / (1 - p)) = w . x + b,
/// or with `hidden` > 0 one wide layer with ReLU before it. Missing, Explain, Cost of answers: see
/// PairClassifier. Source: Richardson, Dominowska, Ragno 2007.
class Logistic : public PairClassifier {
 public:
  explicit Logistic(const Parameters& parameters);
  std::string_view name() const override { return "logistic"; }

 protected:
  Result<std::shared_ptr<const PairModel>> Learn(const Lesson& lesson,
                                                 Progress& progress) const override;
  Result<std::shared_ptr<const PairModel>> LoadModel(const ModelReader& reader,
                                                     const PairFeatures& features) const override;

 private:
  training::HeadOptions options_;
};

RecommenderKind LogisticKind();

}  // namespace medley::recommenders
