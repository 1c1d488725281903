#include "medley/recommenders/item_entities.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/graph/relation_names.h"
#include "medley/recommenders/item_features.h"
#include "medley/recommenders/recommender.h"
#include "medley/text/normalize.h"

namespace medley::recommenders {
namespace {

constexpr std::string_view kGenre = "genre";

bool SaysNothing(std::string_view value) {
  return value.empty() || value == "N/A" || value == "NA" || value == "NULL" || value == "-";
}

/// Where the graph calls a film's categories genres, so do we.
std::string RelationOf(const graph::RelationName& canonical, const graph::KnowledgeGraph* graph) {
  const bool calls_genre = canonical.name == "category" && graph != nullptr &&
                           graph->FindRelation(canonical.name) == kNoIndex &&
                           graph->FindRelation(kGenre) != kNoIndex;
  return calls_genre ? std::string(kGenre) : canonical.name;
}

}  // namespace

std::uint32_t ItemEntities::Intern(std::string_view relation,
                                   std::string_view name,
                                   std::string shown) {
  std::string key = std::string(relation) + "=" + std::string(name);
  const auto entity = keys_.Intern(key);
  if (entity == entities_.size())
    entities_.push_back({std::move(key), std::move(shown), relations_.Intern(relation)});
  return entity;
}

/// An item that others are joined to is joined to itself by the same relation, so that "sequel"
/// is shared by both ends.
void ItemEntities::AddFromGraph(const graph::KnowledgeGraph& graph,
                                std::uint32_t node,
                                std::vector<std::uint32_t>& out) {
  const auto key_of = [&](std::uint32_t to) {
    const auto& end = graph.node(to);
    if (end.item != kNoIndex) return "#" + end.id;
    return end.name.empty() ? "#" + end.id : text::Normalize(end.name);
  };
  for (const auto& edge : graph.Edges(node)) {
    const auto& relation = graph.relations()[edge.relation].name;
    const auto& other = graph.node(edge.to);
    if (!edge.backward) {
      std::string shown;
      if (!other.name.empty()) shown = graph::ReadableRelation(relation) + "=" + other.name;
      out.push_back(Intern(relation, key_of(edge.to), std::move(shown)));
    } else if (other.item != kNoIndex) {
      const std::string& title = graph.node(node).name;
      std::string shown = title.empty() ? "" : graph::ReadableRelation(relation) + "=" + title;
      out.push_back(Intern(relation, key_of(node), std::move(shown)));
    } else {
      out.push_back(Intern(relation + "_of", key_of(edge.to), {}));
    }
  }
}

/// What the graph says of the item it says better: without the ends of lists cut off.
void ItemEntities::AddAttribute(const ItemFeatures& features,
                                const std::string& attribute,
                                bool in_graph,
                                std::vector<std::uint32_t>& out) {
  const auto split = attribute.find('=');
  if (split == std::string::npos) return;
  const auto name = std::string_view(attribute).substr(0, split);
  const auto value = std::string_view(attribute).substr(split + 1);
  const auto canonical = graph::CanonicalRelation(name);
  const auto relation = RelationOf(canonical, features.graph);
  if (in_graph && features.graph->FindRelation(relation) != kNoIndex) return;
  if (canonical.tail_type == "language") {
    const auto language = graph::LanguageName(value);
    if (!SaysNothing(value)) out.push_back(Intern(relation, text::Normalize(language), attribute));
    return;
  }
  const bool is_list =
      graph::ListedWithCommas(canonical.tail_type) && value.find(',') != std::string_view::npos;
  if (!is_list) {
    if (!SaysNothing(value)) out.push_back(Intern(relation, text::Normalize(value), attribute));
    return;
  }
  for (const auto& part : SplitNames(value)) {
    if (!SaysNothing(part))
      out.push_back(Intern(relation, text::Normalize(part), relation + "=" + part));
  }
}

void ItemEntities::Extend(const ItemFeatures& features) {
  const std::size_t n = CountItems(features);
  for (auto item = static_cast<ItemIndex>(of_item_.size()); item < n; ++item) {
    std::vector<std::uint32_t> entities;
    const auto node = features.graph == nullptr ? kNoIndex : features.graph->OfItem(item);
    if (node != kNoIndex) AddFromGraph(*features.graph, node, entities);
    if (item < features.attributes.size()) {
      for (const auto token : features.attributes[item])
        AddAttribute(features, features.attribute_names[token], node != kNoIndex, entities);
    }
    std::ranges::sort(entities);
    const auto twice = std::ranges::unique(entities);
    entities.erase(twice.begin(), twice.end());
    of_item_.push_back(std::move(entities));
  }
}

}  // namespace medley::recommenders
