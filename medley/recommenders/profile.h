#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// What recommenders share when they look at behaviour: checks, the positive part of it, and how a
/// history is weighed.

inline constexpr float kNothingKnown = -std::numeric_limits<float>::infinity();

/// Errors: kInvalidInput without interactions, for NaN or infinite weights, for items out of range,
/// for features of another catalogue.
Status CheckTrainingData(const TrainingData& data);
/// Errors: kInvalidInput for items >= n_items, NaN or infinite weights, or when scores.size() !=
/// n_items.
Status CheckRequest(const UserState& user, std::size_t n_items, std::span<const float> scores);

/// One item a user was for.
struct ProfileEntry {
  ItemIndex item = 0;
  float weight = 1;
};

/// The items a user was for, in time order, one entry each; of n, the one of rank r = 1 .. n weighs
/// (.5 + .5 r/n)^recency_power, so that 0 weighs all alike and the latest weighs 1. `use_weights`
/// multiplies by the interaction's own weight. Missing: interactions with a weight of 0 or less are
/// left out.
std::vector<ProfileEntry> Profile(std::span<const data::Interaction> history,
                                  double recency_power,
                                  bool use_weights);

/// user x item, 1 for every positive interaction, or its weight with `use_weights`.
linalg::CsrMatrix PositiveMatrix(const data::Interactions& interactions, bool use_weights);

/// How many users were for each item.
std::vector<float> PositiveCounts(const data::Interactions& interactions);

/// Sorted by contribution, at most `limit`, nothing that does not contribute.
std::vector<Evidence> Strongest(std::vector<Evidence> evidence, std::size_t limit);

}  // namespace medley::recommenders
