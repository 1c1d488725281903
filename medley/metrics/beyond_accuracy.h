#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "medley/linalg/matrix.h"

namespace medley::metrics {

/// Properties of what is recommended to everyone together. `lists`: one list of items a user.
using Lists = std::span<const std::vector<std::uint32_t>>;

/// Share of the catalogue that is recommended to anyone. Missing: 0 for an empty catalogue.
double Coverage(Lists lists, std::size_t n_items);

/// How unevenly recommendations fall on the catalogue: 0 all items alike, towards 1 a single item
/// gets all. Missing: 0 without recommendations. Source: Gini,
/// 1912; Fleder and Hosanagar, 2009.
double Gini(Lists lists, std::size_t n_items);

/// Mean surprise of a recommended item in bits: -log2 of the share of users who had it in training.
/// Shapes: counts per item. Missing: an item nobody had counts as had by half a user.
/// Source: Castells, Vargas, Wang, 2011.
double Novelty(Lists lists, std::span<const float> counts, std::size_t n_users);

/// Mean over the pairs of a list of 1 - cosine of their vectors. Missing: items whose row is zeros
/// are left out; nothing where no pair is left. Cost: pairs x columns. Source: Ziegler, McNee,
/// Konstan, Lausen, 2005.
std::optional<double> Diversity(std::span<const std::uint32_t> list,
                                linalg::ConstMatrixView vectors);

/// Share of k places that hold a relevant item which the obvious list lacks. Shapes: `list` best
/// first, places after k are not looked at; `relevant` and `expected` (what everyone would be shown
/// anyway: the k most popular items) ascending. Source: Ge, Delgado-Battenfeld, Jannach, 2010.
double Serendipity(std::span<const std::uint32_t> list,
                   std::span<const std::uint32_t> relevant,
                   std::span<const std::uint32_t> expected,
                   std::size_t k);

/// How the items' categories are spread: each item shares one vote equally among its categories.
/// Shapes: `categories` by item, numbers below n_categories; the result sums to 1. Missing: items
/// without categories are left out; all zero where none has any.
std::vector<double> CategoryShares(std::span<const std::uint32_t> items,
                                   std::span<const std::vector<std::uint32_t>> categories,
                                   std::size_t n_categories);

/// How far the categories of a list are from those of the history it is for: the Kullback-Leibler
/// divergence of `history` from (1 - a) `list` + a `history`, a = kCalibrationSmoothing. 0 where
/// they are alike, at most ln(1/a) = 4.61, where they share none. Units: nats. Missing: 0 for a
/// history that is all zero; callers leave such users out. Source: Steck, Calibrated
/// recommendations, 2018.
inline constexpr double kCalibrationSmoothing = 0.01;
double Miscalibration(std::span<const double> history, std::span<const double> list);

/// The share of all recommendations that the least recommended items get together: point i of n is
/// for i / n of the catalogue. Shapes: points + 1 numbers from 0 to 1, ascending, below the
/// diagonal. Missing: the diagonal without recommendations. Source: Lorenz, 1905.
std::vector<double> LorenzCurve(Lists lists, std::size_t n_items, std::size_t points);

}  // namespace medley::metrics
