#include "medley/recommenders/path_weights.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"

namespace medley::recommenders {
namespace {

constexpr int kMostSteps = 25;
constexpr double kSmallStep = 1e-6;
/// Longer steps are cut, so that what separates perfectly does not run away.
constexpr double kLongestStep = 4;

/// Gradient and curvature of the loss at `w`, over the columns of `use` alone.
struct Slope {
  std::vector<double> gradient;
  std::vector<double> curvature;  ///< use x use, the lower triangle
};

Slope SlopeAt(const linalg::Matrix& differences,
              std::span<const std::size_t> use,
              std::span<const double> w,
              double ridge) {
  const std::size_t k = use.size();
  Slope out{std::vector<double>(k), std::vector<double>(k * k)};
  std::vector<double> x(k);
  for (std::size_t row = 0; row < differences.rows(); ++row) {
    double margin = 0;
    for (std::size_t a = 0; a < k; ++a) {
      x[a] = double{differences(row, use[a])};
      margin += w[use[a]] * x[a];
    }
    const double wrong = 1 / (1 + std::exp(margin));
    const double bend = wrong * (1 - wrong);
    for (std::size_t a = 0; a < k; ++a) {
      out.gradient[a] -= wrong * x[a];
      if (x[a] == 0) continue;
      for (std::size_t b = 0; b <= a; ++b) out.curvature[a * k + b] += bend * x[a] * x[b];
    }
  }
  const double held = ridge * static_cast<double>(differences.rows());
  for (std::size_t a = 0; a < k; ++a) {
    out.gradient[a] += held * w[use[a]];
    out.curvature[a * k + a] += held;
  }
  return out;
}

/// The longest entry of the step that was taken; 0 where none could be.
double Step(const Slope& slope, std::span<const std::size_t> use, std::span<double> w) {
  const std::size_t k = use.size();
  linalg::Matrix curvature(k, k);
  linalg::Matrix step(1, k);
  for (std::size_t a = 0; a < k; ++a) {
    for (std::size_t b = 0; b <= a; ++b)
      curvature(a, b) = static_cast<float>(slope.curvature[a * k + b]);
    step(0, a) = static_cast<float>(-slope.gradient[a]);
  }
  if (!linalg::SolvePositiveDefinite(curvature.View(), step.View())) return 0;
  double longest = 0;
  for (std::size_t a = 0; a < k; ++a) longest = std::max(longest, std::abs(double{step(0, a)}));
  const double factor = longest > kLongestStep ? kLongestStep / longest : 1;
  for (std::size_t a = 0; a < k; ++a) w[use[a]] += factor * double{step(0, a)};
  return longest;
}

}  // namespace

std::vector<double> LearnPathWeights(const linalg::Matrix& differences, double ridge) {
  std::vector<double> w(differences.cols());
  std::vector<std::size_t> use;
  for (std::size_t column = 0; column < differences.cols(); ++column) {
    bool any = false;
    for (std::size_t row = 0; row < differences.rows() && !any; ++row)
      any = differences(row, column) != 0;
    if (any) use.push_back(column);
  }
  while (!use.empty()) {
    for (int step = 0; step < kMostSteps; ++step) {
      if (Step(SlopeAt(differences, use, w, ridge), use, w) < kSmallStep) break;
    }
    const auto worst =
        std::ranges::min_element(use, {}, [&](std::size_t column) { return w[column]; });
    if (w[*worst] >= 0) break;
    w[*worst] = 0;
    use.erase(worst);
  }
  for (auto& weight : w) weight = std::isfinite(weight) ? std::max(0.0, weight) : 0;
  return w;
}

}  // namespace medley::recommenders
