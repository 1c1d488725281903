#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/linalg/bit_counts.h"

namespace medley::linalg {

struct CsrMatrix;

/// Of a matrix of ones: how many rows each column shares with every other, one row of
/// transpose(matrix) * matrix at a time. Well-filled columns are counted as bits, all of them at
/// once; the others one by one. Which are which is chosen by what it costs. Threads: any, once
/// built. Memory: rows x well-filled columns bits.
class SharedCounts {
 public:
  /// The matrices outlive it. Precondition: all values 1.
  SharedCounts(const CsrMatrix& matrix, const CsrMatrix& transposed);
  /// Shapes: out has as many numbers as the matrix columns; overwritten.
  void Row(std::size_t column, std::span<float> out) const;

 private:
  const CsrMatrix& transposed_;
  std::vector<std::uint32_t> full_;  ///< columns counted as bits, ascending
  BitRows bits_;
  std::vector<std::uint32_t> sparse_;  ///< the other columns of each row of the matrix
  std::vector<std::size_t> starts_;    ///< of each row in `sparse_`
};

}  // namespace medley::linalg
