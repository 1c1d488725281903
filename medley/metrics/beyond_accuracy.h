#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/linalg/matrix.h"

namespace medley::metrics {

/// Properties of what is recommended to everyone together. `lists`: one list of items a user.
using Lists = std::span<const std::vector<std::uint32_t>>;

/// Share of the catalogue that is recommended to anyone. Missing: 0 for an empty catalogue.
double Coverage(Lists lists, std::size_t n_items);

/// How unevenly recommendations fall on the catalogue: 0 all items alike, towards 1 a single item
/// gets all. Missing: 0 without recommendations.
double Gini(Lists lists, std::size_t n_items);

/// Mean surprise of a recommended item in bits: -log2 of the share of users who had it in training.
/// Shapes: counts per item. Missing: an item nobody had counts as had by half a user.
double Novelty(Lists lists, std::span<const float> counts, std::size_t n_users);

/// Mean over the pairs of a list of 1 - cosine of their vectors. Shapes: rows of `vectors` of
/// length 1 or zeros. Missing: pairs with a zero row are left out; 0 where no pair is left.
double Diversity(std::span<const std::uint32_t> list, linalg::ConstMatrixView vectors);

}  // namespace medley::metrics
