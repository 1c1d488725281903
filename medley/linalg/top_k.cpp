#include "medley/linalg/top_k.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "medley/linalg/kernels.h"

namespace medley::linalg {
namespace {
constexpr float kNothing = -std::numeric_limits<float>::infinity();
constexpr std::size_t kReservedAtMost = 4096;
}  // namespace

TopKCollector::TopKCollector(std::size_t k) : k_(k), bound_(kNothing) {
  kept_.reserve(std::min(2 * k, kReservedAtMost));
}

void TopKCollector::Add(std::uint32_t index, float score) {
  if (k_ == 0 || !(score > kNothing) || score < bound_) return;
  kept_.push_back({index, score});
  if (kept_.size() >= 2 * k_) Prune();
}

void TopKCollector::Prune() {
  if (kept_.size() <= k_) return;
  const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
  std::nth_element(kept_.begin(), last, kept_.end(), RanksBefore);
  bound_ = last->score;
  kept_.resize(k_);
}

std::vector<IndexedScore> TopKCollector::Take() {
  Prune();
  std::sort(kept_.begin(), kept_.end(), RanksBefore);
  bound_ = kNothing;
  return std::exchange(kept_, {});
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
