#include "medley/linalg/four_bit_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "medley/linalg/four_bit_matrix.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace medley::linalg {
namespace {

constexpr std::size_t kBlock = FourBitMatrix::kBlock;
constexpr std::size_t kGroup = FourBitMatrix::kGroup;
/// Numbers of a row that lie side by side.
constexpr std::size_t kRun = 4;
constexpr std::size_t kRuns = kBlock / kRun;
constexpr float kGreatestCode = 127;

#ifdef __x86_64__
constexpr std::size_t kLanes = 8;

constexpr std::size_t kHalves = kGroup / kLanes;
/// Vectors whose sums fit into the registers at once.
constexpr std::size_t kSome = kTileRows / 2;

/// What one block of 32 adds to the sums of a vector with half a group: exact numbers times steps.
__attribute__((target("avx2,fma"))) inline __m256 Widened(__m256i whole,
                                                          __m256i offsets,
                                                          __m256 step,
                                                          __m256 sum) {
  const __m256i exact = _mm256_sub_epi32(_mm256_madd_epi16(whole, _mm256_set1_epi16(1)), offsets);
  return _mm256_fmadd_ps(_mm256_cvtepi32_ps(exact), step, sum);
}

/// A block of some vectors: 8 runs of two products of 255 by 8 each just fit into 16 bits, so that
/// sums are widened once a block.
__attribute__((target("avx2,fma"))) inline void Avx2Block(const FourBitTile& tile,
                                                          std::size_t first,
                                                          std::size_t block,
                                                          __m256 (&sums)[kSome][kHalves]) {
  __m256i whole[kSome][kHalves] = {};
#pragma GCC unroll 8
  for (std::size_t run = 0; run < kRuns; ++run) {
    const auto* codes =
        reinterpret_cast<const __m256i*>(tile.codes + (block * kRuns + run) * kGroup * kRun);
    const __m256i weights[kHalves] = {_mm256_loadu_si256(codes), _mm256_loadu_si256(codes + 1)};
#pragma GCC unroll 3
    for (std::size_t row = 0; row < kSome; ++row) {
      std::int32_t four = 0;
      std::memcpy(&four, tile.vectors[first + row] + block * kBlock + run * kRun, sizeof(four));
      const __m256i values = _mm256_set1_epi32(four);
#pragma GCC unroll 2
      for (std::size_t half = 0; half < kHalves; ++half) {
        whole[row][half] =
            _mm256_add_epi16(whole[row][half], _mm256_maddubs_epi16(values, weights[half]));
        // The compiler would put off the sums and run out of registers: 1.4 times slower.
        asm("" : "+x"(whole[row][half]));
      }
    }
  }
#pragma GCC unroll 2
  for (std::size_t half = 0; half < kHalves; ++half) {
    const std::size_t at = block * kGroup + half * kLanes;
    const __m256i offsets = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(tile.offsets + at));
    const __m256 steps = _mm256_loadu_ps(tile.steps + at);
#pragma GCC unroll 3
    for (std::size_t row = 0; row < kSome; ++row) {
      const __m256 own = _mm256_broadcast_ss(tile.vector_steps[first + row] + block);
      sums[row][half] =
          Widened(whole[row][half], offsets, _mm256_mul_ps(steps, own), sums[row][half]);
    }
  }
}

__attribute__((target("avx2,fma"))) void Avx2FourBitTile(const FourBitTile& tile) {
  for (std::size_t first = 0; first < kTileRows; first += kSome) {
    __m256 sums[kSome][kHalves];
    for (auto& sum : sums) {
      for (std::size_t half = 0; half < kHalves; ++half)
        sum[half] = _mm256_loadu_ps(tile.bias + half * kLanes);
    }
    for (std::size_t block = 0; block < tile.blocks; ++block) Avx2Block(tile, first, block, sums);
    for (std::size_t row = 0; row < kSome; ++row) {
      for (std::size_t half = 0; half < kHalves; ++half)
        _mm256_storeu_ps(tile.out[first + row] + half * kLanes, sums[row][half]);
    }
  }
}
#endif

}  // namespace

void PortableFourBitTile(const FourBitTile& tile) {
  for (std::size_t row = 0; row < kTileRows; ++row) {
    std::array<float, kGroup> sums;
    std::copy_n(tile.bias, kGroup, sums.begin());
    for (std::size_t block = 0; block < tile.blocks; ++block) {
      const auto* codes = tile.codes + block * kBlock * kGroup;
      for (std::size_t j = 0; j < kGroup; ++j) {
        std::int32_t exact = -tile.offsets[block * kGroup + j];
        for (std::size_t k = 0; k < kBlock; ++k) {
          const std::int32_t weight = codes[(k / kRun * kGroup + j) * kRun + k % kRun];
          exact += weight * tile.vectors[row][block * kBlock + k];
        }
        sums[j] += static_cast<float>(exact) *
                   (tile.steps[block * kGroup + j] * tile.vector_steps[row][block]);
      }
    }
    std::ranges::copy(sums, tile.out[row]);
  }
}

FourBitTileFunction BestFourBitTile() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0)
    return &Avx2FourBitTile;
#endif
  return &PortableFourBitTile;
}

void RoundBlocks(std::span<const float> vector, std::uint8_t* codes, float* steps) {
  for (std::size_t block = 0; block < vector.size() / kBlock; ++block) {
    const float* values = vector.data() + block * kBlock;
    // The bits of |x| are ordered as the numbers are, NaN above all.
    std::int32_t bits = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
      std::int32_t one = 0;
      std::memcpy(&one, values + i, sizeof(one));
      bits = std::max(bits, one & 0x7FFFFFFF);
    }
    float greatest = 0;
    std::memcpy(&greatest, &bits, sizeof(bits));
    steps[block] = greatest / kGreatestCode;
    const float factor = kGreatestCode / greatest;
    if (!std::isfinite(factor) || !std::isfinite(greatest)) {
      std::fill_n(codes + block * kBlock, kBlock, static_cast<std::uint8_t>(kZero));
      continue;
    }
    for (std::size_t i = 0; i < kBlock; ++i) {
      const float code = values[i] * factor + (kZero + 0.5F);
      codes[block * kBlock + i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(code));
    }
  }
}

}  // namespace medley::linalg
