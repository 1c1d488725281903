#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "medley/linalg/kernels.h"

namespace medley::training {

/// Scores to probabilities, their sum 1. Shapes: at least one.
inline void SoftmaxOf(std::span<float> scores) {
  const float greatest = *std::max_element(scores.begin(), scores.end());
  float sum = 0;
  for (float& score : scores) sum += score = std::exp(score - greatest);
  linalg::Scale(1 / sum, scores);
}

}  // namespace medley::training
