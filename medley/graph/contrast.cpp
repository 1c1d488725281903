#include "medley/graph/contrast.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/training/contrastive.h"

namespace medley::graph {
namespace {

struct Units {
  linalg::Matrix rows;
  std::vector<float> lengths;
};

Units UnitsOf(linalg::ConstMatrixView matrix, std::span<const std::uint32_t> kept) {
  Units out{linalg::Matrix(kept.size(), matrix.cols), std::vector<float>(kept.size())};
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const auto from = matrix.Row(kept[k]);
    std::copy(from.begin(), from.end(), out.rows.Row(k).begin());
    out.lengths[k] = std::sqrt(linalg::SquaredNorm(from));
    linalg::Scale(1 / out.lengths[k], out.rows.Row(k));
  }
  return out;
}

/// Through the division by the length: what lies along the unit vector does not change it.
void AddThroughUnit(const Units& units,
                    linalg::Matrix& gradient,
                    std::span<const std::uint32_t> kept,
                    linalg::MatrixView out) {
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const auto unit = units.rows.Row(k);
    const float along = linalg::Dot(gradient.Row(k), unit);
    linalg::Axpy(-along, unit, gradient.Row(k));
    linalg::Axpy(1 / units.lengths[k], gradient.Row(k), out.Row(kept[k]));
  }
}

}  // namespace

double AddContrast(linalg::ConstMatrixView a,
                   linalg::ConstMatrixView b,
                   double temperature,
                   double weight,
                   linalg::MatrixView gradient_a,
                   linalg::MatrixView gradient_b) {
  constexpr float kTiny = 1e-12F;
  std::vector<std::uint32_t> kept;
  for (std::uint32_t row = 0; row < a.rows; ++row) {
    if (linalg::SquaredNorm(a.Row(row)) > kTiny && linalg::SquaredNorm(b.Row(row)) > kTiny)
      kept.push_back(row);
  }
  const std::size_t m = kept.size();
  if (m < 2) return 0;
  const auto left = UnitsOf(a, kept);
  const auto right = UnitsOf(b, kept);
  linalg::Matrix of_left(m, a.cols);
  linalg::Matrix of_right(m, a.cols);
  const double loss = training::Contrast(left.rows.View(),
                                         right.rows.View(),
                                         {},
                                         temperature,
                                         static_cast<float>(weight),
                                         of_left.View(),
                                         of_right.View());
  AddThroughUnit(left, of_left, kept, gradient_a);
  AddThroughUnit(right, of_right, kept, gradient_b);
  return loss;
}

}  // namespace medley::graph
