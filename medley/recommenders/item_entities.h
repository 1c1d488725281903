#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/ids.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// What items are joined to, and by which relation: (director, Ridley Scott), (genre, Horror),
/// (sequel, another item). Two items that share an entity are joined by a path of two edges. From
/// the knowledge graph where the features have one and the item is in it, else from the item's
/// attributes, under the names that the graph would give them, so that an item that came later
/// finds what the others are joined to. Names are compared without case and accents. Missing: an
/// item of which nothing is known has no entities.
class ItemEntities {
 public:
  struct Entity {
    std::string key;  ///< "director=ridley scott"; the same in every catalogue
    /// As Evidence::attribute has it, "director=Ridley Scott"; empty: it has no name to say.
    std::string shown;
    std::uint32_t relation = 0;
  };

  /// Takes in the items of `features` from n_items() on.
  void Extend(const ItemFeatures& features);

  std::size_t n_items() const { return of_item_.size(); }
  const std::vector<std::string>& relations() const { return relations_.ids(); }
  const std::vector<Entity>& entities() const { return entities_; }
  /// Ascending.
  const std::vector<std::uint32_t>& OfItem(ItemIndex item) const { return of_item_[item]; }
  /// kNoIndex where no item has it.
  std::uint32_t Find(std::string_view key) const { return keys_.Find(key); }

 private:
  std::uint32_t Intern(std::string_view relation, std::string_view name, std::string shown);
  void AddFromGraph(const graph::KnowledgeGraph& graph,
                    std::uint32_t node,
                    std::vector<std::uint32_t>& out);
  void AddAttribute(const ItemFeatures& features,
                    const std::string& attribute,
                    bool in_graph,
                    std::vector<std::uint32_t>& out);

  IdMap relations_;
  IdMap keys_;
  std::vector<Entity> entities_;
  std::vector<std::vector<std::uint32_t>> of_item_;
};

}  // namespace medley::recommenders
