#include "medley/linalg/four_bit_matrix.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/threads.h"
#include "medley/linalg/four_bit_kernels.h"
#include "medley/linalg/matrix.h"

namespace medley::linalg {
namespace {

/// Vectors whose codes stay in the nearest cache while the matrix passes by; a multiple of
/// kTileRows.
constexpr std::size_t kVectorsAtATime = 48;
/// Groups that one thread takes at a time.
constexpr std::size_t kGroupsAtATime = 8;
constexpr std::size_t kRun = 4;

}  // namespace

FourBitMatrix::FourBitMatrix(std::size_t rows,
                             std::size_t cols,
                             std::span<const std::int8_t> codes,
                             std::span<const float> steps,
                             std::span<const float> bias)
    : rows_(rows),
      cols_(cols),
      codes_(rows * cols),
      offsets_(rows * cols / kBlock),
      steps_(rows * cols / kBlock),
      bias_(rows) {
  assert(rows % kGroup == 0 && cols % kBlock == 0);
  assert(codes.size() == rows * cols && steps.size() * kBlock == codes.size());
  assert(bias.empty() || bias.size() == rows);
  std::ranges::copy(bias, bias_.begin());
  const std::size_t blocks = cols / kBlock;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t lane = row % kGroup;
    for (std::size_t k = 0; k < cols; ++k) {
      const std::int8_t code = codes[row * cols + k];
      assert(code >= -8 && code <= 7);
      codes_[row / kGroup * kGroup * cols + (k / kRun * kGroup + lane) * kRun + k % kRun] = code;
      offsets_[(row / kGroup * blocks + k / kBlock) * kGroup + lane] += kZero * code;
    }
    for (std::size_t block = 0; block < blocks; ++block)
      steps_[(row / kGroup * blocks + block) * kGroup + lane] = steps[row * blocks + block];
  }
}

void FourBitMatrix::Times(ConstMatrixView x, MatrixView out) const {
  assert(x.cols == cols_ && out.rows == x.rows && out.cols == rows_);
  static const FourBitTileFunction compute = BestFourBitTile();
  const std::size_t blocks = cols_ / kBlock;
  std::vector<std::uint8_t> codes(x.rows * cols_);
  std::vector<float> steps(x.rows * blocks);
  ParallelFor(x.rows, kVectorsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      RoundBlocks(x.Row(i), &codes[i * cols_], &steps[i * blocks]);
  });
  const std::size_t bands = (x.rows + kVectorsAtATime - 1) / kVectorsAtATime;
  const std::size_t groups = rows_ / kGroup;
  const std::size_t columns = (groups + kGroupsAtATime - 1) / kGroupsAtATime;
  const auto band = [&](std::size_t begin, std::size_t first_group) {
    const std::size_t end = std::min(x.rows, begin + kVectorsAtATime);
    const std::size_t last_group = std::min(groups, first_group + kGroupsAtATime);
    for (std::size_t group = first_group; group < last_group; ++group) {
      FourBitTile tile{.blocks = blocks,
                       .codes = &codes_[group * kGroup * cols_],
                       .offsets = &offsets_[group * blocks * kGroup],
                       .steps = &steps_[group * blocks * kGroup],
                       .bias = &bias_[group * kGroup]};
      for (std::size_t row = begin; row < end; row += kTileRows) {
        for (std::size_t i = 0; i < kTileRows; ++i) {
          // Past the end the last one again.
          const std::size_t at = std::min(row + i, end - 1);
          tile.vectors[i] = &codes[at * cols_];
          tile.vector_steps[i] = &steps[at * blocks];
          tile.out[i] = out.Row(at).data() + group * kGroup;
        }
        compute(tile);
      }
    }
  };
  ParallelFor(bands * columns, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      band(i / columns * kVectorsAtATime, i % columns * kGroupsAtATime);
  });
}

}  // namespace medley::linalg
