#include "medley/training/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace medley::training {
namespace {

constexpr double kLowest = 0.01;

}  // namespace

double LearningRate::At(std::size_t step) const {
  if (step < warm_up) return peak * static_cast<double>(step + 1) / static_cast<double>(warm_up);
  if (!cosine || steps <= warm_up + 1) return peak;
  const double done = static_cast<double>(std::min(step, steps - 1) - warm_up) /
                      static_cast<double>(steps - 1 - warm_up);
  return peak * (kLowest + (1 - kLowest) * 0.5 * (1 + std::cos(std::numbers::pi * done)));
}

}  // namespace medley::training
