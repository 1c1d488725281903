#include "medley/graph/agreement.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/threads.h"
#include "medley/graph/interaction_graph.h"
#include "medley/linalg/sparse.h"

namespace medley::graph {
namespace {

/// Cosines between audiences. Views: the graph must live as long.
class Audiences {
 public:
  explicit Audiences(const InteractionGraph& graph) : graph_(graph), lengths_(graph.n_items()) {
    for (std::size_t item = 0; item < lengths_.size(); ++item) {
      double squared = 0;
      for (const auto user : graph.by_item().ColumnsOf(item)) squared += Of(user);
      lengths_[item] = std::sqrt(squared);
    }
  }
  bool Knows(std::size_t item) const { return lengths_[item] > 0; }
  double Cosine(std::size_t a, std::size_t b) const {
    const auto left = graph_.by_item().ColumnsOf(a);
    const auto right = graph_.by_item().ColumnsOf(b);
    double sum = 0;
    for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
      if (left[i] == right[j]) sum += Of(left[i]);
      const bool advance_left = left[i] <= right[j];
      const bool advance_right = right[j] <= left[i];
      i += advance_left ? 1 : 0;
      j += advance_right ? 1 : 0;
    }
    return sum / (lengths_[a] * lengths_[b]);
  }

 private:
  /// What a user adds to the product of two items both of whose audiences they are in.
  double Of(std::uint32_t user) const {
    return 1 / std::max(1.0, static_cast<double>(graph_.by_user().ColumnsOf(user).size()));
  }
  const InteractionGraph& graph_;
  std::vector<double> lengths_;
};

}  // namespace

double Agreement(const InteractionGraph& graph, const InteractionGraph::Relation& relation) {
  constexpr std::size_t kItemsAtATime = 64;
  const Audiences audiences(graph);
  const std::size_t n = graph.n_items();
  std::vector<std::uint32_t> others(n);
  for (std::uint32_t item = 0; item < n; ++item) others[item] = item;
  Random(n).Shuffle(std::span(others));
  std::vector<double> sums(n);
  std::vector<double> edges(n);
  ParallelFor(n, kItemsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t item = begin; item < end; ++item) {
      if (!audiences.Knows(item)) continue;
      for (const auto neighbour : relation.neighbours.ColumnsOf(item)) {
        const auto stranger = others[neighbour];
        if (!audiences.Knows(neighbour) || !audiences.Knows(stranger) || stranger == item) continue;
        sums[item] += audiences.Cosine(item, neighbour) - audiences.Cosine(item, stranger);
        edges[item] += 1;
      }
    }
  });
  double sum = 0;
  double count = 0;
  for (std::size_t item = 0; item < n; ++item) {
    sum += sums[item];
    count += edges[item];
  }
  return count > 0 ? std::max(0.0, sum / count) : 0;
}

}  // namespace medley::graph
