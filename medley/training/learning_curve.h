#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "medley/core/json.h"

namespace medley::training {

/// How a training went, epoch by epoch, so that a report can draw it.
struct LearningCurve {
  struct Point {
    std::size_t epoch = 0;  ///< from 1
    double loss = 0;        ///< mean over the epoch's targets
    double validation = 0;  ///< after it; 0 where nothing was held out
  };
  std::string metric = "ndcg@10";  ///< what `validation` is
  std::vector<Point> points;
  std::size_t best_epoch = 0;  ///< whose weights were kept; 0: none
};

Json ToJson(const LearningCurve& curve);
/// Missing: what is not there or of another type is left out; a curve is for the eye only.
LearningCurve LearningCurveFromJson(const Json& json);

/// What has been trained epoch by epoch and can show how.
class HasLearningCurve {
 public:
  virtual ~HasLearningCurve() = default;
  virtual const LearningCurve& learning_curve() const = 0;
};

}  // namespace medley::training
