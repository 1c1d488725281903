#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "medley/linalg/factor_steps.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/padded_matrix.h"

namespace medley::recommenders {

/// Where factorisation starts: numbers even in +-0.1.
inline linalg::PaddedMatrix DrawVectors(std::size_t rows, std::size_t factors, std::uint64_t seed) {
  linalg::PaddedMatrix out(rows, factors);
  linalg::StepRandom random(seed);
  constexpr float kWidth = 0.1F;
  for (std::size_t row = 0; row < rows; ++row) {
    for (auto& value : out.Row(row)) value = kWidth * random.Signed();
  }
  return out;
}

/// To and from how models are written.
inline std::vector<float> Unpadded(const linalg::PaddedMatrix& matrix) {
  std::vector<float> out;
  out.reserve(matrix.rows() * matrix.cols());
  for (std::size_t row = 0; row < matrix.rows(); ++row)
    out.insert(out.end(), matrix.Row(row).begin(), matrix.Row(row).end());
  return out;
}
inline linalg::PaddedMatrix Padded(const linalg::Matrix& matrix) {
  linalg::PaddedMatrix out(matrix.rows(), matrix.cols());
  for (std::size_t row = 0; row < matrix.rows(); ++row)
    std::copy_n(matrix.Row(row).begin(), matrix.cols(), out.Row(row).begin());
  return out;
}

}  // namespace medley::recommenders
