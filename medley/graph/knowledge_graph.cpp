#include "medley/graph/knowledge_graph.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/graph/name_index.h"
#include "medley/graph/relation_names.h"
#include "medley/text/terms.h"
#include "medley/text/title_index.h"

namespace medley::graph {
namespace {

/// How sure a shorter form is.
enum Looseness : std::uint8_t { kItself, kWithoutArticle, kShortened, kSurname };

void AddForm(std::vector<NameIndex::Entry>& entries,
             std::string form,
             NodeIndex node,
             Looseness looseness) {
  if (!form.empty()) entries.push_back({std::move(form), node, looseness});
}

void AddTitle(std::vector<NameIndex::Entry>& entries, const std::string& title, NodeIndex node) {
  for (auto& form : text::TitleForms(title)) {
    for (const std::string_view article : {"the ", "a ", "an "}) {
      if (form.starts_with(article))
        AddForm(entries, form.substr(article.size()), node, kWithoutArticle);
    }
    AddForm(entries, std::move(form), node, kItself);
  }
  // "Dr. Strangelove or: How I ...", "Star Trek: First Contact": what stands before the colon.
  const auto colon = title.find(':');
  if (colon == std::string::npos || colon == 0) return;
  std::string head = text::FoldTitle(title.substr(0, colon));
  if (head.ends_with(" or")) head.resize(head.size() - 3);
  AddForm(entries, std::move(head), node, kShortened);
}

/// Also without what stands between first and last name, and the last name alone.
void AddPerson(std::vector<NameIndex::Entry>& entries, const std::string& name, NodeIndex node) {
  const std::string folded = text::FoldTitle(name);
  AddForm(entries, folded, node, kItself);
  auto last = folded.rfind(' ');
  const auto first = folded.find(' ');
  if (last == std::string::npos) return;
  std::string_view surname = std::string_view(folded).substr(last + 1);
  if (surname == "jr" || surname == "sr" || surname == "ii" || surname == "iii") {
    if (first == last) return;
    AddForm(entries, folded.substr(0, last), node, kShortened);
    const auto before = folded.rfind(' ', last - 1);
    surname = std::string_view(folded).substr(before + 1, last - before - 1);
  } else if (first != last) {
    AddForm(entries, folded.substr(0, first) + folded.substr(last), node, kShortened);
  }
  AddForm(entries, std::string(surname), node, kSurname);
}

}  // namespace

void KnowledgeGraph::IndexEdges() {
  first_edge_.assign(nodes_.size() + 1, 0);
  for (const auto& statement : statements_) {
    ++first_edge_[statement.head + 1];
    ++first_edge_[statement.tail + 1];
  }
  for (std::size_t i = 1; i < first_edge_.size(); ++i) first_edge_[i] += first_edge_[i - 1];
  edges_.resize(2 * statements_.size());
  std::vector<std::size_t> next(first_edge_.begin(), first_edge_.end() - 1);
  for (std::uint32_t i = 0; i < statements_.size(); ++i) {
    const auto& statement = statements_[i];
    edges_[next[statement.head]++] = {statement.relation, false, statement.tail, i};
    edges_[next[statement.tail]++] = {statement.relation, true, statement.head, i};
  }
  for (std::size_t node = 0; node < nodes_.size(); ++node) {
    const auto own =
        std::span(edges_).subspan(first_edge_[node], first_edge_[node + 1] - first_edge_[node]);
    std::ranges::sort(own, {}, [](const Edge& edge) {
      return std::tie(edge.relation, edge.backward, edge.statement);
    });
  }
}

void KnowledgeGraph::IndexNames() {
  std::vector<NameIndex::Entry> entries;
  for (NodeIndex i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.name.empty()) continue;
    if (node.item != kNoIndex) {
      AddTitle(entries, node.name, i);
    } else if (types_.IdOf(node.type) == kPerson) {
      AddPerson(entries, node.name, i);
    } else {
      AddForm(entries, text::FoldTitle(node.name), i, kItself);
    }
  }
  names_ = NameIndex(std::move(entries));
}

std::span<const KnowledgeGraph::Edge> KnowledgeGraph::Edges(NodeIndex node,
                                                            RelationIndex relation,
                                                            bool backward) const {
  const auto found = std::ranges::equal_range(
      Edges(node), std::pair(relation, backward), {}, [](const Edge& edge) {
        return std::pair(edge.relation, edge.backward);
      });
  return {found.begin(), found.end()};
}

bool KnowledgeGraph::Has(NodeIndex head, RelationIndex relation, NodeIndex tail) const {
  return std::ranges::any_of(Edges(head, relation, false),
                             [&](const Edge& edge) { return edge.to == tail; });
}

NodeIndex KnowledgeGraph::OfId(std::string_view id) const {
  const auto found = of_id_.find(id);
  return found == of_id_.end() ? kNoIndex : found->second;
}

RelationIndex KnowledgeGraph::FindRelation(std::string_view name) const {
  const auto found = std::ranges::find(relations_, name, &Relation::name);
  return found == relations_.end() ? kNoIndex
                                   : static_cast<RelationIndex>(found - relations_.begin());
}

std::vector<KnowledgeGraph::Provenance> KnowledgeGraph::ProvenanceOf(
    std::uint32_t statement) const {
  std::vector<Provenance> all;
  for (const auto& said : std::ranges::equal_range(said_, statement, {}, &Said::statement)) {
    all.push_back({sources_.IdOf(said.source),
                   said.confidence,
                   said.span == kNoIndex ? nullptr : &spans_[said.span]});
  }
  return all;
}

}  // namespace medley::graph
