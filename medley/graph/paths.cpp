#include "medley/graph/paths.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medley/graph/knowledge_graph.h"

namespace medley::graph {
namespace {

using Edge = KnowledgeGraph::Edge;

constexpr std::size_t kMostEdges = 20000;
constexpr int kHalf = 2;

/// The cheapest way to a node from one end.
struct Reached {
  std::vector<Edge> edges;
  double cost = 0;  ///< of the nodes between; not of the node itself
};
using Half = std::unordered_map<NodeIndex, Reached>;

double CostOf(const KnowledgeGraph& graph, NodeIndex node) {
  return std::log1p(static_cast<double>(graph.Edges(node).size()));
}

Half Spread(const KnowledgeGraph& graph, NodeIndex from, NodeIndex other) {
  Half reached;
  reached[from] = {};
  std::vector<NodeIndex> front = {from};
  for (int step = 0; step < kHalf; ++step) {
    std::vector<NodeIndex> next;
    for (const NodeIndex node : front) {
      const auto edges = graph.Edges(node);
      if (node == other || (node != from && edges.size() > kMostEdges)) continue;
      const Reached here = reached[node];
      const double cost = here.cost + (node == from ? 0 : CostOf(graph, node));
      for (const Edge& edge : edges) {
        const auto [found, fresh] = reached.try_emplace(edge.to);
        // What an earlier step reached stays as it is: shorter ways come first.
        const bool better =
            found->second.edges.size() == here.edges.size() + 1 && cost < found->second.cost;
        if (!fresh && !better) continue;
        found->second.edges = here.edges;
        found->second.edges.push_back(edge);
        found->second.cost = cost;
        if (fresh) next.push_back(edge.to);
      }
    }
    front = std::move(next);
  }
  return reached;
}

/// The half's edges from `node` back to where it began.
void AppendReversed(const KnowledgeGraph& graph, const Reached& half, std::vector<Edge>& edges) {
  for (auto edge = half.edges.rbegin(); edge != half.edges.rend(); ++edge) {
    const auto& statement = graph.statement(edge->statement);
    edges.push_back({edge->relation,
                     !edge->backward,
                     edge->backward ? statement.tail : statement.head,
                     edge->statement});
  }
}

bool VisitsTwice(NodeIndex from, const std::vector<Edge>& edges) {
  std::vector<NodeIndex> nodes = {from};
  for (const Edge& edge : edges) nodes.push_back(edge.to);
  std::ranges::sort(nodes);
  return std::ranges::adjacent_find(nodes) != nodes.end();
}

}  // namespace

std::vector<GraphPath> FindPaths(const KnowledgeGraph& graph,
                                 NodeIndex from,
                                 NodeIndex to,
                                 std::size_t limit) {
  if (from == to) return {};
  const Half there = Spread(graph, from, to);
  const Half back = Spread(graph, to, from);
  std::vector<GraphPath> paths;
  for (const auto& [node, reached] : there) {
    const auto other = back.find(node);
    if (other == back.end()) continue;
    // An end in the middle would tell every way again.
    if (node == from || (node == to && reached.edges.size() > 1)) continue;
    GraphPath path{reached.edges, reached.cost + other->second.cost};
    if (node != to) path.cost += CostOf(graph, node);
    AppendReversed(graph, other->second, path.edges);
    if (!VisitsTwice(from, path.edges)) paths.push_back(std::move(path));
  }
  std::ranges::sort(paths, [](const GraphPath& a, const GraphPath& b) {
    if (a.cost != b.cost) return a.cost < b.cost;
    return a.edges.front().statement < b.edges.front().statement;
  });
  if (paths.size() > limit) paths.resize(limit);
  return paths;
}

}  // namespace medley::graph
