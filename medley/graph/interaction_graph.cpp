#include "medley/graph/interaction_graph.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/ids.h"
#include "medley/data/interactions.h"
#include "medley/graph/neighbour_graph.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::graph {
namespace {

constexpr double kMsADay = 86'400'000;

float EdgeWeight(const data::Interaction& interaction, const EdgeSettings& edges, TimeMs now) {
  const double weight = edges.use_weights ? double{interaction.weight} : 1;
  if (edges.half_life_days <= 0) return static_cast<float>(weight);
  const double age = std::max(0.0, static_cast<double>(now - interaction.time) / kMsADay);
  return static_cast<float>(weight * std::exp2(-age / edges.half_life_days));
}

std::vector<float> RowSums(const linalg::CsrMatrix& matrix) {
  std::vector<float> sums(matrix.rows);
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    for (const float value : matrix.ValuesOf(row)) sums[row] += value;
  }
  return sums;
}

}  // namespace

InteractionGraph::InteractionGraph(const data::Interactions& interactions,
                                   const EdgeSettings& edges,
                                   TimeMs now) {
  std::vector<linalg::Triplet> triplets;
  triplets.reserve(interactions.size());
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    for (const auto& entry : interactions.OfUser(user)) {
      const float weight = entry.weight > 0 ? EdgeWeight(entry, edges, now) : 0;
      // What has aged to nothing would divide by nothing.
      if (std::isnormal(weight)) triplets.push_back({user, entry.item, weight});
    }
  }
  by_user_ =
      linalg::FromTriplets(interactions.n_users(), interactions.n_items(), std::move(triplets));
  by_item_ = linalg::Transpose(by_user_);
  user_degrees_ = RowSums(by_user_);
  item_degrees_ = RowSums(by_item_);
}

void InteractionGraph::AddModality(std::string_view name,
                                   linalg::ConstMatrixView vectors,
                                   std::span<const std::uint8_t> present,
                                   std::size_t neighbours) {
  relations_.push_back(
      {Kind::kModality, std::string(name), NearestByVectors(vectors, present, neighbours)});
}

void InteractionGraph::AddEntities(std::string_view name,
                                   std::span<const std::vector<std::uint32_t>> entities,
                                   std::size_t n_entities,
                                   std::size_t neighbours) {
  relations_.push_back(
      {Kind::kEntity, std::string(name), NearestByEntities(entities, n_entities, neighbours)});
}

}  // namespace medley::graph
