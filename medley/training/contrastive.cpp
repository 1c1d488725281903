#include "medley/training/contrastive.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/product.h"
#include "medley/linalg/solve.h"

namespace medley::training {
namespace {

/// Replaces each row of logits by its softmax less what it should be: an equal share for each
/// partner. Returns -sum over rows of the mean over partners of ln softmax.
double SoftmaxLessPartners(std::span<const std::uint32_t> groups, linalg::Matrix& logits) {
  double loss = 0;
  for (std::size_t row = 0; row < logits.rows(); ++row) {
    const auto values = logits.Row(row);
    const auto partner = [&](std::size_t col) {
      return groups.empty() ? col == row : groups[col] == groups[row];
    };
    const float greatest = *std::ranges::max_element(values);
    double partners = 0;
    double likeness = 0;
    for (std::size_t col = 0; col < values.size(); ++col) {
      if (!partner(col)) continue;
      partners += 1;
      likeness += double{values[col] - greatest};
    }
    double sum = 0;
    for (auto& value : values) {
      value = std::exp(value - greatest);
      sum += double{value};
    }
    loss += std::log(sum) - likeness / partners;
    linalg::Scale(static_cast<float>(1 / sum), values);
    const auto share = static_cast<float>(1 / partners);
    for (std::size_t col = 0; col < values.size(); ++col)
      if (partner(col)) values[col] -= share;
  }
  return loss;
}

void Add(const linalg::Matrix& from, linalg::MatrixView to) {
  for (std::size_t row = 0; row < from.rows(); ++row) linalg::Axpy(1, from.Row(row), to.Row(row));
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
  linalg::Matrix there(n, n);
  linalg::Matrix back(n, n);
  linalg::TimesTransposed(a, b, there.View());
  linalg::TimesTransposed(b, a, back.View());
  const auto sharpness = static_cast<float>(1 / temperature);
  for (auto* logits : {&there, &back}) linalg::Scale(sharpness, {logits->data(), n * n});
  const double loss = SoftmaxLessPartners(groups, there) + SoftmaxLessPartners(groups, back);
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t col = 0; col < n; ++col) there(row, col) += back(col, row);
  }
  const auto count = static_cast<double>(n);
  linalg::Scale(static_cast<float>(double{weight} / (2 * count * temperature)),
                {there.data(), n * n});
  linalg::Matrix gradient(n, a.cols);
  linalg::Times(there.View(), b, gradient.View());
  Add(gradient, a_gradient);
  linalg::TransposedTimes(there.View(), a, gradient.View());
  Add(gradient, b_gradient);
  return loss / (2 * count);
}

}  // namespace medley::training
