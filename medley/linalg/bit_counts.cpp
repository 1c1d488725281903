#include "medley/linalg/bit_counts.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "medley/linalg/bit_counts.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

#ifndef MEDLEY_LINALG_BIT_COUNTS_ONCE
#define MEDLEY_LINALG_BIT_COUNTS_ONCE
namespace medley::linalg {

constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kRowsTogether = 16;

/// What CountPlanes works on: plane p of the counts is at planes + p * stride.
struct BitPlanes {
  const std::uint8_t* bits;
  std::size_t stride;
  const std::uint32_t* rows;
  std::size_t count;  ///< of rows, a multiple of kRowsTogether
  std::uint8_t* planes;
  std::size_t n_planes;  ///< at least 4; zeros before
};

}  // namespace medley::linalg
#endif

HWY_BEFORE_NAMESPACE();
namespace medley::linalg::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Adds three bits at each place: the sum's low bit stays in `low`, the high one is returned.
template <typename V>
HWY_INLINE V CarrySave(V& low, V b, V c) {
  const auto either = hn::Xor(low, b);
  const auto high = hn::Or(hn::And(low, b), hn::And(either, c));
  low = hn::Xor(either, c);
  return high;
}

void CountPlanes(const BitPlanes& work) {
  const hn::CappedTag<std::uint8_t, kLineBytes> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t at = 0; at < work.stride; at += lanes) {
    auto ones = hn::Zero(d);
    auto twos = hn::Zero(d);
    auto fours = hn::Zero(d);
    auto eights = hn::Zero(d);
    for (std::size_t first = 0; first < work.count; first += kRowsTogether) {
      const auto row = [&](std::size_t k) HWY_ATTR {
        return hn::LoadU(d, work.bits + work.rows[first + k] * work.stride + at);
      };
      const auto add_two = [&](std::size_t k)
                               HWY_ATTR { return CarrySave(ones, row(k), row(k + 1)); };
      const auto add_four = [&](std::size_t k) HWY_ATTR {
        const auto a = add_two(k);
        const auto b = add_two(k + 2);
        return CarrySave(twos, a, b);
      };
      const auto add_eight = [&](std::size_t k) HWY_ATTR {
        const auto a = add_four(k);
        const auto b = add_four(k + 4);
        return CarrySave(fours, a, b);
      };
      const auto a = add_eight(0);
      const auto b = add_eight(8);
      auto carry = CarrySave(eights, a, b);
      for (std::size_t plane = 4; plane < work.n_planes; ++plane) {
        std::uint8_t* place = work.planes + plane * work.stride + at;
        const auto before = hn::LoadU(d, place);
        hn::StoreU(hn::Xor(before, carry), d, place);
        carry = hn::And(before, carry);
      }
    }
    hn::StoreU(ones, d, work.planes + at);
    hn::StoreU(twos, d, work.planes + work.stride + at);
    hn::StoreU(fours, d, work.planes + 2 * work.stride + at);
    hn::StoreU(eights, d, work.planes + 3 * work.stride + at);
  }
}

/// out = the numbers whose bits stand in the planes.
void JoinPlanes(const BitPlanes& work, float* HWY_RESTRICT out, std::size_t n) {
  const hn::CappedTag<std::uint8_t, kLineBytes> d;
  const std::size_t lanes = hn::Lanes(d);
  constexpr std::size_t kByteBits = 8;
  alignas(kLineBytes) std::uint8_t digits[kLineBytes];
  for (std::size_t from = 0; from < n; from += lanes) {
    const std::size_t some = std::min(lanes, n - from);
    float worth = 1;
    for (std::size_t byte = 0; byte < work.n_planes; byte += kByteBits, worth *= 256) {
      auto sum = hn::Zero(d);
      for (std::size_t p = byte; p < std::min(work.n_planes, byte + kByteBits); ++p) {
        const auto set = hn::LoadMaskBits(d, work.planes + p * work.stride + from / kByteBits);
        const auto bit = hn::Set(d, static_cast<std::uint8_t>(1U << (p - byte)));
        sum = hn::Or(sum, hn::IfThenElseZero(set, bit));
      }
      hn::Store(sum, d, digits);
      if (byte == 0) {
        for (std::size_t i = 0; i < some; ++i) out[from + i] = static_cast<float>(digits[i]);
      } else {
        for (std::size_t i = 0; i < some; ++i)
          out[from + i] += worth * static_cast<float>(digits[i]);
      }
    }
  }
}

}  // namespace medley::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace medley::linalg {

HWY_EXPORT(CountPlanes);
HWY_EXPORT(JoinPlanes);

BitRows::BitRows(std::size_t rows, std::size_t columns)
    : rows_(rows),
      columns_(columns),
      stride_((columns + 8 * kLineBytes - 1) / (8 * kLineBytes) * kLineBytes),
      bits_((rows + 1) * stride_) {}

void BitRows::Count(std::span<const std::uint32_t> chosen, std::span<float> out) const {
  assert(out.size() == columns_);
  thread_local std::vector<std::uint32_t> rows;
  thread_local std::vector<std::uint8_t> planes;
  rows.assign(chosen.begin(), chosen.end());
  while (rows.size() % kRowsTogether != 0) rows.push_back(static_cast<std::uint32_t>(rows_));
  const auto n_planes = std::max<std::size_t>(4, std::bit_width(chosen.size()));
  planes.assign(n_planes * stride_, 0);
  const BitPlanes work{bits_.data(), stride_, rows.data(), rows.size(), planes.data(), n_planes};
  HWY_DYNAMIC_DISPATCH(CountPlanes)(work);
  HWY_DYNAMIC_DISPATCH(JoinPlanes)(work, out.data(), out.size());
}

}  // namespace medley::linalg
#endif
