#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::graph {

/// How alike nodes are by what is known of them, as a graph: each node points at the `k` that
/// resemble it most, with weights that sum to 1.

/// By vectors: cosine after every dimension has been brought to mean 0 and deviation 1 over the
/// nodes, so that what all have in common joins nobody. Shapes: vectors n x d, present n. Missing:
/// a node without a vector, or with one that is not finite, has no edge and gets none; nor does one
/// whose likeness is not above 0. Cost: n^2 d multiply-adds on all threads, 512 n floats at a time.
linalg::CsrMatrix NearestByVectors(linalg::ConstMatrixView vectors,
                                   std::span<const std::uint8_t> present,
                                   std::size_t k);

/// By entities (attributes, tags, people): cosine of their sets, an entity counting ln(nodes /
/// nodes that have it). Shapes: entities[node] holds entity numbers < n_entities, each once.
/// Missing: a node without an entity that another has too has no edge. Cost: the sum over entities
/// of their nodes squared.
linalg::CsrMatrix NearestByEntities(std::span<const std::vector<std::uint32_t>> entities,
                                    std::size_t n_entities,
                                    std::size_t k);

}  // namespace medley::graph
