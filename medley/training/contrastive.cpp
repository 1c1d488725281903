#include "medley/alignment/contrastive.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"

namespace medley::alignment {
namespace {

/// One way: -sum_i mean over partners of ln softmax, and its slope by the logits, added to `slope`.
/// `flip`: rows of `logits` are b's, those of `slope` a's.
double OneWay(const linalg::Matrix& logits,
              std::span<const std::uint32_t> groups,
              bool flip,
              linalg::Matrix& slope) {
  const std::size_t n = logits.rows();
  double loss = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto at = [&](std::size_t j) { return flip ? logits(j, i) : logits(i, j); };
    float greatest = at(0);
    for (std::size_t j = 1; j < n; ++j) greatest = std::max(greatest, at(j));
    double sum = 0;
    double partners = 0;
    for (std::size_t j = 0; j < n; ++j) {
      sum += std::exp(double{at(j)} - double{greatest});
      partners += groups[j] == groups[i] ? 1 : 0;
    }
    for (std::size_t j = 0; j < n; ++j) {
      const double share = std::exp(double{at(j)} - double{greatest}) / sum;
      const double wanted = groups[j] == groups[i] ? 1 / partners : 0;
      if (wanted > 0) loss -= wanted * (double{at(j)} - double{greatest} - std::log(sum));
      (flip ? slope(j, i) : slope(i, j)) += static_cast<float>(share - wanted);
    }
  }
  return loss;
}

}  // namespace

double Contrast(linalg::ConstMatrixView a,
                linalg::ConstMatrixView b,
                std::span<const std::uint32_t> groups,
                double temperature,
                float weight,
                linalg::MatrixView a_gradient,
                linalg::MatrixView b_gradient) {
  const std::size_t n = a.rows;
  if (n < 2) return 0;
  linalg::Matrix logits(n, n);
  linalg::TimesTransposed(a, b, logits.View());
  linalg::Scale(static_cast<float>(1 / temperature), {logits.data(), n * n});
  linalg::Matrix slope(n, n);
  const double both = OneWay(logits, groups, false, slope) + OneWay(logits, groups, true, slope);
  const auto scale = static_cast<float>(0.5 / (static_cast<double>(n) * temperature)) * weight;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      linalg::Axpy(scale * slope(i, j), b.Row(j), a_gradient.Row(i));
      linalg::Axpy(scale * slope(i, j), a.Row(i), b_gradient.Row(j));
    }
  }
  return 0.5 * both / static_cast<double>(n);
}

}  // namespace medley::alignment
