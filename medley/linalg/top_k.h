#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace medley::linalg {

struct IndexedScore {
  std::uint32_t index = 0;
  float score = 0;
  bool operator==(const IndexedScore&) const = default;
};

/// Greater scores first, ties by index.
inline bool RanksBefore(const IndexedScore& a, const IndexedScore& b) {
  return a.score > b.score || (a.score == b.score && a.index < b.index);
}

/// The `k` greatest of `scores`, best first, ties by index. Missing: -infinity and NaN are never
/// taken. `allowed`: asked only for those that would make it; an empty function lets all through.
/// Cost: one pass, in which most values cost a vector comparison.
std::vector<IndexedScore> TopK(std::span<const float> scores,
                               std::size_t k,
                               const std::function<bool(std::uint32_t)>& allowed = {});

/// The same without an order, for less.
std::vector<IndexedScore> TopKUnordered(std::span<const float> scores, std::size_t k);

/// Keeps the `k` best of what is added, in any order, with at most 2k of them in memory. Cost: a
/// vectorised sort of 2k keys for every k that pass the bound. Source: Blacher et al.: Vectorized
/// and performance-portable Quicksort, 2022 (Highway's).
class TopKCollector {
 public:
  explicit TopKCollector(std::size_t k);
  /// What a score must exceed, or equal with a smaller index, to matter now; -infinity at first.
  float bound() const { return bound_; }
  void Add(std::uint32_t index, float score);
  /// The best, in order; the collector is empty afterwards.
  std::vector<IndexedScore> Take();

 private:
  void Prune();
  std::size_t k_;
  float bound_;
  std::vector<std::uint64_t> kept_;  ///< greater keys rank before
};

}  // namespace medley::linalg
