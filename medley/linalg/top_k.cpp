#include "medley/linalg/top_k.h"

#include <hwy/contrib/sort/vqsort.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "medley/linalg/kernels.h"

namespace medley::linalg {
namespace {
constexpr float kNothing = -std::numeric_limits<float>::infinity();
constexpr std::size_t kReservedAtMost = 4096;
constexpr std::uint32_t kSign = 0x80000000;

/// A number that is greater where the score is, then where the index is smaller.
std::uint64_t KeyOf(std::uint32_t index, float score) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);  // -0 becomes 0: they are level
  const std::uint32_t rising = (bits & kSign) != 0 ? ~bits : bits | kSign;
  return std::uint64_t{rising} << 32 | static_cast<std::uint32_t>(~index);
}

IndexedScore EntryOf(std::uint64_t key) {
  const auto rising = static_cast<std::uint32_t>(key >> 32);
  const std::uint32_t bits = (rising & kSign) != 0 ? rising & ~kSign : ~rising;
  return {~static_cast<std::uint32_t>(key), std::bit_cast<float>(bits)};
}

void SortDescending(std::span<std::uint64_t> keys) {
  thread_local const hwy::Sorter sort;  // it has memory of its own
  sort(keys.data(), keys.size(), hwy::SortDescending());
}

std::vector<IndexedScore> EntriesOf(std::span<const std::uint64_t> keys) {
  std::vector<IndexedScore> out(keys.size());
  std::ranges::transform(keys, out.begin(), EntryOf);
  return out;
}

/// A bound that a few more than `k` scores will exceed, judged by some of them; -infinity where
/// that would not pay.
float SampledBound(std::span<const float> scores, std::size_t k) {
  constexpr std::size_t kSamples = 256;
  constexpr std::size_t kFewest = 32;
  if (k < kFewest || k > scores.size() / 4) return kNothing;
  const std::size_t stride = std::max<std::size_t>(1, scores.size() / kSamples);
  thread_local std::vector<float> sample;
  sample.clear();
  for (std::size_t i = 0; i < scores.size(); i += stride)
    sample.push_back(std::isnan(scores[i]) ? kNothing : scores[i]);
  const double expected = static_cast<double>(k) / static_cast<double>(stride);
  const auto rank = static_cast<std::size_t>(expected + 2 * std::sqrt(expected) + 2);
  if (rank >= sample.size()) return kNothing;
  const auto at = sample.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(sample.begin(), at, sample.end(), std::greater<>());
  return *at;
}

/// Keys of the scores above a bound that `k` or more exceed, in no order; empty where none such was
/// found.
std::span<std::uint64_t> KeysAboveSampledBound(std::span<const float> scores, std::size_t k) {
  thread_local std::vector<std::uint32_t> indices;
  thread_local std::vector<float> values;
  thread_local std::vector<std::uint64_t> keys;
  const float bound = SampledBound(scores, k);
  if (bound == kNothing) return {};
  indices.resize(scores.size());
  values.resize(scores.size());
  const std::size_t n = GatherAbove(scores, bound, indices, values);
  if (n < k) return {};
  keys.resize(n);
  for (std::size_t i = 0; i < n; ++i) keys[i] = KeyOf(indices[i], values[i]);
  return keys;
}

}  // namespace

TopKCollector::TopKCollector(std::size_t k) : k_(k), bound_(kNothing) {
  kept_.reserve(std::min(2 * k, kReservedAtMost));
}

void TopKCollector::Add(std::uint32_t index, float score) {
  if (k_ == 0 || !(score > kNothing) || score < bound_) return;
  kept_.push_back(KeyOf(index, score));
  if (kept_.size() >= 2 * k_) Prune();
}

void TopKCollector::Prune() {
  SortDescending(kept_);
  if (kept_.size() < k_ || k_ == 0) return;
  kept_.resize(k_);
  bound_ = EntryOf(kept_.back()).score;
}

std::vector<IndexedScore> TopKCollector::Take() {
  Prune();
  auto out = EntriesOf(kept_);
  kept_.clear();
  bound_ = kNothing;
  return out;
}

std::vector<IndexedScore> TopK(std::span<const float> scores,
                               std::size_t k,
                               const std::function<bool(std::uint32_t)>& allowed) {
  TopKCollector best(k);
  if (k == 0) return {};
  if (!allowed) {
    const auto keys = KeysAboveSampledBound(scores, k);
    SortDescending(keys);
    if (!keys.empty()) return EntriesOf(keys.first(k));
  }
  // Indices only grow here, so a value equal to the bound always loses its tie: strictly above is
  // enough.
  for (std::size_t i = NextAbove(scores, 0, best.bound()); i < scores.size();
       i = NextAbove(scores, i + 1, best.bound())) {
    const auto index = static_cast<std::uint32_t>(i);
    if (!allowed || allowed(index)) best.Add(index, scores[i]);
  }
  return best.Take();
}

std::vector<IndexedScore> TopKUnordered(std::span<const float> scores, std::size_t k) {
  const auto keys = KeysAboveSampledBound(scores, k);
  if (keys.empty()) return TopK(scores, k);
  std::nth_element(
      keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(k), keys.end(), std::greater<>());
  return EntriesOf(keys.first(k));
}

}  // namespace medley::linalg
