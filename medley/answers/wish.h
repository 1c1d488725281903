#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "medley/answers/answerer.h"
#include "medley/answers/question_parser.h"
#include "medley/graph/knowledge_graph.h"

namespace medley::answers {

struct GrantedWish {
  std::vector<graph::NodeIndex> items;    ///< best first, at most five
  std::vector<std::uint32_t> statements;  ///< that speak for them
  std::string text;
};

/// Items for a wish: what resembles the items it names, what its words find, what the user may
/// like, of those that may be offered, joined by reciprocal rank. What stands after "less", "not",
/// "without", "不要", "别太" is avoided: items of that genre or that those words find come last. A
/// source that fails is left out.
GrantedWish FulfilWish(const ParsedQuestion& question,
                       const graph::KnowledgeGraph& graph,
                       const WishSources& sources);

}  // namespace medley::answers
