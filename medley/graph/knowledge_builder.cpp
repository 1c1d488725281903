#include "medley/graph/knowledge_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/data/catalogue.h"
#include "medley/data/triple.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/graph/relation_names.h"
#include "medley/text/terms.h"

namespace medley::graph {
namespace {

/// Longer texts are descriptions, nothing that items share.
constexpr std::size_t kMaxNameBytes = 80;
constexpr std::size_t kMaxListBytes = 4000;
constexpr int kFirstYear = 1000;
constexpr int kLastYear = 3000;

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool SaysNothing(std::string_view name) {
  return name.empty() || name == "N/A" || name == "NA" || name == "NULL" || name == "-";
}

bool IsSuffixOfName(std::string_view part) {
  constexpr std::array<std::string_view, 6> kSuffixes = {"Jr.", "Jr", "Sr.", "Sr", "II", "III"};
  return std::ranges::find(kSuffixes, part) != kSuffixes.end();
}

/// "A, B Jr., C" as its parts; a "Jr." after a comma stays with the name before it.
std::vector<std::string_view> SplitNames(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    std::size_t comma = text.find_first_of(",;|");
    while (comma != std::string_view::npos) {
      const auto next = text.find_first_of(",;|", comma + 1);
      if (!IsSuffixOfName(Trim(text.substr(comma + 1, next - comma - 1)))) break;
      comma = next;
    }
    parts.push_back(Trim(text.substr(0, comma)));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return parts;
}

bool CallsCategoriesGenres(std::string_view kind) {
  constexpr std::array<std::string_view, 10> kKinds = {
      "film", "movie", "song", "track", "album", "music", "book", "game", "series", "show"};
  return std::ranges::find(kKinds, kind) != kKinds.end();
}

}  // namespace

KnowledgeGraphBuilder::KnowledgeGraphBuilder(std::span<const data::Item> items,
                                             std::span<const std::uint8_t> visible)
    : graph_(std::make_shared<KnowledgeGraph>()) {
  graph_->sources_.Intern(kCatalogueSource);
  graph_->of_item_.assign(items.size(), kNoIndex);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (visible[i] != 0) AddItem(static_cast<ItemIndex>(i), items[i]);
  }
}

std::uint32_t KnowledgeGraphBuilder::NewNode(std::string name, std::string id, std::uint32_t type) {
  const auto node = static_cast<std::uint32_t>(graph_->nodes_.size());
  graph_->nodes_.push_back({std::move(name), std::move(id), type, kNoIndex});
  parent_.push_back(node);
  return node;
}

const KnowledgeGraphBuilder::Mapped& KnowledgeGraphBuilder::MapRelation(
    std::string_view source_name) {
  const auto known = mapped_.find(source_name);
  if (known != mapped_.end()) return known->second;
  const RelationName name = CanonicalRelation(source_name);
  const Mapped mapped{relation_names_.Intern(name.name),
                      graph_->types_.Intern(name.head_type),
                      graph_->types_.Intern(name.tail_type),
                      name.swapped};
  if (mapped.relation == graph_->relations_.size())
    graph_->relations_.push_back({name.name, {}, 0});
  graph_->relations_[mapped.relation].sources.emplace_back(source_name);
  return mapped_.emplace(std::string(source_name), mapped).first->second;
}

std::uint32_t KnowledgeGraphBuilder::Named(std::string_view name, std::uint32_t type) {
  std::string spelling = std::to_string(type) + "\n" + std::string(name);
  if (const auto known = by_spelling_.find(spelling); known != by_spelling_.end())
    return known->second;
  std::string folded = text::FoldTitle(name);
  if (folded.empty()) folded = name;
  const auto [found, fresh] = by_name_.try_emplace(std::to_string(type) + "\n" + folded, 0);
  if (fresh) found->second = NewNode(std::string(name), {}, type);
  by_spelling_.emplace(std::move(spelling), found->second);
  return found->second;
}

std::uint32_t KnowledgeGraphBuilder::Entity(const std::string& id, std::uint32_t type) {
  const auto [found, fresh] = by_entity_.try_emplace(id, 0);
  if (fresh) found->second = NewNode({}, id, type);
  // Another relation may know better what it is.
  auto& node = graph_->nodes_[found->second];
  if (graph_->types_.IdOf(node.type).empty()) node.type = type;
  return found->second;
}

std::uint32_t KnowledgeGraphBuilder::ItemNode(std::string_view id) const {
  const auto found = by_item_.find(id);
  return found == by_item_.end() ? kNoIndex : found->second;
}

std::uint32_t KnowledgeGraphBuilder::End(const data::TripleEnd& end, std::uint32_t type) {
  switch (end.kind) {
    case data::TripleEnd::Kind::kItem:
      return ItemNode(end.text);
    case data::TripleEnd::Kind::kEntity:
      return Entity(end.text, type);
    case data::TripleEnd::Kind::kName:
      break;
  }
  const auto name = Trim(end.text);
  return SaysNothing(name) || name.size() > kMaxNameBytes ? kNoIndex : Named(name, type);
}

void KnowledgeGraphBuilder::Add(const data::Triple& triple) {
  const bool same = triple.relation == data::kSameAs;
  const Mapped mapped = same ? Mapped{} : MapRelation(triple.relation);
  const auto head = End(triple.head, mapped.swapped ? mapped.tail_type : mapped.head_type);
  const auto tail = End(triple.tail, mapped.swapped ? mapped.head_type : mapped.tail_type);
  if (head == kNoIndex || tail == kNoIndex) {
    ++graph_->left_out_;
    return;
  }
  if (same) return Join(head, tail);
  std::uint32_t span = kNoIndex;
  if (!triple.span.item.empty()) {
    span = static_cast<std::uint32_t>(graph_->spans_.size());
    graph_->spans_.push_back(triple.span);
  }
  raw_.push_back({mapped.swapped ? tail : head,
                  mapped.relation,
                  mapped.swapped ? head : tail,
                  graph_->sources_.Intern(triple.source),
                  span,
                  static_cast<float>(triple.confidence)});
}

void KnowledgeGraphBuilder::AddItem(ItemIndex index, const data::Item& item) {
  const auto node =
      NewNode(item.title, item.id, graph_->types_.Intern(item.kind.empty() ? "item" : item.kind));
  graph_->nodes_[node].item = index;
  by_item_.emplace(item.id, node);
  const Mapped of_category = MapRelation(CallsCategoriesGenres(item.kind) ? "genre" : "category");
  for (const auto& category : item.categories) AddNamed(node, of_category, category);
  const Mapped of_tag = item.tags.empty() ? Mapped{} : MapRelation("tag");
  for (const auto& tag : item.tags) AddNamed(node, of_tag, tag);
  if (!item.language.empty()) AddText(node, "language", item.language);
  if (!item.attributes.is_object()) return;
  for (const auto& [name, value] : item.attributes.items()) {
    if (name != "simulated") AddField(node, name, value);
  }
}

void KnowledgeGraphBuilder::AddField(std::uint32_t node, std::string_view name, const Json& value) {
  if (value.is_string()) {
    AddText(node, name, value.get_ref<const std::string&>());
  } else if (value.is_array()) {
    const Mapped relation = MapRelation(name);
    for (const auto& element : value) {
      if (element.is_string()) AddNamed(node, relation, element.get_ref<const std::string&>());
    }
  } else if (value.is_number()) {
    const double number = value.get<double>();
    if (!(number >= kFirstYear && number <= kLastYear) || number != std::floor(number)) return;
    if (CanonicalRelation(name).tail_type != kYear) return;
    AddNamed(node, MapRelation(name), std::to_string(static_cast<int>(number)));
  }
}

void KnowledgeGraphBuilder::AddText(std::uint32_t node,
                                    std::string_view name,
                                    std::string_view text) {
  const RelationName canonical = CanonicalRelation(name);
  if (text.size() > (ListedWithCommas(canonical.tail_type) ? kMaxListBytes : kMaxNameBytes)) return;
  const Mapped relation = MapRelation(name);
  if (!ListedWithCommas(canonical.tail_type)) return AddNamed(node, relation, text);
  for (const auto part : SplitNames(text)) {
    AddNamed(
        node, relation, canonical.tail_type == "language" ? LanguageName(part) : std::string(part));
  }
}

void KnowledgeGraphBuilder::AddNamed(std::uint32_t node,
                                     const Mapped& relation,
                                     std::string_view name) {
  name = Trim(name);
  if (SaysNothing(name) || name.size() > kMaxNameBytes) return;
  raw_.push_back({node, relation.relation, Named(name, relation.tail_type), 0, kNoIndex, 1});
}

std::uint32_t KnowledgeGraphBuilder::Root(std::uint32_t node) {
  while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
  return node;
}

/// What has an item stands for both; else what has a name.
void KnowledgeGraphBuilder::Join(std::uint32_t a, std::uint32_t b) {
  a = Root(a);
  b = Root(b);
  const auto rank = [&](std::uint32_t node) {
    return std::tuple(
        graph_->nodes_[node].item == kNoIndex, graph_->nodes_[node].name.empty(), node);
  };
  // Two items that one entity stands for are one work sold twice: each keeps what is its own, the
  // entity goes with the first.
  if (graph_->nodes_[a].item != kNoIndex && graph_->nodes_[b].item != kNoIndex) return;
  if (rank(b) < rank(a)) std::swap(a, b);
  parent_[b] = a;
}

void KnowledgeGraphBuilder::MergeNodes() {
  auto& nodes = graph_->nodes_;
  std::vector<NodeIndex> place(nodes.size(), kNoIndex);
  std::vector<KnowledgeGraph::Node> kept;
  std::vector<std::uint32_t> roots(nodes.size());
  for (std::uint32_t i = 0; i < nodes.size(); ++i) roots[i] = Root(i);
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (roots[i] != i) continue;
    place[i] = static_cast<NodeIndex>(kept.size());
    if (nodes[i].item != kNoIndex) graph_->of_item_[nodes[i].item] = place[i];
    kept.push_back(std::move(nodes[i]));
  }
  for (const auto& [id, node] : by_entity_) graph_->of_id_.emplace(id, place[roots[node]]);
  // An item's id is the catalogue's own: it goes before a foreign one that reads alike.
  for (const auto& [id, node] : by_item_) graph_->of_id_.insert_or_assign(id, place[roots[node]]);
  nodes = std::move(kept);
  for (Raw& raw : raw_) {
    raw.head = place[roots[raw.head]];
    raw.tail = place[roots[raw.tail]];
  }
}

void KnowledgeGraphBuilder::MergeStatements() {
  // Stable: the first to say it places it among what is said of the same head.
  std::vector<std::uint32_t> order(raw_.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto key = [&](std::uint32_t i) {
    return std::tie(raw_[i].head, raw_[i].relation, raw_[i].tail);
  };
  std::ranges::stable_sort(order, {}, key);
  std::vector<std::uint32_t> first(raw_.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    first[order[i]] = i > 0 && key(order[i]) == key(order[i - 1]) ? first[order[i - 1]] : order[i];
  std::vector<std::uint32_t> statement_of(raw_.size());
  for (std::uint32_t i = 0; i < raw_.size(); ++i) {
    const Raw& raw = raw_[i];
    if (first[i] == i) {
      statement_of[i] = static_cast<std::uint32_t>(graph_->statements_.size());
      graph_->statements_.push_back({raw.head, raw.relation, raw.tail});
      ++graph_->relations_[raw.relation].n_statements;
    }
    graph_->said_.push_back({statement_of[first[i]], raw.source, raw.span, raw.confidence});
  }
  std::ranges::stable_sort(graph_->said_, {}, &KnowledgeGraph::Said::statement);
}

std::shared_ptr<const KnowledgeGraph> KnowledgeGraphBuilder::Build() && {
  MergeNodes();
  MergeStatements();
  graph_->IndexEdges();
  graph_->IndexNames();
  return std::move(graph_);
}

}  // namespace medley::graph
