#include "medley/recommenders/entity_vectors.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"

namespace medley::recommenders {
namespace {

constexpr int kPasses = 8;
/// Directions along which rows differ less than this, of the most, are rounding.
constexpr double kLeastShare = 1e-5;

linalg::Matrix Times(const linalg::CsrMatrix& rows, const linalg::Matrix& columns) {
  linalg::Matrix out(rows.rows, columns.cols());
  for (std::size_t row = 0; row < rows.rows; ++row) {
    const auto names = rows.ColumnsOf(row);
    for (std::size_t k = 0; k < names.size(); ++k)
      linalg::Axpy(rows.ValuesOf(row)[k], columns.Row(names[k]), out.Row(row));
  }
  return out;
}

linalg::Matrix TransposedTimes(const linalg::CsrMatrix& rows, const linalg::Matrix& values) {
  linalg::Matrix out(rows.cols, values.cols());
  for (std::size_t row = 0; row < rows.rows; ++row) {
    const auto names = rows.ColumnsOf(row);
    for (std::size_t k = 0; k < names.size(); ++k)
      linalg::Axpy(rows.ValuesOf(row)[k], values.Row(row), out.Row(names[k]));
  }
  return out;
}

/// The same space with columns at right angles, of length 1; fewer where it has fewer directions.
linalg::Matrix Orthonormal(const linalg::Matrix& columns) {
  const std::size_t d = columns.cols();
  linalg::Matrix gram(d, d);
  for (std::size_t row = 0; row < columns.rows(); ++row) {
    for (std::size_t i = 0; i < d; ++i)
      linalg::Axpy(columns(row, i), columns.Row(row), gram.Row(i));
  }
  std::vector<float> lengths(d);
  if (!linalg::EigenSymmetric(gram, lengths)) return {};
  const double least = kLeastShare * std::max(0.0, double{lengths[d - 1]});
  std::vector<std::size_t> kept;
  for (std::size_t i = d; i-- > 0;) {
    if (double{lengths[i]} > least) kept.push_back(i);
  }
  linalg::Matrix out(columns.rows(), kept.size());
  for (std::size_t row = 0; row < columns.rows(); ++row) {
    for (std::size_t k = 0; k < kept.size(); ++k)
      out(row, k) = linalg::Dot(columns.Row(row), gram.Row(kept[k])) / std::sqrt(lengths[kept[k]]);
  }
  return out;
}

}  // namespace

linalg::Matrix EntityVectors(const linalg::CsrMatrix& rows,
                             std::size_t dimensions,
                             std::uint64_t seed) {
  dimensions = std::min({dimensions, rows.rows, rows.cols});
  if (dimensions == 0 || rows.size() == 0) return {};
  linalg::Matrix columns(rows.cols, dimensions);
  Random random(seed);
  for (auto& value : columns.values()) value = static_cast<float>(random.Normal());
  for (int pass = 0; pass < kPasses; ++pass) {
    const auto spanned = Orthonormal(Times(rows, columns));
    if (spanned.cols() == 0) return {};
    columns = TransposedTimes(rows, spanned);
  }
  return Orthonormal(columns);
}

}  // namespace medley::recommenders
