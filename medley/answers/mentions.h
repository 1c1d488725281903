#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/answers/question_words.h"
#include "medley/graph/knowledge_graph.h"

namespace medley::answers {

/// What a part of a question can stand for.
enum class SlotKind : std::uint8_t { kItem, kPerson, kTrait, kRelation };

/// Words of a question that name something in the graph.
struct Mention {
  std::size_t first = 0;  ///< word
  std::size_t end = 0;    ///< behind the last word
  SlotKind kind = SlotKind::kItem;
  /// All that are called so; of kRelation none.
  std::vector<graph::NodeIndex> nodes;
  graph::RelationIndex relation = kNoIndex;
  double quality = 1;  ///< 1: exactly its name; less for shorter forms and slips of the pen
};

/// Finds what a question mentions: titles, people, genres, years, languages, countries by their
/// names, by common other words for them in English and Chinese ("comedies", "科幻片"), and with a
/// slip or two. `is_known_word` tells the words that questions are made of: they are not looked up
/// as misspelt names. Mentions may overlap: which are meant is for the parser to say. Cost: about
/// 1 ms a question of ten words over 10,000 names.
std::vector<Mention> FindMentions(std::string_view question,
                                  const std::vector<QuestionWord>& words,
                                  const graph::KnowledgeGraph& graph,
                                  const std::function<bool(std::string_view)>& is_known_word);

/// The kind of slot that a node fills.
SlotKind KindOf(const graph::KnowledgeGraph& graph, graph::NodeIndex node);

}  // namespace medley::answers
