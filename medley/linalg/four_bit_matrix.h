#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/linalg/matrix.h"

namespace medley::linalg {

/// A matrix of whole numbers of 4 bits, each 32 of a row with a step of their own, as language
/// models' weights are stored; its product with vectors is taken in 8 bits: each 32 numbers of a
/// vector are rounded to steps of a 127th of their greatest (about .4 % of error in a product of
/// random vectors). Sums of 32 products are exact. Threads: Times from any. Cost: a byte and a half
/// a number; about twice as fast as float32 with AVX2. Source: Dettmers et al., LLM.int8()
/// (2022), for rounding what comes in as it comes; block steps as in llama.cpp.
class FourBitMatrix {
 public:
  static constexpr std::size_t kBlock = 32;  ///< numbers that share a step
  static constexpr std::size_t kGroup = 16;  ///< rows that lie together

  /// Shapes: `codes` rows x cols, -8 .. 7 each; `steps` rows x cols / kBlock; `bias` rows, or none.
  /// Precondition: rows a multiple of kGroup, cols of kBlock.
  FourBitMatrix(std::size_t rows,
                std::size_t cols,
                std::span<const std::int8_t> codes,
                std::span<const float> steps,
                std::span<const float> bias = {});

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  /// out = x * this^T + bias. Shapes: x n x cols(), out n x rows(). Missing: what is not finite in
  /// a row of `x` makes that row of `out` so.
  void Times(ConstMatrixView x, MatrixView out) const;

 private:
  std::size_t rows_;
  std::size_t cols_;
  // Group by group, block by block: 8 times 4 numbers of each of the 16 rows.
  std::vector<std::int8_t> codes_;
  std::vector<std::int32_t> offsets_;  ///< what kZero of every number of a vector adds to a block
  std::vector<float> steps_;
  std::vector<float> bias_;
};

}  // namespace medley::linalg
