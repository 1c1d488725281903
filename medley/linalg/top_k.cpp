#include "medley/linalg/top_k.h"

#include <hwy/contrib/sort/vqsort.h>

#include <algorithm>
#include <bit>
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
  thread_local const hwy::Sorter sort;  // it has memory of its own
  sort(kept_.data(), kept_.size(), hwy::SortDescending());
  if (kept_.size() < k_ || k_ == 0) return;
  kept_.resize(k_);
  bound_ = EntryOf(kept_.back()).score;
}

std::vector<IndexedScore> TopKCollector::Take() {
  Prune();
  std::vector<IndexedScore> out(kept_.size());
  std::transform(kept_.begin(), kept_.end(), out.begin(), EntryOf);
  kept_.clear();
  bound_ = kNothing;
  return out;
}

std::vector<IndexedScore> TopK(std::span<const float> scores,
                               std::size_t k,
                               const std::function<bool(std::uint32_t)>& allowed) {
  TopKCollector best(k);
  if (k == 0) return {};
  // Indices only grow here, so a value equal to the bound always loses its tie: strictly above is
  // enough.
  for (std::size_t i = NextAbove(scores, 0, best.bound()); i < scores.size();
       i = NextAbove(scores, i + 1, best.bound())) {
    const auto index = static_cast<std::uint32_t>(i);
    if (!allowed || allowed(index)) best.Add(index, scores[i]);
  }
  return best.Take();
}

}  // namespace medley::linalg
