#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "medley/answers/question_parser.h"
#include "medley/graph/knowledge_graph.h"

namespace medley::answers {

/// Why there is no answer.
enum class Unknown : std::uint8_t {
  kNone,           ///< there is one
  kNotUnderstood,  ///< the question is like none that is known
  kOutside,        ///< nothing that a catalogue tells
  kNoSubject,      ///< the graph has nothing that is called so
  kNoContext,      ///< "it" where nothing was spoken of
  kNoRelation,     ///< the graph says such things of nobody
  kNoAnswer,       ///< it says them of others
  kUnnamed,        ///< it has an answer without a name
  kSignIn,         ///< only one who is signed in may know
};

/// What the graph answers: nodes and the statements that say so.
struct GraphAnswer {
  struct Group {
    graph::NodeIndex about = kNoIndex;  ///< of several that are called alike, which; kNoIndex: all
    std::vector<graph::NodeIndex> values;
    bool holds = false;  ///< kCheck
  };
  Unknown unknown = Unknown::kNone;
  std::vector<Group> groups;
  std::optional<bool> verdict;            ///< kCheck: whether it holds for any group
  std::optional<std::size_t> count;       ///< kCount
  std::vector<std::uint32_t> statements;  ///< each once, at most kMostStatements
  static constexpr std::size_t kMostStatements = 100;
};

/// Asks the graph. Several items of one title get a group each. Cost: the edges of the nodes that
/// the question names.
GraphAnswer AnswerFromGraph(const ParsedQuestion& question, const graph::KnowledgeGraph& graph);

}  // namespace medley::answers
