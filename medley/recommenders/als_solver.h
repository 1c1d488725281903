#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::recommenders {

/// One side of alternating least squares.
struct AlsHalfStep {
  const linalg::CsrMatrix& seen;  ///< rows to solve for x rows of `fixed`, with their weights
  linalg::ConstMatrixView fixed;  ///< the other side's factors
  linalg::ConstMatrixView gram;   ///< transpose(fixed) fixed + regularization I
  float alpha = 0;
};

/// transpose(factors) factors + regularization I.
linalg::Matrix RegularisedGram(linalg::ConstMatrixView factors, double regularization);

/// Moves each row of `side` nearer to the solution of its normal equations
///   (gram + sum over k of alpha w y y^T) x = sum over k of (1 + alpha w) y
/// by `steps` steps of conjugate gradient from what it was; rows that have seen nothing become 0.
/// Many rows take each step together, so that their products with the gram are one. Cost: steps x
/// (interactions x d + rows x d^2). Threads: all; the same bits for any number of them.
void SolveByConjugateGradient(const AlsHalfStep& step, std::size_t steps, linalg::MatrixView side);

/// Solves them exactly; a row whose system is not positive definite in single precision stays as it
/// was. Cost: interactions x d^2 / 2 + rows x d^3 / 6.
void SolveByCholesky(const AlsHalfStep& step, linalg::MatrixView side);

}  // namespace medley::recommenders
