#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/recommenders/item_entities.h"
#include "medley/rerank/condition.h"
#include "medley/rerank/item_set.h"

namespace medley::rerank {

/// Answers which items of a catalogue fulfil a comparison or a condition. Views: items, entities.
class ItemTerms {
 public:
  ItemTerms(std::span<const data::Item> items, const recommenders::ItemEntities& entities)
      : items_(items), entities_(entities) {}

  /// Errors: kInvalidInput naming a field that nothing here has, and those there are.
  Result<ItemSet> ItemsOf(const Condition& condition) const;
  /// A place in the entities' relations, under any of its names; genre and category stand for each
  /// other where there is one of them. Errors: as above.
  Result<std::uint32_t> RelationOf(std::string_view field) const;

 private:
  Result<ItemSet> ItemsOf(const Condition::Term& term) const;
  std::uint32_t FindRelation(std::string_view field) const;
  tl::unexpected<Error> Unknown(std::string_view field) const;

  std::span<const data::Item> items_;
  const recommenders::ItemEntities& entities_;
};

}  // namespace medley::rerank
