#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"

namespace medley::recommenders {

/// Mean and deviation of the finite scores; deviation 1 where they don't differ.
struct ScoreScale {
  float mean = 0;
  float deviation = 1;
  bool any = false;  ///< false: no score is finite
};
ScoreScale ScaleOf(std::span<const float> scores);

/// Users whose last actions were held out, with every component's scores for them.
struct HeldOutUsers {
  /// One matrix a component: user x item, scaled; -infinity where the user may not get the item any
  /// more, 0 where nothing is known.
  std::vector<linalg::Matrix> scores;
  std::vector<std::vector<std::uint32_t>> relevant;  ///< ascending, not empty
};

/// Mean NDCG@k of the weighted sum of scores.
double StackedNdcg(const HeldOutUsers& users, std::span<const double> weights, std::size_t k);

/// Weights >= 0, the largest 1, that rank best: from all alike, each in turn is tried greater,
/// smaller and none, in ever finer steps, as long as something gains. Deterministic.
std::vector<double> LearnStackingWeights(const HeldOutUsers& users, std::size_t k);

/// Each user's history without a part of it, and that part.
struct HistorySplit {
  data::Interactions kept;
  /// Items for which the user was, ascending, none of them in `kept`.
  std::vector<std::vector<std::uint32_t>> held_out;
};
/// Holds out the last `share` of each history, at least one item where there are two.
HistorySplit SplitByTime(const data::Interactions& interactions, double share);
/// Holds out as much, whichever items the seed draws.
HistorySplit SplitAtRandom(const data::Interactions& interactions,
                           double share,
                           std::uint64_t seed);

}  // namespace medley::recommenders
