#include "medley/recommenders/shortlist.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>
#include <span>
#include <vector>

#include "medley/core/ids.h"

namespace medley::recommenders {

void ReadShortlist(
    std::span<const ItemIndex> items,
    std::size_t n,
    std::span<float> scores,
    const std::function<void(std::span<const ItemIndex> best, std::span<float> scores)>& read) {
  if (n == 0 || items.empty()) return;
  if (items.size() <= n) return read(items, scores);
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // One more than are read: the others are put behind by where the best of them stood.
  std::ranges::partial_sort(
      order, order.begin() + static_cast<std::ptrdiff_t>(n + 1), [&](std::size_t a, std::size_t b) {
        return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
      });
  std::vector<ItemIndex> best;
  for (std::size_t i = 0; i < n; ++i) best.push_back(items[order[i]]);
  std::vector<float> found(n);
  read(best, found);
  const float behind = std::ranges::min(found) - scores[order[n]] - 1;
  for (std::size_t i = 0; i < order.size(); ++i)
    scores[order[i]] = i < n ? found[i] : scores[order[i]] + behind;
}

}  // namespace medley::recommenders
