#include "medley/recommenders/kernel_weights.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"

namespace medley::recommenders {
namespace {

constexpr double kStartWeight = 0.1;
constexpr double kFirstStep = 0.7;
constexpr double kLongestStep = 1.5;
constexpr double kShortestStep = 0.02;
constexpr double kLowest = -9;  // of the logarithm: a part of weight e^-9 counts for nothing
constexpr double kHighest = 4;

struct Error {
  double value = 0;
  std::vector<double> slope;  ///< by the logarithm of each weight
};

linalg::Matrix Product(const linalg::Matrix& a, const linalg::Matrix& b_transposed) {
  linalg::Matrix out(a.rows(), b_transposed.rows());
  linalg::TimesTransposed(a.View(), b_transposed.View(), out.View());
  return out;
}

double Inner(const linalg::Matrix& a, const linalg::Matrix& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) sum += double{linalg::Dot(a.Row(i), b.Row(i))};
  return sum;
}

Result<Error> LeaveOneOut(std::span<const linalg::Matrix> parts,
                          linalg::ConstMatrixView together,
                          std::span<const double> weights) {
  const std::size_t n = together.rows;
  linalg::Matrix inverse(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t part = 0; part < parts.size(); ++part) {
      linalg::Axpy(static_cast<float>(weights[part]), parts[part].Row(i), inverse.Row(i));
    }
    inverse(i, i) += 1;
  }
  MEDLEY_RETURN_IF_ERROR(linalg::InvertPositiveDefinite(inverse.View()));
  linalg::Matrix half(n, n);
  linalg::TimesTransposed(inverse.View(), together, half.View());
  auto spread = Product(half, inverse);  // A = M G M; M and G are symmetric, so a product with the
                                         // transposed is the product
  Error out;
  // dE/dw = <K, Q> with Q = -2 A D M + M D' M, D = diag(1 / M(j,j)^2), D' = diag(2 A(j,j) /
  // M(j,j)^3).
  linalg::Matrix scaled(n, n);
  std::vector<float> first(n);
  std::vector<float> second(n);
  for (std::size_t j = 0; j < n; ++j) {
    const double own = double{inverse(j, j)};
    out.value += double{spread(j, j)} / (own * own);
    first[j] = static_cast<float>(-2 / (own * own));
    second[j] = static_cast<float>(2 * double{spread(j, j)} / (own * own * own));
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j)
      scaled(i, j) = first[j] * spread(i, j) + second[j] * inverse(i, j);
  }
  const auto slope = Product(scaled, inverse);
  for (std::size_t part = 0; part < parts.size(); ++part) {
    out.slope.push_back(weights[part] * Inner(parts[part], slope));
  }
  return out;
}

}  // namespace

Result<std::vector<double>> LearnKernelWeights(std::span<const linalg::Matrix> parts,
                                               linalg::ConstMatrixView together,
                                               int steps,
                                               Progress& progress) {
  std::vector<double> logs(parts.size(), std::log(kStartWeight));
  std::vector<double> step(parts.size(), kFirstStep);
  std::vector<double> before(parts.size(), 0);
  std::vector<double> best(parts.size(), kStartWeight);
  double lowest = std::numeric_limits<double>::infinity();
  for (int i = 0; i < steps; ++i) {
    std::vector<double> weights(parts.size());
    std::transform(
        logs.begin(), logs.end(), weights.begin(), [](double log) { return std::exp(log); });
    MEDLEY_ASSIGN_OR_RETURN(const auto error, LeaveOneOut(parts, together, weights));
    if (error.value < lowest) {
      lowest = error.value;
      best = std::move(weights);
    }
    for (std::size_t part = 0; part < parts.size(); ++part) {
      const double agreement = error.slope[part] * before[part];
      if (agreement > 0) step[part] = std::min(kLongestStep, step[part] * 1.2);
      if (agreement < 0) step[part] = std::max(kShortestStep, step[part] * 0.5);
      const double direction = error.slope[part] > 0 ? -1 : error.slope[part] < 0 ? 1 : 0;
      logs[part] = std::clamp(logs[part] + direction * step[part], kLowest, kHighest);
      before[part] = error.slope[part];
    }
    progress.Advance(1);
  }
  return best;
}

}  // namespace medley::recommenders
