#pragma once

#include <cstdint>
#include <span>

#include "medley/linalg/matrix.h"

namespace medley::training {

/// Symmetric InfoNCE: each row of `a` is to be told from the other rows of `b` by its likeness to
/// its partners, and each row of `b` likewise:
///   L = -1/2n sum_i [ mean over partners j of ln softmax_j(<a_i, b_j> / t) + the same of b to a ].
/// Rows i and j are partners where groups[i] == groups[j]: a row's own always, and rows that mean
/// the same (equal words), which must not be pushed apart; with no groups a row's own only. Returns
/// L, 0 with fewer than two rows. Shapes: a and b n x d, rows of length 1; groups n or none; the
/// gradients n x d, added to, each times `weight`. Cost: 4 n^2 d multiply-adds on all threads, n^2
/// floats. Source: van den Oord et al. 2018; Radford et al. 2021 (both ways); Khosla et al. 2020
/// (several partners).
double Contrast(linalg::ConstMatrixView a,
                linalg::ConstMatrixView b,
                std::span<const std::uint32_t> groups,
                double temperature,
                float weight,
                linalg::MatrixView a_gradient,
                linalg::MatrixView b_gradient);

}  // namespace medley::training
