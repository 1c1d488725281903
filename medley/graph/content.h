#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::graph {

/// What is known of the items in one respect: n_items x d, rows of length 1 or zeros. Either dense
/// or, for entities, sparse; the other is empty.
struct Content {
  std::string name;
  linalg::Matrix dense;
  linalg::CsrMatrix sparse;
  bool is_dense() const { return dense.cols() > 0; }
};

/// Vectors with every dimension brought to mean 0 and deviation 1 over the items, so that what all
/// have in common tells nothing, and then each to length 1. Shapes: n x d as given, present n.
/// Missing: zeros for items without a vector, or with one that is not finite.
linalg::Matrix Standardised(linalg::ConstMatrixView vectors, std::span<const std::uint8_t> present);

/// item x entity: ln(items / items that have it) of each entity that two items or more but not all
/// have, rows of length 1. Shapes: entities[item] holds entity numbers < n_entities, each once.
linalg::CsrMatrix EntityRows(std::span<const std::vector<std::uint32_t>> entities,
                             std::size_t n_entities);

}  // namespace medley::graph
