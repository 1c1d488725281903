#include "medley/linalg/product.h"

#include <cblas.h>

#include <algorithm>
#include <cassert>
#include <cstddef>

#include "medley/core/threads.h"
#include "medley/linalg/matrix.h"

namespace medley::linalg {
namespace {

constexpr std::size_t kRowsAtATime = 192;

int Int(std::size_t n) { return static_cast<int>(n); }

/// Rows of the result side by side; the BLAS' own threads would fight ours over the cores.
void Product(CBLAS_TRANSPOSE transpose, ConstMatrixView a, ConstMatrixView b, MatrixView out) {
  openblas_set_num_threads(1);
  const bool is_transposed = transpose == CblasTrans;
  const std::size_t inner = is_transposed ? a.rows : a.cols;
  assert(inner == b.rows && out.cols == b.cols && out.rows == (is_transposed ? a.cols : a.rows));
  if (inner == 0 || b.cols == 0) {
    for (std::size_t row = 0; row < out.rows; ++row)
      std::fill(out.Row(row).begin(), out.Row(row).end(), 0.0F);
    return;
  }
  ParallelFor(out.rows, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    cblas_sgemm(CblasRowMajor,
                transpose,
                CblasNoTrans,
                Int(end - begin),
                Int(b.cols),
                Int(inner),
                1,
                a.data + begin * (is_transposed ? 1 : a.stride),
                Int(a.stride),
                b.data,
                Int(b.stride),
                0,
                out.data + begin * out.stride,
                Int(out.stride));
  });
}

}  // namespace

void Times(ConstMatrixView a, ConstMatrixView b, MatrixView out) {
  Product(CblasNoTrans, a, b, out);
}

void TransposedTimes(ConstMatrixView a, ConstMatrixView b, MatrixView out) {
  Product(CblasTrans, a, b, out);
}

}  // namespace medley::linalg
