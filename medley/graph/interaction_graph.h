#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/clock.h"
#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::graph {

/// What an edge between a user and an item weighs: what the events say (data::EventWeights: by
/// type, value and comment), or 1, times 2^(-age / half-life).
struct EdgeSettings {
  bool use_weights = false;
  double half_life_days = 0;  ///< 0: edges do not age
};

/// G = (V, E). Nodes: users, items, one node for each modality of an item, entities (attributes).
/// Edges: users with the items they were for; an item with its modality nodes, and these with the
/// modality nodes most like them; items with their entities. Only paths from item to item matter to
/// a recommender, so modality and entity nodes are kept as the item-to-item graph that a walk over
/// them gives. Owns everything. Threads: immutable once built.
class InteractionGraph {
 public:
  InteractionGraph() = default;
  /// `now`: what edges age from. Missing: items someone was against have no edge.
  InteractionGraph(const data::Interactions& interactions, const EdgeSettings& edges, TimeMs now);

  enum class Kind : std::uint8_t { kModality, kEntity };
  /// How items resemble each other in one respect: rows that sum to 1 or are empty.
  struct Relation {
    Kind kind = Kind::kModality;
    std::string name;  ///< the embedding space, or "attributes"
    linalg::CsrMatrix neighbours;
  };

  std::size_t n_users() const { return by_user_.rows; }
  std::size_t n_items() const { return by_user_.cols; }
  /// user x item.
  const linalg::CsrMatrix& by_user() const { return by_user_; }
  /// item x user.
  const linalg::CsrMatrix& by_item() const { return by_item_; }
  /// Sums of a node's behaviour edges.
  std::span<const float> user_degrees() const { return user_degrees_; }
  std::span<const float> item_degrees() const { return item_degrees_; }

  /// Modality nodes of one space. As NearestByVectors.
  void AddModality(std::string_view name,
                   linalg::ConstMatrixView vectors,
                   std::span<const std::uint8_t> present,
                   std::size_t neighbours);
  /// As NearestByEntities.
  void AddEntities(std::string_view name,
                   std::span<const std::vector<std::uint32_t>> entities,
                   std::size_t n_entities,
                   std::size_t neighbours);
  std::span<const Relation> relations() const { return relations_; }

 private:
  linalg::CsrMatrix by_user_;
  linalg::CsrMatrix by_item_;
  std::vector<float> user_degrees_;
  std::vector<float> item_degrees_;
  std::vector<Relation> relations_;
};

}  // namespace medley::graph
