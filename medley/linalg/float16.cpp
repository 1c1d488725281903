#include "medley/linalg/float16.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace medley::linalg {
namespace {

#if defined(__x86_64__)
__attribute__((target("avx,f16c"))) std::size_t WideToFloat16(std::span<const float> from,
                                                              std::span<std::uint16_t> to) {
  std::size_t i = 0;
  for (; i + 8 <= from.size(); i += 8) {
    const __m128i half = _mm256_cvtps_ph(_mm256_loadu_ps(from.data() + i),
                                         _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to.data() + i), half);
  }
  return i;
}

__attribute__((target("avx,f16c"))) std::size_t WideFromFloat16(std::span<const std::uint16_t> from,
                                                                std::span<float> to) {
  std::size_t i = 0;
  for (; i + 8 <= from.size(); i += 8) {
    const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from.data() + i));
    _mm256_storeu_ps(to.data() + i, _mm256_cvtph_ps(half));
  }
  return i;
}

bool HasF16c() {
  static const bool has = __builtin_cpu_supports("avx") != 0 && __builtin_cpu_supports("f16c") != 0;
  return has;
}
#endif

}  // namespace

std::uint16_t PortableToFloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16U) & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  if (magnitude > 0x7f800000U)
    return sign | 0x7e00U | static_cast<std::uint16_t>((magnitude >> 13U) & 0x1ffU);
  if (magnitude >= 0x477ff000U) return sign | 0x7c00U;  // rounds to 65536 or more
  if (magnitude < 0x38800000U) {
    // Subnormal: multiples of 2^-24; nearbyint rounds to even.
    const float steps = std::bit_cast<float>(magnitude) * 16777216.0F;
    return sign | static_cast<std::uint16_t>(std::nearbyint(steps));
  }
  const std::uint32_t odd = (magnitude >> 13U) & 1U;
  return sign | static_cast<std::uint16_t>((magnitude + 0xfffU + odd - 0x38000000U) >> 13U);
}

float PortableFromFloat16(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16U;
  const std::uint32_t exponent = (bits >> 10U) & 0x1fU;
  const std::uint32_t fraction = bits & 0x3ffU;
  if (exponent == 0) {
    const float value = static_cast<float>(fraction) / 16777216.0F;
    return sign != 0 ? -value : value;
  }
  if (exponent == 31)
    return std::bit_cast<float>(sign | 0x7f800000U | (fraction << 13U) |
                                (fraction != 0 ? 0x400000U : 0U));
  return std::bit_cast<float>(sign | ((exponent + 112) << 23U) | (fraction << 13U));
}

void ToFloat16(std::span<const float> from, std::span<std::uint16_t> to) {
  assert(from.size() == to.size());
  std::size_t done = 0;
#if defined(__x86_64__)
  if (HasF16c()) done = WideToFloat16(from, to);
#endif
  for (std::size_t i = done; i < from.size(); ++i) to[i] = PortableToFloat16(from[i]);
}

void FromFloat16(std::span<const std::uint16_t> from, std::span<float> to) {
  assert(from.size() == to.size());
  std::size_t done = 0;
#if defined(__x86_64__)
  if (HasF16c()) done = WideFromFloat16(from, to);
#endif
  for (std::size_t i = done; i < from.size(); ++i) to[i] = PortableFromFloat16(from[i]);
}

}  // namespace medley::linalg
