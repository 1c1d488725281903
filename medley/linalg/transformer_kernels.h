#pragma once

#include <cstddef>
#include <span>

#include "medley/linalg/matrix.h"

namespace medley::linalg {

/// What lies between the products of a transformer. One source, compiled for several instruction
/// sets; the best that this CPU has is chosen at the first call. The same CPU always gives the same
/// bits. Threads: any.

/// x <- x P(X <= x), X standard normal, with an error below 2e-7 |x|. Missing: NaN stays NaN. Cost:
/// about a nanosecond a number with AVX2. Source: Hendrycks and Gimpel: Gaussian error linear
/// units, 2016; the error function by Abramowitz and Stegun 1964, 7.1.26.
void Gelu(std::span<float> x);

/// Scores to probabilities, their sum 1. Shapes: at least one.
void Softmax(std::span<float> scores);

/// x <- scale (x + more - mean) / deviation + shift, mean and deviation those of x + more. Shapes:
/// equal sizes. Source: Ba, Kiros, Hinton: Layer normalization, 2016.
void AddAndNormalise(std::span<const float> more,
                     std::span<const float> scale,
                     std::span<const float> shift,
                     float epsilon,
                     std::span<float> x);

/// Scaled dot-product attention, every row to every row, in `heads` equal parts of the columns.
/// Shapes: queries and out n x d; keys and values m x d, m > 0; d a multiple of heads. Cost: 2 n m
/// d multiply-adds, n m heads exponentials; on the caller's thread. Source: Vaswani et al.:
/// Attention is all you need, NIPS 2017.
void Attend(ConstMatrixView queries,
            ConstMatrixView keys,
            ConstMatrixView values,
            std::size_t heads,
            MatrixView out);

}  // namespace medley::linalg
