#include "medley/training/adam.h"

#include <cassert>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/threads.h"

namespace medley::training {
namespace {
constexpr float kMeanKept = 0.9F;
constexpr float kTiny = 1e-8F;
constexpr std::size_t kValuesAtATime = 1 << 15;
}  // namespace

void Adam::Begin(double rate) {
  rate_ = rate;
  ++steps_;
}

void Adam::Move(std::string_view name,
                std::span<const float> gradient,
                std::span<float> values,
                const AdamOptions& options) {
  auto found = moments_.find(name);
  if (found == moments_.end()) {
    const std::vector<float> zeros(values.size());
    found = moments_.emplace(std::string(name), Moments{zeros, zeros}).first;
  }
  auto& [mean, square] = found->second;
  assert(steps_ > 0 && gradient.size() == values.size() && mean.size() == values.size());
  const auto steps = static_cast<double>(steps_);
  const auto length = static_cast<float>(rate_ / (1 - std::pow(double{kMeanKept}, steps)) *
                                         static_cast<double>(options.pace));
  const auto unbiased = static_cast<float>(1 / (1 - std::pow(square_kept_, steps)));
  const auto square_kept = static_cast<float>(square_kept_);
  const auto keep = static_cast<float>(1 - rate_ * static_cast<double>(options.shrink));
  ParallelFor(values.size(), kValuesAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const float slope = gradient[i] + options.pull * values[i];
      mean[i] = kMeanKept * mean[i] + (1 - kMeanKept) * slope;
      square[i] = square_kept * square[i] + (1 - square_kept) * slope * slope;
      values[i] = keep * values[i] - length * mean[i] / (std::sqrt(square[i] * unbiased) + kTiny);
    }
  });
}

}  // namespace medley::training
