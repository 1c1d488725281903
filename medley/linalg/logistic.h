#pragma once

#include <algorithm>
#include <cmath>

namespace medley::linalg {

inline float Sigmoid(float x) { return 1 / (1 + std::exp(-x)); }
/// ln(1 + exp(x)) without overflow.
inline float Softplus(float x) { return std::max(x, 0.0F) + std::log1p(std::exp(-std::abs(x))); }

}  // namespace medley::linalg
