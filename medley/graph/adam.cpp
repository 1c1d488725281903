#include "medley/graph/adam.h"

#include <cassert>
#include <cmath>
#include <cstddef>
#include <span>

#include "medley/core/threads.h"

namespace medley::graph {
namespace {
constexpr float kMeanKept = 0.9F;
constexpr float kSquareKept = 0.99F;
constexpr float kTiny = 1e-8F;
constexpr std::size_t kValuesAtATime = 1 << 15;
}  // namespace

void Adam::Step(std::span<const float> gradient,
                double rate,
                double decay,
                std::span<float> values) {
  assert(gradient.size() == values.size() && means_.size() == values.size());
  ++steps_;
  const auto steps = static_cast<double>(steps_);
  const auto scale = static_cast<float>(rate / (1 - std::pow(double{kMeanKept}, steps)));
  const auto unbiased = static_cast<float>(1 / (1 - std::pow(double{kSquareKept}, steps)));
  const auto pull = static_cast<float>(decay);
  ParallelFor(values.size(), kValuesAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const float slope = gradient[i] + pull * values[i];
      means_[i] = kMeanKept * means_[i] + (1 - kMeanKept) * slope;
      squares_[i] = kSquareKept * squares_[i] + (1 - kSquareKept) * slope * slope;
      values[i] -= scale * means_[i] / (std::sqrt(squares_[i] * unbiased) + kTiny);
    }
  });
}

}  // namespace medley::graph
