#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/graph/interaction_graph.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::graph {

/// How a signal on items spreads over the users who were for them, hop by hop. With W the user x
/// item weights and D their sums by item and by user, one hop takes the signal x to
///   W^T D_users^-user_power W D_items^-item_power x.
/// With both powers 1 it is a random walk; a user power above 1 trusts users of many items less, an
/// item power below 1 lets popular items of the history count for more.
/// Views: the graph must live as long. Threads: const members from any number.
/// Source: the random walk is P3 of Cooper et al. 2014; the user power is ours.
class Diffusion {
 public:
  Diffusion(const InteractionGraph& graph, double item_power, double user_power);

  /// One hop of many signals, a column each. Shapes: n_items x signals. Cost: 2 x edges x signals
  /// multiply-adds on all threads.
  void Hop(linalg::Matrix& signals) const;
  /// Where `hops` hops from each of `items` lead. Shapes: row r of the result is of items[r], and
  /// has n_items.
  linalg::Matrix From(std::span<const std::uint32_t> items, std::size_t hops) const;

 private:
  linalg::CsrMatrix to_users_;
  const linalg::CsrMatrix* to_items_;
};

}  // namespace medley::graph
