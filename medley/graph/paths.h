#pragma once

#include <cstddef>
#include <vector>

#include "medley/graph/knowledge_graph.h"

namespace medley::graph {

/// A way from one node to another, edge by edge.
struct GraphPath {
  std::vector<KnowledgeGraph::Edge> edges;  ///< each leads on from the node of the one before
  /// Sum over the nodes between of ln(1 + edges of the node): what few share says more than what
  /// many do.
  double cost = 0;
};

/// The cheapest ways of at most four edges, cheapest first, at most one through each node in the
/// middle. Empty: there is none, or `from` is `to`. Cost: the edges within two steps of each end;
/// nodes with more than 20,000 edges are not passed through.
std::vector<GraphPath> FindPaths(const KnowledgeGraph& graph,
                                 NodeIndex from,
                                 NodeIndex to,
                                 std::size_t limit);

}  // namespace medley::graph
