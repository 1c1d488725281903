#include "medley/graph/diffusion.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/graph/interaction_graph.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/sparse_product.h"

namespace medley::graph {
namespace {

std::vector<float> Powers(std::span<const float> degrees, double power) {
  std::vector<float> out(degrees.size());
  for (std::size_t node = 0; node < out.size(); ++node) {
    if (degrees[node] > 0) out[node] = static_cast<float>(std::pow(double{degrees[node]}, -power));
  }
  return out;
}

}  // namespace

Diffusion::Diffusion(const InteractionGraph& graph, double item_power, double user_power)
    : to_users_(linalg::Scaled(graph.by_user(),
                               Powers(graph.user_degrees(), user_power),
                               Powers(graph.item_degrees(), item_power))),
      to_items_(&graph.by_item()) {}

void Diffusion::Hop(linalg::Matrix& signals) const {
  linalg::Matrix users(to_users_.rows, signals.cols());
  linalg::Multiply(to_users_, signals.View(), users.View());
  linalg::Multiply(*to_items_, users.View(), signals.View());
}

linalg::Matrix Diffusion::From(std::span<const std::uint32_t> items, std::size_t hops) const {
  linalg::Matrix signals(to_users_.cols, items.size());
  for (std::size_t k = 0; k < items.size(); ++k) signals(items[k], k) = 1;
  for (std::size_t hop = 0; hop < hops; ++hop) Hop(signals);
  linalg::Matrix out(items.size(), to_users_.cols);
  for (std::size_t item = 0; item < to_users_.cols; ++item) {
    for (std::size_t k = 0; k < items.size(); ++k) out(k, item) = signals(item, k);
  }
  return out;
}

}  // namespace medley::graph
