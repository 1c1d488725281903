#include "medley/answers/answerer.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/answer_sentences.h"
#include "medley/answers/graph_answer.h"
#include "medley/answers/mentions.h"
#include "medley/answers/question_examples.h"
#include "medley/answers/question_parser.h"
#include "medley/answers/wish.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/graph/knowledge_json.h"

namespace medley::answers {
namespace {

using graph::NodeIndex;

constexpr std::size_t kMostQuestionBytes = 4000;
constexpr std::size_t kMostRemembered = 20;

std::string_view IntentName(Intent intent) {
  switch (intent) {
    case Intent::kValue:
      return "value";
    case Intent::kItems:
      return "items";
    case Intent::kCount:
      return "count";
    case Intent::kOthers:
      return "others";
    case Intent::kCheck:
      return "check";
    case Intent::kAbout:
      return "about";
    case Intent::kWish:
      return "wish";
    case Intent::kOutside:
      break;
  }
  return "outside";
}

std::string_view ReasonName(Unknown unknown) {
  switch (unknown) {
    case Unknown::kNotUnderstood:
      return "not_understood";
    case Unknown::kOutside:
      return "outside";
    case Unknown::kNoSubject:
      return "no_subject";
    case Unknown::kNoContext:
      return "no_context";
    case Unknown::kNoRelation:
      return "no_relation";
    case Unknown::kNoAnswer:
      return "no_answer";
    case Unknown::kUnnamed:
      return "unnamed";
    case Unknown::kNone:
      break;
  }
  return "";
}

/// Items the answer is about, then those it names.
std::vector<NodeIndex> ItemsOf(const Answer& answer, const graph::KnowledgeGraph& graph) {
  std::vector<NodeIndex> items;
  const auto add = [&](NodeIndex node) {
    if (node == kNoIndex || graph.node(node).item == kNoIndex) return;
    if (items.size() < Answer::kMostItems && std::ranges::find(items, node) == items.end())
      items.push_back(node);
  };
  for (const auto& group : answer.found.groups) add(group.about);
  for (const auto& group : answer.found.groups) {
    for (const auto node : group.values) add(node);
  }
  return items;
}

}  // namespace

Result<Answer> Answerer::Ask(std::string_view question,
                             Conversation& conversation,
                             const WishSources& sources) const {
  if (question.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return Fail(ErrorCode::kInvalidInput, "the question is empty");
  if (question.size() > kMostQuestionBytes)
    return Fail(ErrorCode::kInvalidInput, "the question is longer than 4000 bytes");
  Answer answer;
  answer.question = ParseQuestion(question, *graph_, conversation);
  const bool wish = answer.question.understood && answer.question.intent == Intent::kWish;
  if (wish && answer.question.unknown.empty()) {
    Fulfil(sources, answer);
  } else {
    answer.found = AnswerFromGraph(answer.question, *graph_);
    if (wish) answer.found.unknown = Unknown::kNoSubject;
    answer.text = AnswerSentence(answer.question, answer.found, *graph_);
  }
  answer.items = ItemsOf(answer, *graph_);
  Remember(answer, conversation);
  return answer;
}

void Answerer::Fulfil(const WishSources& sources, Answer& answer) const {
  const auto granted = FulfilWish(answer.question, *graph_, sources);
  if (granted.items.empty()) {
    answer.found.unknown = Unknown::kNoAnswer;
    answer.text = answer.question.chinese ? "我不知道：没有找到合适的内容。"
                                          : "I don't know: nothing here fits that wish.";
    return;
  }
  answer.found.groups.push_back({kNoIndex, granted.items, false});
  for (const auto statement : granted.statements) answer.found.statements.push_back(statement);
  answer.text = granted.text;
}

void Answerer::Remember(const Answer& answer, Conversation& conversation) const {
  std::vector<Conversation::Subject> items;
  std::vector<Conversation::Subject> people;
  const auto add = [&](NodeIndex node) {
    const auto& known = graph_->node(node);
    auto& subjects = known.item != kNoIndex ? items : people;
    if (known.item == kNoIndex && KindOf(*graph_, node) != SlotKind::kPerson) return;
    if (subjects.size() < kMostRemembered)
      subjects.push_back({known.item != kNoIndex ? known.id : "", graph_->Shown(node)});
  };
  for (const Slot& slot : answer.question.slots) {
    for (const auto node : slot.nodes) add(node);
  }
  const bool one_answer =
      answer.found.groups.size() == 1 && answer.found.groups.front().values.size() == 1;
  // "Who directed it?" "P." "What else did he direct?"
  if (people.empty() || one_answer) {
    for (const auto& group : answer.found.groups) {
      for (const auto node : group.values) {
        if (KindOf(*graph_, node) == SlotKind::kPerson ? people.empty()
                                                       : items.empty() && one_answer)
          add(node);
      }
    }
  }
  if (!items.empty()) conversation.items = std::move(items);
  if (!people.empty()) conversation.people = std::move(people);
}

Json ToJson(const Answer& answer, const graph::KnowledgeGraph& graph) {
  Json results = Json::array();
  for (const auto& group : answer.found.groups) {
    Json json = Json::object();
    if (group.about != kNoIndex) json["about"] = graph::NodeJson(graph, group.about);
    json["values"] = Json::array();
    for (const auto node : group.values) json["values"].push_back(graph::NodeJson(graph, node));
    if (answer.found.verdict) json["holds"] = group.holds;
    results.push_back(std::move(json));
  }
  Json triples = Json::array();
  for (const auto statement : answer.found.statements)
    triples.push_back(graph::StatementJson(graph, statement));
  Json items = Json::array();
  for (const auto node : answer.items) items.push_back(graph::NodeJson(graph, node));
  Json json = {{"status", answer.known() ? "answered" : "unknown"},
               {"text", answer.text},
               {"locale", answer.question.chinese ? "zh" : "en"},
               {"author", "template"},
               {"results", std::move(results)},
               {"items", std::move(items)},
               {"triples", std::move(triples)}};
  if (answer.question.understood) json["intent"] = IntentName(answer.question.intent);
  if (answer.question.understood && answer.question.intent == Intent::kValue)
    json["relation"] = answer.question.relation;
  if (answer.found.verdict) json["verdict"] = *answer.found.verdict;
  if (answer.found.count) json["count"] = *answer.found.count;
  if (!answer.known()) json["reason"] = ReasonName(answer.found.unknown);
  return json;
}

}  // namespace medley::answers
