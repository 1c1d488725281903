#pragma once

#include "medley/linalg/matrix.h"

namespace medley::linalg {

/// Products of dense matrices, by the BLAS in pieces of fixed size: on all threads, the same bits
/// for any number of them. TimesTransposed (a * b^T) is in solve.h.

/// out = a * b. Shapes: a m x k, b k x n, out m x n.
void Times(ConstMatrixView a, ConstMatrixView b, MatrixView out);

/// out = a^T * b. Shapes: a k x m, b k x n, out m x n.
void TransposedTimes(ConstMatrixView a, ConstMatrixView b, MatrixView out);

}  // namespace medley::linalg
