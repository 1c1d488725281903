#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/parameters.h"
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

/// The parameters by which one chooses them.
ParameterSpec RecencyPowerSpec(double default_value);
ParameterSpec UseWeightsSpec();

/// user x item, 1 for every positive interaction, or its weight with `use_weights`.
linalg::CsrMatrix PositiveMatrix(const data::Interactions& interactions, bool use_weights);

/// The users whose rows differ, ascending; a row that only one of the two has counts as empty in
/// the other. Cost: both are read once.
std::vector<UserIndex> ChangedUsers(const data::Interactions& before,
                                    const data::Interactions& now);
/// The items that the changed users are or were for, ascending.
std::vector<std::uint32_t> TouchedItems(const data::Interactions& before,
                                        const data::Interactions& now,
                                        std::span<const UserIndex> changed);
/// Errors: kInvalidInput where `data` can't be trained on, where `before` is not of `n_items`
/// items, and where `data` has fewer users or items than it.
Status CheckUpdate(const TrainingData& data, const data::Interactions& before, std::size_t n_items);

/// data.now, or the time of the latest interaction where it is 0.
TimeMs NowOf(const TrainingData& data);

/// How many users were for each item.
std::vector<float> PositiveCounts(const data::Interactions& interactions);

/// The reasons that most can give.
Evidence PastItem(ItemIndex item, double contribution);
Evidence ByPopularity(double people, double contribution);
/// Sorted by contribution, at most `limit`, nothing that does not contribute.
std::vector<Evidence> Strongest(std::vector<Evidence> evidence, std::size_t limit);

}  // namespace medley::recommenders
