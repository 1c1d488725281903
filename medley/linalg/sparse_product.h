#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::linalg {

/// out = matrix * dense: each row of `out` the weighted sum of the rows of `dense` that the sparse
/// row names. Shapes: dense has matrix.cols rows, out is matrix.rows x dense.cols and another
/// memory. Cost: entries x columns multiply-adds, on all threads; the same bits for any number of
/// them.
void Multiply(const CsrMatrix& matrix, ConstMatrixView dense, MatrixView out);

/// out += the sum over k of weights[k] * row rows[k] of `dense`: one row of such a product. Shapes:
/// rows and weights of one size; out has dense.cols.
void AddRows(ConstMatrixView dense,
             std::span<const std::uint32_t> rows,
             std::span<const float> weights,
             std::span<float> out);

/// A copy in which the value at (r, c) is value * of_row[r] * of_col[c]: what normalises a graph.
/// Shapes: matrix.rows and matrix.cols factors.
CsrMatrix Scaled(CsrMatrix matrix, std::span<const float> of_row, std::span<const float> of_col);

}  // namespace medley::linalg
