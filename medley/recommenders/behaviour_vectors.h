#pragma once

#include <cstddef>
#include <cstdint>

#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"

namespace medley::recommenders {

/// Items as those see them who dealt with them, whether for or against: the first singular vectors
/// of the user x item matrix of ones, each one over the root of how many there are in its row and
/// its column, without the very first, which is popularity. Rows of length 1. It says who dealt
/// with what, never what they thought of it, so that what is learnt from opinions with its help is
/// not learnt from itself. Missing: zeros for an item that nobody dealt with.
/// Threads: one. Cost: 20 x interactions x dimension.
/// Source: truncated SVD by subspace iteration, Halko, Martinsson, Tropp 2011.
linalg::Matrix BehaviourVectors(const data::Interactions& interactions,
                                std::size_t dimension,
                                std::uint64_t seed);

}  // namespace medley::recommenders
