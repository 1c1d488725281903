#include "medley/rerank/item_terms.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/graph/relation_names.h"
#include "medley/recommenders/item_entities.h"
#include "medley/rerank/condition.h"
#include "medley/rerank/item_set.h"

namespace medley::rerank {
namespace {

constexpr std::string_view kId = "id";
constexpr std::string_view kTitle = "title";
constexpr std::string_view kLanguage = "language";
constexpr std::size_t kMostNamed = 40;

/// The number of an attribute, as a text that is compared like others. Missing: "".
std::string NumberText(const data::Item& item, const std::string& field) {
  if (!item.attributes.is_object()) return {};
  const auto found = item.attributes.find(field);
  return found != item.attributes.end() && found->is_number() ? found->dump() : std::string();
}

}  // namespace

std::uint32_t ItemTerms::FindRelation(std::string_view field) const {
  const auto& names = entities_.relations();
  const auto place = [&](std::string_view name) {
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? kNoIndex : static_cast<std::uint32_t>(found - names.begin());
  };
  const std::string name = graph::CanonicalRelation(field).name;
  if (const auto found = place(name); found != kNoIndex) return found;
  if (name == "genre") return place("category");
  if (name == "category") return place("genre");
  return kNoIndex;
}

tl::unexpected<Error> ItemTerms::Unknown(std::string_view field) const {
  std::string message = "nothing here has '" + std::string(field) + "'; there are id, title";
  std::size_t named = 0;
  for (const auto& name : entities_.relations()) {
    if (++named > kMostNamed) break;
    message += ", " + name;
  }
  return Fail(ErrorCode::kInvalidInput, message);
}

Result<std::uint32_t> ItemTerms::RelationOf(std::string_view field) const {
  const auto found = FindRelation(field);
  if (found == kNoIndex) return Unknown(field);
  return found;
}

Result<ItemSet> ItemTerms::ItemsOf(const Condition::Term& term) const {
  const auto relation = FindRelation(term.field);
  bool known = relation != kNoIndex || term.field == kId || term.field == kTitle;
  Condition::Term wanted = term;
  if (relation != kNoIndex && entities_.relations()[relation] == kLanguage) {
    for (auto& value : wanted.values) value = graph::LanguageName(value);
  }
  std::vector<std::uint8_t> fits(entities_.entities().size());
  for (std::size_t entity = 0; entity < fits.size(); ++entity) {
    const auto& one = entities_.entities()[entity];
    if (one.relation != relation) continue;
    const auto name = std::string_view(one.key).substr(one.key.find('=') + 1);
    fits[entity] = Fulfils(wanted, name) ? 1 : 0;
  }
  ItemSet out(items_.size());
  for (ItemIndex item = 0; item < items_.size(); ++item) {
    const std::string number = NumberText(items_[item], term.field);
    known = known || !number.empty();
    const bool holds =
        (item < entities_.n_items() &&
         std::ranges::any_of(
             entities_.OfItem(item), [&](std::uint32_t entity) { return fits[entity] != 0; })) ||
        (!number.empty() && Fulfils(wanted, number)) ||
        (term.field == kId && Fulfils(wanted, items_[item].id)) ||
        (term.field == kTitle && Fulfils(wanted, items_[item].title));
    if (holds) out.Add(item);
  }
  if (!known) return Unknown(term.field);
  return out;
}

Result<ItemSet> ItemTerms::ItemsOf(const Condition& condition) const {
  std::vector<ItemSet> sets;
  for (const auto& term : condition.terms()) {
    MEDLEY_ASSIGN_OR_RETURN(auto set, ItemsOf(term));
    sets.push_back(std::move(set));
  }
  ItemSet out(items_.size());
  for (ItemIndex item = 0; item < items_.size(); ++item) {
    if (condition.Holds([&](std::size_t term) { return sets[term].Has(item); })) out.Add(item);
  }
  return out;
}

}  // namespace medley::rerank
