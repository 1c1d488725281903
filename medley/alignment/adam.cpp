#include "medley/alignment/adam.h"

#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "medley/alignment/tape.h"
#include "medley/linalg/matrix.h"

namespace medley::alignment {
namespace {

constexpr float kBeta1 = 0.9F;
constexpr float kBeta2 = 0.999F;
constexpr float kEpsilon = 1e-8F;

}  // namespace

void Adam::Step(Weights& weights,
                const Tape& tape,
                const std::function<float(const std::string& name)>& pace) {
  steps_ += 1;
  const auto step = static_cast<float>(rate_ / (1 - std::pow(double{kBeta1}, steps_)));
  const auto unbiased = static_cast<float>(1 / (1 - std::pow(double{kBeta2}, steps_)));
  const auto keep = static_cast<float>(1 - rate_ * weight_decay_);
  for (auto& [name, weight] : weights) {
    const auto* gradient = tape.GradientOf(weight);
    if (gradient == nullptr) continue;
    auto& moments = moments_
                        .try_emplace(name,
                                     Moments{linalg::Matrix(weight.rows(), weight.cols()),
                                             linalg::Matrix(weight.rows(), weight.cols())})
                        .first->second;
    const float length = step * pace(name);
    const std::size_t n = weight.rows() * weight.cols();
    for (std::size_t i = 0; i < n; ++i) {
      const float g = gradient->data()[i];
      float& mean = moments.mean.data()[i];
      float& square = moments.square.data()[i];
      mean = kBeta1 * mean + (1 - kBeta1) * g;
      square = kBeta2 * square + (1 - kBeta2) * g * g;
      weight.data()[i] =
          keep * weight.data()[i] - length * mean / (std::sqrt(square * unbiased) + kEpsilon);
    }
  }
}

}  // namespace medley::alignment
