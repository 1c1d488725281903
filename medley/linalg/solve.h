#pragma once

#include <span>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"

namespace medley::linalg {

/// Replaces a symmetric positive definite matrix by its inverse (both triangles). Only the lower
/// triangle is read. Errors: kInvalidInput where it is not positive definite or not finite;
/// `matrix` holds nothing useful then. Cost: n^3 multiply-adds on all threads, in tiles, by the
/// BLAS; the bits don't depend on the number of threads.
Status InvertPositiveDefinite(MatrixView matrix);

/// Solves matrix * x = b for each row b of `rhs`, in place. Reads the lower triangle and destroys
/// it. One thread: meant for many small systems side by side. Shapes: matrix n x n, rhs m x n.
/// Errors: as above; `rhs` is untouched then.
Status SolvePositiveDefinite(MatrixView matrix, MatrixView rhs);

/// Eigenvectors of a symmetric matrix, and what each is stretched by. Replaces `matrix` by the
/// vectors, one a row, of length 1, the smallest value first; `values` gets the values. Only the
/// lower triangle is read. Shapes: matrix n x n, values n. Errors: kInvalidInput where it is not
/// finite or nothing was found; `matrix` holds nothing useful then. Cost: about 9 n^3, by LAPACK.
Status EigenSymmetric(Matrix& matrix, std::span<float> values);

/// out = a * transpose(b). Shapes: a m x d, b n x d, out m x n. On all threads; the same bits for
/// any number of them.
void TimesTransposed(ConstMatrixView a, ConstMatrixView b, MatrixView out);

/// out = transpose(a) * a, both triangles. Shapes: a n x d, out d x d. On all threads; the same
/// bits for any number of them.
void ColumnGram(ConstMatrixView a, MatrixView out);

}  // namespace medley::linalg
