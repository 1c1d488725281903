#pragma once

#include "medley/linalg/matrix.h"

namespace medley::graph {

/// Symmetric InfoNCE of two views of the same things: each row of `a` must find its own row among
/// those of `b` by cosine / temperature, and the other way round; the mean of both cross-entropies.
/// Adds `weight` times the gradients to those given. Missing: rows of zeros are left out. Shapes:
/// all m x d. Cost: about 6 m^2 d multiply-adds. Returns the loss, 0 with fewer than two pairs.
/// Source: van den Oord et al. 2018; Radford et al. 2021 (both directions).
double AddContrast(linalg::ConstMatrixView a,
                   linalg::ConstMatrixView b,
                   double temperature,
                   double weight,
                   linalg::MatrixView gradient_a,
                   linalg::MatrixView gradient_b);

}  // namespace medley::graph
