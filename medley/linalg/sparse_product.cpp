#include "medley/linalg/sparse_product.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "medley/core/threads.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

// Highway includes this very file once for each instruction set, each time with another
// HWY_NAMESPACE.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "medley/linalg/sparse_product.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace medley::linalg::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Four registers of the output stay in the CPU while all rows are added to them: each is loaded and
// stored once, whatever the number of rows.
void AddRows(ConstMatrixView dense,
             const std::uint32_t* HWY_RESTRICT rows,
             const float* HWY_RESTRICT weights,
             std::size_t count,
             float* HWY_RESTRICT out) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t n = dense.cols;
  std::size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    auto sum0 = hn::LoadU(d, out + i);
    auto sum1 = hn::LoadU(d, out + i + lanes);
    auto sum2 = hn::LoadU(d, out + i + 2 * lanes);
    auto sum3 = hn::LoadU(d, out + i + 3 * lanes);
    for (std::size_t k = 0; k < count; ++k) {
      const float* row = dense.data + rows[k] * dense.stride + i;
      const auto weight = hn::Set(d, weights[k]);
      sum0 = hn::MulAdd(weight, hn::LoadU(d, row), sum0);
      sum1 = hn::MulAdd(weight, hn::LoadU(d, row + lanes), sum1);
      sum2 = hn::MulAdd(weight, hn::LoadU(d, row + 2 * lanes), sum2);
      sum3 = hn::MulAdd(weight, hn::LoadU(d, row + 3 * lanes), sum3);
    }
    hn::StoreU(sum0, d, out + i);
    hn::StoreU(sum1, d, out + i + lanes);
    hn::StoreU(sum2, d, out + i + 2 * lanes);
    hn::StoreU(sum3, d, out + i + 3 * lanes);
  }
  for (; i + lanes <= n; i += lanes) {
    auto sum = hn::LoadU(d, out + i);
    for (std::size_t k = 0; k < count; ++k) {
      const float* row = dense.data + rows[k] * dense.stride + i;
      sum = hn::MulAdd(hn::Set(d, weights[k]), hn::LoadU(d, row), sum);
    }
    hn::StoreU(sum, d, out + i);
  }
  for (; i < n; ++i) {
    float sum = out[i];
    for (std::size_t k = 0; k < count; ++k)
      sum += weights[k] * dense.data[rows[k] * dense.stride + i];
    out[i] = sum;
  }
}

}  // namespace medley::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace medley::linalg {

HWY_EXPORT(AddRows);

void AddRows(ConstMatrixView dense,
             std::span<const std::uint32_t> rows,
             std::span<const float> weights,
             std::span<float> out) {
  assert(rows.size() == weights.size() && out.size() == dense.cols);
  HWY_DYNAMIC_DISPATCH(AddRows)(dense, rows.data(), weights.data(), rows.size(), out.data());
}

void Multiply(const CsrMatrix& matrix, ConstMatrixView dense, MatrixView out) {
  assert(dense.rows == matrix.cols && out.rows == matrix.rows && out.cols == dense.cols);
  assert(out.data != dense.data || out.data == nullptr);
  constexpr std::size_t kRowsAtATime = 256;
  ParallelFor(matrix.rows, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const auto sums = out.Row(row);
      for (auto& sum : sums) sum = 0;
      AddRows(dense, matrix.ColumnsOf(row), matrix.ValuesOf(row), sums);
    }
  });
}

CsrMatrix Scaled(CsrMatrix matrix, std::span<const float> of_row, std::span<const float> of_col) {
  assert(of_row.size() == matrix.rows && of_col.size() == matrix.cols);
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    for (std::size_t k = matrix.starts[row]; k < matrix.starts[row + 1]; ++k)
      matrix.values[k] *= of_row[row] * of_col[matrix.columns[k]];
  }
  return matrix;
}

}  // namespace medley::linalg
#endif
