#include "medley/answers/answer_sentences.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/answers/graph_answer.h"
#include "medley/answers/mentions.h"
#include "medley/answers/question_examples.h"
#include "medley/answers/question_parser.h"
#include "medley/explain/phrases.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/graph/relation_names.h"
#include "medley/text/display.h"

namespace medley::answers {
namespace {

using graph::NodeIndex;

constexpr std::size_t kMostShown = 10;
constexpr std::size_t kNameGraphemes = 60;

struct RelationWords {
  std::string_view relation;
  std::string_view value;    ///< English, {X} the item, {V} what it leads to
  std::string_view noun;     ///< "directors"
  std::string_view by;       ///< of items: "directed by {P}"
  std::string_view chinese;  ///< "导演"
  std::string_view chinese_by;
};
constexpr std::array kRelations = {
    RelationWords{
        "director", "{X} was directed by {V}.", "director", "directed by {P}", "导演", "{P}导演的"},
    RelationWords{"actor", "The cast of {X}: {V}.", "actor", "with {P}", "演员", "{P}出演的"},
    RelationWords{
        "writer", "{X} was written by {V}.", "writer", "written by {P}", "编剧", "{P}编剧的"},
    RelationWords{
        "year", "{X} came out in {V}.", "release year", "from {P}", "上映年份", "{P}年的"},
    RelationWords{
        "genre", "The genre of {X}: {V}.", "genre", "of the genre {P}", "类型", "类型为{P}的"},
    RelationWords{"language", "The language of {X}: {V}.", "language", "in {P}", "语言", "{P}的"},
    RelationWords{"country", "{X} comes from {V}.", "country", "from {P}", "国家", "来自{P}的"},
    RelationWords{"set_in", "{X} is set in {V}.", "place", "set in {P}", "地点", "发生在{P}的"},
    RelationWords{
        "period", "{X} is set in this time: {V}.", "time", "set in {P}", "时期", "以{P}为背景的"},
    RelationWords{"theme", "{X} deals with {V}.", "theme", "about {P}", "主题", "关于{P}的"},
    RelationWords{"character_occupation",
                  "In {X} there is someone of this occupation: {V}.",
                  "occupation",
                  "with this occupation: {P}",
                  "人物职业",
                  "有{P}的"},
    RelationWords{"sequel", "{X} was followed by {V}.", "sequel", "after {P}", "续集", "{P}之后的"},
    RelationWords{"producer",
                  "{X} was produced by {V}.",
                  "producer",
                  "produced by {P}",
                  "制片人",
                  "{P}制片的"},
};

std::string Replaced(std::string_view text, std::string_view place, std::string_view value) {
  std::string out(text);
  if (const auto at = out.find(place); at != std::string::npos)
    out.replace(at, place.size(), value);
  return out;
}

class Writer {
 public:
  Writer(const ParsedQuestion& question,
         const GraphAnswer& answer,
         const graph::KnowledgeGraph& graph)
      : question_(question), answer_(answer), graph_(graph), zh_(question.chinese) {}

  std::string Write() const {
    if (answer_.unknown != Unknown::kNone) return NotKnown();
    switch (question_.intent) {
      case Intent::kValue:
        return Values();
      case Intent::kItems:
      case Intent::kCount:
      case Intent::kOthers:
        return Items();
      case Intent::kCheck:
        return Check();
      case Intent::kAbout:
        return About();
      case Intent::kWish:
      case Intent::kOutside:
        break;
    }
    return {};
  }

 private:
  const RelationWords* Words(std::string_view relation) const {
    const auto found = std::ranges::find(kRelations, relation, &RelationWords::relation);
    return found == kRelations.end() ? nullptr : &*found;
  }

  std::string Noun(std::string_view relation) const {
    const auto* words = Words(relation);
    if (words == nullptr) return text::DisplayText(graph::ReadableRelation(relation), 40);
    return std::string(zh_ ? words->chinese : words->noun);
  }

  std::string Title(NodeIndex node) const {
    const auto language = zh_ ? explain::Language::kChinese : explain::Language::kEnglish;
    std::string title = explain::Quoted(graph_.Shown(node), language);
    // Where the title does not say of which year it is.
    const auto year = graph_.FindRelation(graph::kYear);
    if (year == kNoIndex || graph_.Shown(node).find('(') != std::string::npos) return title;
    const auto edges = graph_.Edges(node, year, false);
    if (edges.empty()) return title;
    return title + (zh_ ? "（" : " (") + graph_.Shown(edges[0].to) + (zh_ ? "）" : ")");
  }

  std::string Name(NodeIndex node) const {
    if (graph_.node(node).item != kNoIndex) return Title(node);
    return text::IsolateDirection(text::DisplayText(graph_.Shown(node), kNameGraphemes));
  }

  std::string Said(const std::string& words) const {
    return explain::Quoted(words, zh_ ? explain::Language::kChinese : explain::Language::kEnglish);
  }

  std::string List(std::span<const NodeIndex> nodes) const {
    std::string list;
    const std::size_t shown = std::min(nodes.size(), kMostShown);
    for (std::size_t i = 0; i < shown; ++i) {
      const bool last = i + 1 == nodes.size();
      if (i > 0) list += zh_ ? "、" : last ? " and " : ", ";
      list += Name(nodes[i]);
    }
    if (nodes.size() > shown) {
      const std::string more = std::to_string(nodes.size() - shown);
      list += zh_ ? "等，另有" + more + "个" : " and " + more + " more";
    }
    return list;
  }

  /// "film", "films"; 电影.
  std::string Thing(std::size_t n) const {
    std::string kind = "item";
    for (NodeIndex node = 0; node < graph_.n_nodes(); ++node) {
      if (graph_.node(node).item == kNoIndex) continue;
      kind = graph_.TypeOf(node);
      break;
    }
    if (zh_) return kind == "film" || kind == "movie" ? "电影" : kind == "song" ? "歌曲" : "条目";
    kind = text::DisplayText(kind, 20);
    return n == 1 ? kind : kind + "s";
  }

  std::string Values() const {
    std::string sentences;
    const auto* words = Words(question_.relation);
    for (const auto& group : answer_.groups) {
      if (!sentences.empty() && !zh_) sentences += ' ';
      const std::string title = Title(group.about);
      const std::string values = List(group.values);
      if (question_.backward) {
        sentences += zh_ ? title + "之前是" + values + "。" : title + " follows " + values + ".";
      } else if (zh_) {
        sentences += title + "的" + Noun(question_.relation) +
                     (group.values.size() > 1 ? "：" : "是") + values + "。";
      } else if (words != nullptr) {
        sentences += Replaced(Replaced(words->value, "{X}", title), "{V}", values);
      } else {
        sentences += "The " + Noun(question_.relation) + " of " + title + ": " + values + ".";
      }
    }
    return sentences;
  }

  /// "directed by P, from 1995".
  std::string Conditions() const {
    std::string all;
    for (const Slot& slot : question_.slots) {
      if (slot.nodes.empty()) continue;
      const NodeIndex node = slot.nodes.front();
      std::string role = slot.role;
      if (role == "-") role = graph_.TypeOf(node);
      const auto* words = Words(role);
      const bool person = slot.kind == SlotKind::kPerson;
      const std::string_view by = words == nullptr ? zh_      ? "{P}的"
                                                     : person ? "of {P}"
                                                              : "with {P}"
                                  : zh_            ? words->chinese_by
                                                   : words->by;
      if (!all.empty() && !zh_) all += ' ';
      all += Replaced(by, "{P}", Name(node));
    }
    return all;
  }

  std::string Items() const {
    const auto& items = answer_.groups.front().values;
    const std::string n = std::to_string(items.size());
    std::string head;
    if (question_.intent == Intent::kOthers) {
      const std::string title = Title(question_.slots.front().nodes.front());
      head = zh_ ? title + "的" + Noun(question_.relation) + "的其他" + Thing(2) + "，共" + n + "个"
                 : n + " other " + Thing(items.size()) + " by the " + Noun(question_.relation) +
                       " of " + title;
      if (!zh_ && question_.relation == "actor")
        head = n + " other " + Thing(items.size()) + " with the cast of " + title;
    } else {
      head = zh_ ? Conditions() + Thing(2) + "共有" + n + "部"
                 : n + " " + Thing(items.size()) + " " + Conditions();
    }
    return head + (zh_ ? "：" : ": ") + List(items) + (zh_ ? "。" : ".");
  }

  std::string Check() const {
    std::string sentences;
    for (const auto& group : answer_.groups) {
      if (!sentences.empty() && !zh_) sentences += ' ';
      std::string what;
      for (const Slot& slot : question_.slots) {
        if (slot.kind == SlotKind::kItem || slot.nodes.empty()) continue;
        const std::string role = slot.role == "-" ? graph_.TypeOf(slot.nodes.front()) : slot.role;
        const std::string name = Name(slot.nodes.front());
        what = zh_ ? Noun(role) + (group.holds ? "包括" : "不包括") + name
                   : (group.holds ? " names " : " does not name ") + name + " as " + Noun(role);
      }
      const std::string title = Title(group.about);
      sentences +=
          zh_ ? std::string(group.holds ? "是的" : "没有") + "：目录中" + title + "的" + what + "。"
              : std::string(group.holds ? "Yes" : "No") + ": the catalogue" + what + " of " +
                    title + ".";
    }
    return sentences;
  }

  std::string About() const {
    std::string sentences;
    for (const auto& group : answer_.groups) {
      std::string facts;
      std::string before;
      for (const auto cited : answer_.statements) {
        const auto& statement = graph_.statement(cited);
        const bool backward = statement.tail == group.about;
        if (!backward && statement.head != group.about) continue;
        const std::string relation = Noun(graph_.relations()[statement.relation].name) +
                                     (backward ? zh_ ? "作品" : " of" : "");
        const std::string name = Name(backward ? statement.head : statement.tail);
        if (relation == before) {
          facts += (zh_ ? "、" : ", ") + name;
        } else {
          facts += (facts.empty() ? "" : zh_ ? "；" : "; ") + relation + (zh_ ? "：" : ": ") + name;
        }
        before = relation;
      }
      if (!sentences.empty() && !zh_) sentences += ' ';
      sentences += Name(group.about) + (zh_ ? "：" : ": ") + facts + (zh_ ? "。" : ".");
    }
    return sentences;
  }

  /// What was asked for: "writer of “Heat”", "film directed by P".
  std::string Missing() const {
    if (question_.intent == Intent::kItems || question_.intent == Intent::kCount)
      return zh_ ? Conditions() + Thing(1) : Thing(1) + " " + Conditions();
    const auto slot = std::ranges::find(question_.slots, SlotKind::kItem, &Slot::kind);
    const std::string title = slot == question_.slots.end() || slot->nodes.empty()
                                  ? std::string()
                                  : Title(slot->nodes.front());
    if (question_.intent == Intent::kOthers)
      return zh_ ? title + "的" + Noun(question_.relation) + "的其他" + Thing(1)
                 : "other " + Thing(1) + " by the " + Noun(question_.relation) + " of " + title;
    std::string relation = question_.relation;
    if (question_.intent == Intent::kCheck) {
      for (const Slot& one : question_.slots) {
        if (one.kind != SlotKind::kItem) relation = one.role;
      }
    }
    return zh_ ? title + "的" + Noun(relation) : Noun(relation) + " of " + title;
  }

  std::string NotKnown() const {
    switch (answer_.unknown) {
      case Unknown::kNoSubject:
        return zh_ ? "我不知道：这里没有叫做" + Said(question_.unknown) + "的内容。"
                   : "I don't know: nothing here is called " + Said(question_.unknown) + ".";
      case Unknown::kNoContext:
        return zh_ ? "我不知道您指的是哪一个，请说出名字。"
                   : "I don't know which one you mean; please name it.";
      case Unknown::kNoAnswer:
        return zh_ ? "我不知道：没有关于" + Missing() + "的记录。"
                   : "I don't know: no " + Missing() + " is recorded.";
      case Unknown::kUnnamed:
        return zh_ ? "我不知道：" + Missing() + "有记录，但没有名字。"
                   : "I don't know: the " + Missing() + " is recorded, but not by name.";
      case Unknown::kNoRelation:
        return zh_ ? "我不知道：这里没有这方面的资料。"
                   : "I don't know: nothing of that kind is recorded here.";
      case Unknown::kOutside:
        return zh_ ? "我不知道：我只能回答与本目录有关的问题。"
                   : "I don't know: I can only answer questions about this catalogue.";
      case Unknown::kSignIn:  // said by document_answer.cpp
      case Unknown::kNotUnderstood:
      case Unknown::kNone:
        break;
    }
    return zh_ ? "我不知道：没有理解这个问题，请换一种说法。"
               : "I don't know: I did not understand the question; please put it in other words.";
  }

  const ParsedQuestion& question_;
  const GraphAnswer& answer_;
  const graph::KnowledgeGraph& graph_;
  bool zh_;
};

}  // namespace

std::string AnswerSentence(const ParsedQuestion& question,
                           const GraphAnswer& answer,
                           const graph::KnowledgeGraph& graph) {
  return Writer(question, answer, graph).Write();
}

}  // namespace medley::answers
