#include "medley/answers/graph_answer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/mentions.h"
#include "medley/answers/question_examples.h"
#include "medley/answers/question_parser.h"
#include "medley/graph/knowledge_graph.h"

namespace medley::answers {
namespace {

using graph::KnowledgeGraph;
using graph::NodeIndex;

class Asker {
 public:
  Asker(const ParsedQuestion& question, const KnowledgeGraph& graph)
      : question_(question), graph_(graph) {}

  GraphAnswer Answer() {
    if (!question_.understood) return Nothing(WhyNotUnderstood());
    if (question_.intent == Intent::kOutside)
      return Nothing(!question_.unknown.empty() ? Unknown::kNoSubject
                     : question_.slots.empty()  ? Unknown::kOutside
                                                : Unknown::kNoRelation);
    if (!question_.unknown.empty()) return Nothing(Unknown::kNoSubject);
    switch (question_.intent) {
      case Intent::kValue:
        return Value();
      case Intent::kItems:
      case Intent::kCount:
        return Items();
      case Intent::kOthers:
        return Others();
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
  /// Items that fit, each with the statements that say so.
  using Fitting = std::map<NodeIndex, std::vector<std::uint32_t>>;

  Unknown WhyNotUnderstood() const {
    if (question_.lacks_context) return Unknown::kNoContext;
    return question_.unknown.empty() ? Unknown::kNotUnderstood : Unknown::kNoSubject;
  }

  GraphAnswer Nothing(Unknown why) {
    answer_.unknown = why;
    return std::move(answer_);
  }

  std::vector<const Slot*> SlotsOf(SlotKind kind) const {
    std::vector<const Slot*> slots;
    for (const Slot& slot : question_.slots) {
      if (slot.kind == kind) slots.push_back(&slot);
    }
    return slots;
  }

  void Cite(std::uint32_t statement) {
    auto& cited = answer_.statements;
    if (cited.size() < GraphAnswer::kMostStatements &&
        std::ranges::find(cited, statement) == cited.end())
      cited.push_back(statement);
  }

  /// "Sabrina (1954)" asked with its year: those of that year, where any is.
  std::vector<NodeIndex> ItemsMeant() const {
    std::vector<NodeIndex> items = SlotsOf(SlotKind::kItem).front()->nodes;
    for (const Slot* trait : SlotsOf(SlotKind::kTrait)) {
      std::vector<NodeIndex> left;
      for (const NodeIndex item : items) {
        if (!StatementsBetween(item, *trait).empty()) left.push_back(item);
      }
      if (!left.empty()) items = std::move(left);
    }
    return items;
  }

  /// What says that the item has what the slot names, in the slot's role.
  std::vector<std::uint32_t> StatementsBetween(NodeIndex item, const Slot& slot) const {
    std::vector<std::uint32_t> statements;
    const auto relation = slot.role == "-" ? kNoIndex : graph_.FindRelation(slot.role);
    for (const auto& edge : graph_.Edges(item)) {
      if (edge.backward || (slot.role != "-" && edge.relation != relation)) continue;
      if (std::ranges::find(slot.nodes, edge.to) != slot.nodes.end())
        statements.push_back(edge.statement);
    }
    return statements;
  }

  GraphAnswer Value() {
    const auto relation = graph_.FindRelation(question_.relation);
    if (relation == kNoIndex) return Nothing(Unknown::kNoRelation);
    bool unnamed = false;
    for (const NodeIndex item : ItemsMeant()) {
      GraphAnswer::Group group{item, {}, false};
      for (const auto& edge : graph_.Edges(item, relation, question_.backward)) {
        if (graph_.node(edge.to).name.empty()) {
          unnamed = true;
          continue;
        }
        group.values.push_back(edge.to);
        Cite(edge.statement);
      }
      if (!group.values.empty()) answer_.groups.push_back(std::move(group));
    }
    if (answer_.groups.empty()) return Nothing(unnamed ? Unknown::kUnnamed : Unknown::kNoAnswer);
    return std::move(answer_);
  }

  Fitting ItemsOf(const Slot& slot) const {
    Fitting fitting;
    const auto relation = slot.role == "-" ? kNoIndex : graph_.FindRelation(slot.role);
    for (const NodeIndex node : slot.nodes) {
      const auto edges = slot.role == "-" ? graph_.Edges(node) : graph_.Edges(node, relation, true);
      for (const auto& edge : edges) {
        if (edge.backward && graph_.node(edge.to).item != kNoIndex)
          fitting[edge.to].push_back(edge.statement);
      }
    }
    return fitting;
  }

  GraphAnswer Items() {
    Fitting fitting;
    bool first = true;
    for (const Slot& slot : question_.slots) {
      if (slot.role != "-" && graph_.FindRelation(slot.role) == kNoIndex)
        return Nothing(Unknown::kNoRelation);
      Fitting of_slot = ItemsOf(slot);
      if (first) {
        fitting = std::move(of_slot);
        first = false;
        continue;
      }
      for (auto entry = fitting.begin(); entry != fitting.end();) {
        const auto found = of_slot.find(entry->first);
        if (found == of_slot.end()) {
          entry = fitting.erase(entry);
          continue;
        }
        entry->second.insert(entry->second.end(), found->second.begin(), found->second.end());
        ++entry;
      }
    }
    return Listed(fitting);
  }

  GraphAnswer Listed(const Fitting& fitting) {
    if (question_.intent == Intent::kCount) answer_.count = fitting.size();
    if (fitting.empty()) return Nothing(Unknown::kNoAnswer);
    GraphAnswer::Group group;
    for (const auto& [item, statements] : fitting) {
      group.values.push_back(item);
      for (const auto statement : statements) Cite(statement);
    }
    answer_.groups.push_back(std::move(group));
    return std::move(answer_);
  }

  GraphAnswer Others() {
    const auto relation = graph_.FindRelation(question_.relation);
    if (relation == kNoIndex) return Nothing(Unknown::kNoRelation);
    const auto items = ItemsMeant();
    Slot tails{SlotKind::kPerson, {}, question_.relation, ""};
    for (const NodeIndex item : items) {
      for (const auto& edge : graph_.Edges(item, relation, false)) {
        if (graph_.node(edge.to).name.empty()) continue;
        tails.nodes.push_back(edge.to);
        Cite(edge.statement);
      }
    }
    Fitting fitting = ItemsOf(tails);
    for (const NodeIndex item : items) fitting.erase(item);
    return Listed(fitting);
  }

  GraphAnswer Check() {
    answer_.verdict = false;
    for (const NodeIndex item : SlotsOf(SlotKind::kItem).front()->nodes) {
      GraphAnswer::Group group{item, {}, true};
      for (const Slot& slot : question_.slots) {
        if (slot.kind == SlotKind::kItem) continue;
        if (slot.role != "-" && graph_.FindRelation(slot.role) == kNoIndex)
          return Nothing(Unknown::kNoRelation);
        const auto statements = StatementsBetween(item, slot);
        group.holds = group.holds && !statements.empty();
        for (const auto statement : statements) Cite(statement);
      }
      answer_.verdict = *answer_.verdict || group.holds;
      answer_.groups.push_back(std::move(group));
    }
    if (!*answer_.verdict) return NothingToTheContrary();
    return std::move(answer_);
  }

  /// A no rests on what is said instead; where nothing is, the answer is not known.
  GraphAnswer NothingToTheContrary() {
    for (const Slot& slot : question_.slots) {
      if (slot.kind == SlotKind::kItem || slot.role == "-") continue;
      for (const auto& group : answer_.groups) {
        for (const auto& edge : graph_.Edges(group.about, graph_.FindRelation(slot.role), false))
          if (!graph_.node(edge.to).name.empty()) Cite(edge.statement);
      }
      if (answer_.statements.empty()) {
        answer_.verdict.reset();
        answer_.groups.clear();
        return Nothing(Unknown::kNoAnswer);
      }
    }
    return std::move(answer_);
  }

  GraphAnswer About() {
    constexpr std::size_t kMostOfARelation = 5;
    for (const Slot& slot : question_.slots) {
      for (const NodeIndex node : slot.nodes) {
        GraphAnswer::Group group{node, {}, false};
        std::map<std::pair<graph::RelationIndex, bool>, std::size_t> shown;
        for (const auto& edge : graph_.Edges(node)) {
          if (graph_.node(edge.to).name.empty()) continue;
          if (++shown[{edge.relation, edge.backward}] > kMostOfARelation) continue;
          group.values.push_back(edge.to);
          Cite(edge.statement);
        }
        if (!group.values.empty()) answer_.groups.push_back(std::move(group));
      }
    }
    if (answer_.groups.empty()) return Nothing(Unknown::kNoAnswer);
    return std::move(answer_);
  }

  const ParsedQuestion& question_;
  const KnowledgeGraph& graph_;
  GraphAnswer answer_;
};

}  // namespace

GraphAnswer AnswerFromGraph(const ParsedQuestion& question, const graph::KnowledgeGraph& graph) {
  return Asker(question, graph).Answer();
}

}  // namespace medley::answers
