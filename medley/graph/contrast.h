#pragma once

#include "medley/linalg/matrix.h"

namespace medley::graph {

/// training/contrastive.h of two views of the same things by their cosine, each row with its own
/// only. Adds `weight` times the gradients by the rows as they are to those given. Missing: rows of
/// zeros, in either, are left out. Shapes: all m x d. Returns the loss, 0 with fewer than two
/// pairs.
double AddContrast(linalg::ConstMatrixView a,
                   linalg::ConstMatrixView b,
                   double temperature,
                   double weight,
                   linalg::MatrixView gradient_a,
                   linalg::MatrixView gradient_b);

}  // namespace medley::graph
