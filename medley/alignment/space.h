#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"

namespace medley::alignment {

/// Vectors of one modality for all items. Shapes: n_items x d. A row's length says how far it can
/// be trusted: 1, or less for what is blurred, silent or cut short. Missing: present[i] == 0, the
/// row is zeros.
struct Space {
  std::string name;
  linalg::ConstMatrixView vectors;
  std::span<const std::uint8_t> present;
};

/// How far a vector can be trusted, in [0, 1]; 0 for one that is not finite. Encoders' vectors are
/// stored as float16: a length that misses 1 by that much is 1.
inline float TrustIn(std::span<const float> vector) {
  const float length = std::sqrt(linalg::SquaredNorm(vector));
  if (!std::isfinite(length)) return 0;
  return length > 0.99F ? 1 : length;
}

/// Two items that the same person dealt with, by their index.
using ItemPair = std::pair<std::uint32_t, std::uint32_t>;

}  // namespace medley::alignment
