#pragma once

#include <cstdint>
#include <vector>

#include "medley/core/json.h"
#include "medley/graph/knowledge_graph.h"

namespace medley::graph {

// The graph as the command line and the API show it.

/// {"name", "type"}, and "item" and "id" where there are: the item's id, the foreign one.
Json NodeJson(const KnowledgeGraph& graph, NodeIndex node);

/// {"head", "relation", "tail", "sources"}: one entry a source, with confidence and span where it
/// was read in a text.
Json StatementJson(const KnowledgeGraph& graph, std::uint32_t statement);

/// {"nodes", "statements", "types", "relations", "sources", "linked_items", "left_out"}.
Json StatsJson(const KnowledgeGraph& graph);

/// The nodes that `text` names: an id, else the names of exactly this form, the least loose only.
std::vector<NodeIndex> FindNodes(const KnowledgeGraph& graph, std::string_view text);

}  // namespace medley::graph
