#include "medley/linalg/solve.h"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <span>
#include <vector>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"

namespace medley::linalg {
namespace {

constexpr std::size_t kTile = 192;
constexpr std::size_t kGramRows = 2048;

// The BLAS' own threads split sums by their number; ours never do, and nested pools would fight
// over the cores.
void UseOneBlasThread() {
  static const bool once = [] {
    openblas_set_num_threads(1);
    return true;
  }();
  (void)once;
}

int Int(std::size_t n) { return static_cast<int>(n); }

/// Factors the lower triangle of the n x n block at `block` in place. A row-major lower triangle is
/// a column-major upper one.
bool FactorBlock(float* block, std::size_t n, std::size_t stride) {
  return LAPACKE_spotrf_work(LAPACK_COL_MAJOR, 'U', Int(n), block, Int(stride)) == 0;
}

tl::unexpected<Error> NotPositiveDefinite() {
  return Fail(ErrorCode::kInvalidInput,
              "the matrix is not positive definite: raise the regularisation (lambda)");
}

/// One step of the right-looking factorisation: the panel below the tile at `from`, then everything
/// right of it.
void UpdateTrailing(MatrixView a, std::size_t from) {
  const std::size_t n = a.rows;
  const std::size_t next = std::min(n, from + kTile);
  const std::size_t width = next - from;
  const auto at = [&](std::size_t row, std::size_t col) { return a.data + row * a.stride + col; };
  ParallelFor(n - next, kTile, [&](std::size_t begin, std::size_t end) {
    cblas_strsm(CblasRowMajor,
                CblasRight,
                CblasLower,
                CblasTrans,
                CblasNonUnit,
                Int(end - begin),
                Int(width),
                1,
                at(from, from),
                Int(a.stride),
                at(next + begin, from),
                Int(a.stride));
  });
  const std::size_t tiles = (n - next + kTile - 1) / kTile;
  ParallelFor(tiles * tiles, 1, [&](std::size_t begin, std::size_t) {
    const std::size_t i = next + (begin / tiles) * kTile;
    const std::size_t j = next + (begin % tiles) * kTile;
    if (j > i) return;
    cblas_sgemm(CblasRowMajor,
                CblasNoTrans,
                CblasTrans,
                Int(std::min(kTile, n - i)),
                Int(std::min(kTile, n - j)),
                Int(width),
                -1,
                at(i, from),
                Int(a.stride),
                at(j, from),
                Int(a.stride),
                1,
                at(i, j),
                Int(a.stride));
  });
}

Status Factor(MatrixView a) {
  for (std::size_t from = 0; from < a.rows; from += kTile) {
    const std::size_t width = std::min(kTile, a.rows - from);
    if (!FactorBlock(a.data + from * a.stride + from, width, a.stride))
      return NotPositiveDefinite();
    if (from + width < a.rows) UpdateTrailing(a, from);
  }
  return {};
}

}  // namespace

Status InvertPositiveDefinite(MatrixView matrix) {
  assert(matrix.rows == matrix.cols);
  UseOneBlasThread();
  const std::size_t n = matrix.rows;
  MEDLEY_RETURN_IF_ERROR(Factor(matrix));
  // Columns from..from+width of the inverse, from the diagonal down, need only the factor from
  // there on: solve for them one tile of columns at a time, into memory of their own.
  std::vector<float> inverse(n * n);
  const std::size_t tiles = (n + kTile - 1) / kTile;
  ParallelFor(tiles, 1, [&](std::size_t tile, std::size_t) {
    const std::size_t from = tile * kTile;
    const std::size_t width = std::min(kTile, n - from);
    float* block = inverse.data() + from * n + from;
    const float* factor = matrix.data + from * matrix.stride + from;
    for (std::size_t i = 0; i < width; ++i) block[i * n + i] = 1;
    cblas_strsm(CblasRowMajor,
                CblasLeft,
                CblasLower,
                CblasNoTrans,
                CblasNonUnit,
                Int(n - from),
                Int(width),
                1,
                factor,
                Int(matrix.stride),
                block,
                Int(n));
    cblas_strsm(CblasRowMajor,
                CblasLeft,
                CblasLower,
                CblasTrans,
                CblasNonUnit,
                Int(n - from),
                Int(width),
                1,
                factor,
                Int(matrix.stride),
                block,
                Int(n));
  });
  std::atomic<bool> finite{true};
  ParallelFor(n, kTile, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto row = matrix.Row(i);
      for (std::size_t j = 0; j < n; ++j) row[j] = i >= j ? inverse[i * n + j] : inverse[j * n + i];
      if (!AllFinite(row)) finite = false;
    }
  });
  if (!finite) return NotPositiveDefinite();
  return {};
}

Status SolvePositiveDefinite(MatrixView matrix, MatrixView rhs) {
  assert(matrix.rows == matrix.cols && rhs.cols == matrix.rows);
  UseOneBlasThread();
  if (!FactorBlock(matrix.data, matrix.rows, matrix.stride)) return NotPositiveDefinite();
  // Rows of a row-major right-hand side are the columns of a column-major one.
  LAPACKE_spotrs_work(LAPACK_COL_MAJOR,
                      'U',
                      Int(matrix.rows),
                      Int(rhs.rows),
                      matrix.data,
                      Int(matrix.stride),
                      rhs.data,
                      Int(rhs.stride));
  return {};
}

Status EigenSymmetric(Matrix& matrix, std::span<float> values) {
  assert(matrix.rows() == matrix.cols() && values.size() == matrix.rows());
  UseOneBlasThread();
  const int n = Int(matrix.rows());
  // A row-major lower triangle is a column-major upper one, and column-major vectors lie one a row.
  if (!AllFinite({matrix.data(), matrix.rows() * matrix.cols()}) ||
      LAPACKE_ssyevd(LAPACK_COL_MAJOR, 'V', 'U', n, matrix.data(), n, values.data()) != 0)
    return Fail(ErrorCode::kInvalidInput, "the matrix has no eigenvectors that can be found");
  return {};
}

void TimesTransposed(ConstMatrixView a, ConstMatrixView b, MatrixView out) {
  assert(a.cols == b.cols && out.rows == a.rows && out.cols == b.rows);
  UseOneBlasThread();
  if (a.rows == 0 || b.rows == 0) return;
  ParallelFor(a.rows, kTile, [&](std::size_t begin, std::size_t end) {
    cblas_sgemm(CblasRowMajor,
                CblasNoTrans,
                CblasTrans,
                Int(end - begin),
                Int(b.rows),
                Int(a.cols),
                1,
                a.data + begin * a.stride,
                Int(a.stride),
                b.data,
                Int(b.stride),
                0,
                out.data + begin * out.stride,
                Int(out.stride));
  });
}

void ColumnGram(ConstMatrixView a, MatrixView out) {
  assert(out.rows == a.cols && out.cols == a.cols);
  UseOneBlasThread();
  const std::size_t d = a.cols;
  const std::size_t pieces = (a.rows + kGramRows - 1) / kGramRows;
  std::vector<float> partial(pieces * d * d);
  ParallelFor(a.rows, kGramRows, [&](std::size_t begin, std::size_t end) {
    cblas_ssyrk(CblasRowMajor,
                CblasLower,
                CblasTrans,
                Int(d),
                Int(end - begin),
                1,
                a.data + begin * a.stride,
                Int(a.stride),
                0,
                partial.data() + begin / kGramRows * d * d,
                Int(d));
  });
  for (std::size_t i = 0; i < d; ++i) std::fill_n(out.Row(i).begin(), d, 0.0F);
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    for (std::size_t i = 0; i < d; ++i) {
      Axpy(1, {partial.data() + (piece * d + i) * d, i + 1}, out.Row(i).first(i + 1));
    }
  }
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = i + 1; j < d; ++j) out.Row(i)[j] = out.Row(j)[i];
  }
}

}  // namespace medley::linalg
