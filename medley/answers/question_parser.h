#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "medley/answers/mentions.h"
#include "medley/answers/question_examples.h"
#include "medley/graph/knowledge_graph.h"

namespace medley::answers {

/// What a question names, and what part it plays.
struct Slot {
  SlotKind kind = SlotKind::kItem;
  std::vector<graph::NodeIndex> nodes;  ///< all that are called so; empty: the graph has none
  /// The relation it is asked by; "-": any; "!": not wished for; "": an item.
  std::string role;
  std::string said;  ///< as the question puts it
};

struct ParsedQuestion {
  bool understood = false;
  Intent intent = Intent::kOutside;
  std::string relation;  ///< of kValue and kOthers
  bool backward = false;
  std::vector<Slot> slots;     ///< in the order of the question
  std::string unknown;         ///< what seems to name something that the graph has not; "": nothing
  bool lacks_context = false;  ///< "it" where nothing was spoken of
  std::string rest;            ///< the words that name nothing
  bool chinese = false;
  double score = 0;  ///< how near the nearest example is, 0 .. 1
};

/// What a conversation was about, for "it" and "he" in the next question.
struct Conversation {
  struct Subject {
    std::string id;  ///< the item's; "": it goes by its name
    std::string name;
  };
  std::vector<Subject> items;
  std::vector<Subject> people;
  std::string documents;  ///< the last question that documents answered
};

/// Understands a question by the nearest example, over every way of reading its words as names.
/// Words beyond the first 200 are not read. Cost: about 1 ms.
ParsedQuestion ParseQuestion(std::string_view question,
                             const graph::KnowledgeGraph& graph,
                             const Conversation& before);

}  // namespace medley::answers
