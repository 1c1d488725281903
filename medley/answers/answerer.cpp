#include "medley/answers/answerer.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/answer_sentences.h"
#include "medley/answers/document_answer.h"
#include "medley/answers/graph_answer.h"
#include "medley/answers/mentions.h"
#include "medley/answers/passages.h"
#include "medley/answers/question_examples.h"
#include "medley/answers/question_parser.h"
#include "medley/answers/question_words.h"
#include "medley/answers/service_words.h"
#include "medley/answers/wish.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/explain/phrases.h"
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
    case Unknown::kSignIn:
      return "sign_in";
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

bool IsWish(const ParsedQuestion& question) {
  return question.understood && question.intent == Intent::kWish;
}

/// Whether a question seems to go on from the one before: "and how much is that?", "那要多少钱？"
bool FollowsOn(std::string_view question) {
  constexpr std::size_t kMostWords = 12;
  constexpr std::string_view kLinks =
      " and it that this those these them then so which what if 那 它 这 呢 还 也 ";
  const auto words = QuestionWords(question);
  return words.size() <= kMostWords && std::ranges::any_of(words, [&](const auto& word) {
           return kLinks.find(" " + word.text + " ") != std::string_view::npos;
         });
}

/// Tells the text from `at` on, a sentence at a time.
void SayRest(std::string_view text, std::size_t at, const Say& say) {
  if (!say) return;
  for (const auto sentence : SentencesOf(text.substr(at))) {
    const auto end = static_cast<std::size_t>(sentence.data() + sentence.size() - text.data());
    if (!say(text.substr(at, end - at))) return;
    at = end;
  }
  if (at < text.size()) say(text.substr(at));
}

std::string_view WhyName(WhyQuoted why) {
  switch (why) {
    case WhyQuoted::kRejected:
      return "rejected";
    case WhyQuoted::kLate:
      return "late";
    case WhyQuoted::kUnfinished:
      return "unfinished";
    case WhyQuoted::kBusy:
      return "busy";
    case WhyQuoted::kUnavailable:
      return "unavailable";
    case WhyQuoted::kNone:
      break;
  }
  return "";
}

std::string_view AuthorOf(const DocumentAnswer& answer) {
  if (!answer.answered()) return "template";
  if (!answer.written) return "document";
  return answer.why == WhyQuoted::kNone ? "model" : "mixed";
}

/// What the documents said becomes the answer, and what the next question may go on from.
void Settle(std::string_view question, Answer& answer, Conversation& conversation) {
  using Outcome = DocumentAnswer::Outcome;
  const auto& said = answer.documents;
  const bool zh = answer.question.chinese;
  switch (said.outcome) {
    case Outcome::kAnswered:
      answer.found = {};
      answer.text = said.text;
      conversation.documents = question;
      return;
    case Outcome::kNoSuch:
    case Outcome::kSignIn:
      answer.found = {};
      answer.found.unknown =
          said.outcome == Outcome::kSignIn ? Unknown::kSignIn : Unknown::kNoAnswer;
      answer.text = said.text;
      return;
    case Outcome::kNone:
      break;
  }
  if (answer.known() || said.nearest.empty()) return;
  const auto heading =
      explain::Quoted(said.nearest, zh ? explain::Language::kChinese : explain::Language::kEnglish);
  answer.text = zh ? "我不知道。最接近的内容是" + heading + "。"
                   : "I don't know. The nearest that the documents speak of is " + heading + ".";
}

}  // namespace

Status CheckQuestion(std::string_view question) {
  if (question.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return Fail(ErrorCode::kInvalidInput, "the question is empty");
  if (question.size() > kMostQuestionBytes)
    return Fail(ErrorCode::kInvalidInput, "the question is longer than 4000 bytes");
  return {};
}

Result<Answer> Answerer::Ask(std::string_view question,
                             Conversation& conversation,
                             const WishSources& sources,
                             const DocumentSources& documents,
                             const Say& say) const {
  MEDLEY_RETURN_IF_ERROR(CheckQuestion(question));
  Answer answer;
  std::string said;
  const Say tell = [&](std::string_view words) {
    said += words;
    return !say || say(words);
  };
  answer.question = ParseQuestion(question, *graph_, conversation);
  const bool wish = IsWish(answer.question);
  const auto ask_documents = [&] {
    const bool follows = FollowsOn(question);
    answer.documents = AnswerFromDocuments(question,
                                           follows ? std::string_view(conversation.documents) : "",
                                           answer.question.chinese,
                                           documents,
                                           tell);
  };
  const bool first =
      AsksDocumentsFirst(question, documents) || (wish && TermsOf(question).concept_named);
  if (first) ask_documents();
  if (answer.documents.outcome == DocumentAnswer::Outcome::kNone) AskGraph(sources, answer);
  if (!first && !wish && !answer.known()) ask_documents();
  Settle(question, answer, conversation);
  answer.items = ItemsOf(answer, *graph_);
  Remember(answer, conversation);
  assert(answer.text.starts_with(said));
  SayRest(answer.text, said.size(), say);
  return answer;
}

void Answerer::AskGraph(const WishSources& sources, Answer& answer) const {
  const bool wish = IsWish(answer.question);
  if (wish && answer.question.unknown.empty()) return Fulfil(sources, answer);
  answer.found = AnswerFromGraph(answer.question, *graph_);
  if (wish) answer.found.unknown = Unknown::kNoSubject;
  answer.text = AnswerSentence(answer.question, answer.found, *graph_);
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
  const bool quoted = answer.documents.answered();
  Json cited = Json::array();
  for (const auto& one : answer.documents.cited)
    cited.push_back({{"document", one.document},
                     {"title", one.title},
                     {"heading", one.heading},
                     {"source", one.source},
                     {"quote", one.quote}});
  Json json = {{"status", answer.known() ? "answered" : "unknown"},
               {"text", answer.text},
               {"locale", answer.question.chinese ? "zh" : "en"},
               {"author", AuthorOf(answer.documents)},
               {"results", std::move(results)},
               {"items", std::move(items)},
               {"triples", std::move(triples)},
               {"documents", std::move(cited)}};
  if (quoted || (!answer.known() && answer.documents.confidence > 0)) {
    const auto& evidence = answer.documents.evidence;
    json["confidence"] = answer.documents.confidence;
    json["evidence"] = {{"words", evidence.words},
                        {"sentence", evidence.sentence},
                        {"meaning", evidence.meaning},
                        {"kind", evidence.kind},
                        {"agreed", evidence.agreed}};
  }
  if (quoted) {
    json["intent"] = "document";
    if (const auto why = WhyName(answer.documents.why); !why.empty()) json["quoted_because"] = why;
    return json;
  }
  if (answer.question.understood) json["intent"] = IntentName(answer.question.intent);
  if (answer.question.understood && answer.question.intent == Intent::kValue)
    json["relation"] = answer.question.relation;
  if (answer.found.verdict) json["verdict"] = *answer.found.verdict;
  if (answer.found.count) json["count"] = *answer.found.count;
  if (!answer.known()) json["reason"] = ReasonName(answer.found.unknown);
  return json;
}

}  // namespace medley::answers
