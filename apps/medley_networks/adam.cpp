#include "apps/medley_networks/adam.h"

#include <ATen/ATen.h>

#include <cmath>
#include <cstddef>
#include <utility>

#include "medley/core/threads.h"

namespace medley::networks {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;
constexpr std::size_t kAtATime = 32'768;

}  // namespace

Adam::Adam(at::Tensor weight, double weight_decay)
    : weight_(std::move(weight)),
      weight_decay_(weight_decay),
      mean_(at::zeros_like(weight_)),
      square_(at::zeros_like(weight_)) {}

void Adam::Step(const at::Tensor& gradient, double rate) {
  ++steps_;
  const auto n = static_cast<double>(steps_);
  const double length = rate / (1 - std::pow(kBeta1, n));
  const double correction = 1 / (1 - std::pow(kBeta2, n));
  const double keep = 1 - rate * weight_decay_;
  if (!weight_.is_cpu()) {
    mean_.mul_(kBeta1).add_(gradient, 1 - kBeta1);
    square_.mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
    weight_.mul_(keep).addcdiv_(mean_, (square_ * correction).sqrt_().add_(kEpsilon), -length);
    return;
  }
  // In one pass over memory, which is what a step costs here.
  auto* const weight = weight_.data_ptr<float>();
  auto* const mean = mean_.data_ptr<float>();
  auto* const square = square_.data_ptr<float>();
  const auto* const given = gradient.data_ptr<float>();
  const auto b1 = static_cast<float>(kBeta1);
  const auto b2 = static_cast<float>(kBeta2);
  const auto kept = static_cast<float>(keep);
  const auto step = static_cast<float>(length);
  const auto unbiased = static_cast<float>(correction);
  const auto epsilon = static_cast<float>(kEpsilon);
  ParallelFor(
      static_cast<std::size_t>(weight_.numel()), kAtATime, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          const float g = given[i];
          mean[i] = b1 * mean[i] + (1 - b1) * g;
          square[i] = b2 * square[i] + (1 - b2) * g * g;
          weight[i] =
              kept * weight[i] - step * mean[i] / (std::sqrt(square[i] * unbiased) + epsilon);
        }
      });
}

}  // namespace medley::networks
