#include "medley/graph/knowledge_json.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/text/terms.h"

namespace medley::graph {

Json NodeJson(const KnowledgeGraph& graph, NodeIndex node) {
  const auto& shown = graph.node(node);
  Json json = {{"name", graph.Shown(node)}, {"type", graph.TypeOf(node)}};
  if (shown.item != kNoIndex) {
    json["item"] = shown.id;
  } else if (!shown.id.empty()) {
    json["id"] = shown.id;
  }
  return json;
}

Json StatementJson(const KnowledgeGraph& graph, std::uint32_t statement) {
  const auto& said = graph.statement(statement);
  Json sources = Json::array();
  for (const auto& provenance : graph.ProvenanceOf(statement)) {
    Json source = {{"source", provenance.source}};
    if (provenance.confidence < 1) source["confidence"] = provenance.confidence;
    if (provenance.span != nullptr) {
      source["span"] = {{"item", provenance.span->item},
                        {"field", provenance.span->field},
                        {"begin", provenance.span->begin},
                        {"end", provenance.span->end}};
    }
    sources.push_back(std::move(source));
  }
  return {{"head", NodeJson(graph, said.head)},
          {"relation", graph.relations()[said.relation].name},
          {"tail", NodeJson(graph, said.tail)},
          {"sources", std::move(sources)}};
}

Json StatsJson(const KnowledgeGraph& graph) {
  std::map<std::string, std::size_t> types;
  std::size_t unnamed = 0;
  std::size_t items = 0;
  for (NodeIndex node = 0; node < graph.n_nodes(); ++node) {
    ++types[graph.TypeOf(node)];
    unnamed += graph.node(node).name.empty() ? 1 : 0;
    items += graph.node(node).item == kNoIndex ? 0 : 1;
  }
  std::map<std::string, std::size_t> sources;
  for (std::uint32_t i = 0; i < graph.n_statements(); ++i) {
    for (const auto& said : graph.ProvenanceOf(i)) ++sources[std::string(said.source)];
  }
  Json relations = Json::array();
  for (const auto& relation : graph.relations()) {
    if (relation.n_statements == 0) continue;
    relations.push_back({{"name", relation.name},
                         {"statements", relation.n_statements},
                         {"called", relation.sources}});
  }
  return {{"nodes", graph.n_nodes()},
          {"unnamed", unnamed},
          {"items", items},
          {"statements", graph.n_statements()},
          {"types", types},
          {"relations", std::move(relations)},
          {"sources", sources},
          {"left_out", graph.n_left_out()}};
}

std::vector<NodeIndex> FindNodes(const KnowledgeGraph& graph, std::string_view text) {
  if (const auto node = graph.OfId(text); node != kNoIndex) return {node};
  std::vector<NodeIndex> nodes;
  const auto entries = graph.names().Exact(text::FoldTitle(text));
  for (const auto& entry : entries) {
    if (entry.looseness != entries.front().looseness) break;
    if (std::ranges::find(nodes, entry.node) == nodes.end()) nodes.push_back(entry.node);
  }
  return nodes;
}

}  // namespace medley::graph
