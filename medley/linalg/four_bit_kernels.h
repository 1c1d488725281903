#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace medley::linalg {

/// The inner loop of FourBitMatrix. A tile is kTileRows vectors by the kGroup rows of one group.
inline constexpr std::size_t kTileRows = 6;
/// The code that stands for 0 in a vector.
inline constexpr std::int32_t kZero = 128;

struct FourBitTile {
  std::size_t blocks = 0;
  const std::int8_t* codes = nullptr;     ///< of the group
  const std::int32_t* offsets = nullptr;  ///< of the group: blocks x 16
  const float* steps = nullptr;           ///< of the group: blocks x 16
  const float* bias = nullptr;            ///< 16
  const std::uint8_t* vectors[kTileRows] = {};
  const float* vector_steps[kTileRows] = {};  ///< one a block
  float* out[kTileRows] = {};                 ///< 16 each; may be the same one twice
};

using FourBitTileFunction = void (*)(const FourBitTile& tile);
/// The best for this processor.
FourBitTileFunction BestFourBitTile();
void PortableFourBitTile(const FourBitTile& tile);

/// A vector's numbers as codes around kZero, and the step of each block of 32.
void RoundBlocks(std::span<const float> vector, std::uint8_t* codes, float* steps);

}  // namespace medley::linalg
