#include "medley/linalg/code_kernels.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "medley/linalg/code_kernels.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace medley::linalg::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void CodeProducts(const std::int8_t* HWY_RESTRICT codes,
                  const std::int16_t* HWY_RESTRICT query,
                  std::size_t d,
                  std::int32_t* HWY_RESTRICT out,
                  std::size_t n) {
  const hn::ScalableTag<std::int32_t> sums;
  const hn::ScalableTag<std::int16_t> wide;
  const hn::Rebind<std::int8_t, hn::ScalableTag<std::int16_t>> narrow;
  const std::size_t lanes = hn::Lanes(wide);
  for (std::size_t row = 0; row < n; ++row, codes += d) {
    auto sum0 = hn::Zero(sums);
    auto sum1 = hn::Zero(sums);
    auto sum2 = hn::Zero(sums);
    auto sum3 = hn::Zero(sums);
    std::size_t i = 0;
    for (; i + 2 * lanes <= d; i += 2 * lanes) {
      const auto low = hn::PromoteTo(wide, hn::LoadU(narrow, codes + i));
      const auto high = hn::PromoteTo(wide, hn::LoadU(narrow, codes + i + lanes));
      sum0 = hn::ReorderWidenMulAccumulate(sums, low, hn::LoadU(wide, query + i), sum0, sum1);
      sum2 =
          hn::ReorderWidenMulAccumulate(sums, high, hn::LoadU(wide, query + i + lanes), sum2, sum3);
    }
    std::int32_t total =
        hn::GetLane(hn::SumOfLanes(sums, hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3))));
    for (; i < d; ++i) total += static_cast<std::int32_t>(codes[i]) * query[i];
    out[row] = total;
  }
}

void BitDifferences(const std::uint64_t* HWY_RESTRICT codes,
                    const std::uint64_t* HWY_RESTRICT query,
                    std::size_t words,
                    std::int32_t* HWY_RESTRICT out,
                    std::size_t n) {
  const hn::ScalableTag<std::uint64_t> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t row = 0; row < n; ++row, codes += words) {
    auto sum = hn::Zero(d);
    std::size_t i = 0;
    for (; i + lanes <= words; i += lanes) {
      const auto differ = hn::Xor(hn::LoadU(d, codes + i), hn::LoadU(d, query + i));
      sum = hn::Add(sum, hn::PopulationCount(differ));
    }
    auto total = static_cast<std::int32_t>(hn::GetLane(hn::SumOfLanes(d, sum)));
    for (; i < words; ++i) total += __builtin_popcountll(codes[i] ^ query[i]);
    out[row] = total;
  }
}

}  // namespace medley::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace medley::linalg {

HWY_EXPORT(CodeProducts);
HWY_EXPORT(BitDifferences);

void CodeProducts(std::span<const std::int8_t> codes,
                  std::span<const std::int16_t> query,
                  std::span<std::int32_t> out) {
  assert(codes.size() == query.size() * out.size());
  HWY_DYNAMIC_DISPATCH(CodeProducts)
  (codes.data(), query.data(), query.size(), out.data(), out.size());
}

void BitDifferences(std::span<const std::uint64_t> codes,
                    std::span<const std::uint64_t> query,
                    std::span<std::int32_t> out) {
  assert(codes.size() == query.size() * out.size());
  HWY_DYNAMIC_DISPATCH(BitDifferences)
  (codes.data(), query.data(), query.size(), out.data(), out.size());
}

}  // namespace medley::linalg
#endif
