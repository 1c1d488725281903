#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medley/answers/document_answer.h"
#include "medley/answers/graph_answer.h"
#include "medley/answers/question_parser.h"
#include "medley/answers/search.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/graph/knowledge_graph.h"

namespace medley::answers {

/// What a wish is fulfilled from: "something like Alien but less frightening".
struct WishSources {
  /// Ids of items, best first.
  using Ids = std::vector<std::string>;
  std::function<Result<Ids>(std::string_view words, std::size_t n)> search;
  std::function<Result<Ids>(std::string_view item, std::size_t n)> similar;
  /// For the user who asks.
  std::function<Result<Ids>(std::size_t n)> recommend;
  /// Whether the operator's rules let the item be offered to who asks; empty: all may be. A wish
  /// never names an item that it refuses, whichever source or genre it comes from.
  std::function<bool(std::string_view item)> allows;
};

/// Errors: kInvalidInput for an empty question or one over 4000 bytes.
Status CheckQuestion(std::string_view question);

struct Answer {
  ParsedQuestion question;
  GraphAnswer found;
  DocumentAnswer documents;  ///< where it cites any, `text` is theirs and `found` is empty
  std::string text;
  std::vector<graph::NodeIndex> items;  ///< that the answer is about or names, at most kMostItems
  static constexpr std::size_t kMostItems = 50;

  bool known() const { return found.unknown == Unknown::kNone; }
};

/// Answers questions from a knowledge graph and from documents: each answer cites the statements or
/// the sentences it rests on, or says that it does not know, and why. The graph has the first word,
/// save where the asker's own things are asked for; documents answer what it does not, and what is
/// a wish in form alone ("I want to return this"). A wish is an offer: the operator's rules hold. A
/// fact is not: who directed a film and which films are by them is so for everybody, and to leave
/// one out would be a wrong answer; what nobody may know of belongs hidden. What items, users and
/// documents say is only ever compared and quoted. Threads: any. Cost: about 1 ms a question, and
/// what the sources of a wish take. Errors: those of CheckQuestion.
class Answerer {
 public:
  explicit Answerer(std::shared_ptr<const graph::KnowledgeGraph> graph)
      : graph_(std::move(graph)) {}

  /// `conversation` is what was spoken of before, and is then brought up to date. `say` is told the
  /// answer's text sentence by sentence, a language model's as it words them: nothing that it is
  /// told is taken back. Where it returns false, the model is not waited for.
  Result<Answer> Ask(std::string_view question,
                     Conversation& conversation,
                     const WishSources& sources,
                     const DocumentSources& documents = {},
                     const Say& say = {}) const;

  const graph::KnowledgeGraph& graph() const { return *graph_; }

 private:
  void Fulfil(const WishSources& sources, Answer& answer) const;
  void AskGraph(const WishSources& sources, Answer& answer) const;
  void Remember(const Answer& answer, Conversation& conversation) const;

  std::shared_ptr<const graph::KnowledgeGraph> graph_;
};

/// As the API and the command line give it (api/openapi.yaml, Answer).
Json ToJson(const Answer& answer, const graph::KnowledgeGraph& graph);

}  // namespace medley::answers
