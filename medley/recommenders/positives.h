#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "medley/data/interactions.h"
#include "medley/linalg/factor_steps.h"
#include "medley/linalg/sparse.h"

namespace medley::recommenders {

/// user x item: what each was for, with 1, or with a recency power as Profile weighs it.
linalg::CsrMatrix WeighedPositives(const data::Interactions& interactions, double recency_power);

/// Entries a column: how many were for each item.
std::vector<std::uint32_t> CountPeople(const linalg::CsrMatrix& positives);

/// Items anyone was for, ascending.
std::vector<std::uint32_t> KnownItems(std::span<const std::uint32_t> people);

/// One of `known` that is not in `own`, which ascends. Whoever has nearly everything may get one of
/// their own: it gives up after a few draws.
std::uint32_t DrawNegative(std::span<const std::uint32_t> known,
                           std::span<const std::uint32_t> own,
                           linalg::StepRandom& random);

}  // namespace medley::recommenders
