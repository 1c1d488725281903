#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/recommenders/recommender.h"

namespace medley::rerank {

struct SlateOptions {
  std::size_t n = 10;
  /// 0: by score alone; towards 1: the less alike the better.
  double diversity = 0.1;
  /// Probability that a place is filled from the candidates at random, so that what people would do
  /// with the other items can be estimated. 0: none.
  double exploration = 0;
  /// Share of places kept for newcomers, where there are any: of n places the whole part of
  /// newcomers x n, as low in the list as that can be.
  double newcomers = 0;
};

struct Placed {
  recommenders::ScoredItem item;
  /// Probability that the policy puts this item in this place, given the places before it.
  double propensity = 1;
};

/// Chooses and orders at most options.n of `candidates` (best first): maximal marginal relevance
/// over `space` (nullptr: no diversity), scores scaled to [0, 1] within the candidates, then
/// uniform exploration. A place kept for newcomers takes the best of `newcomers` (best first; their
/// scores need not compare with the candidates'), explored alike; where one got a place by its own
/// score, that counts. Missing: items without a vector count as unlike everything. Cost: n x
/// candidates dot products. Source: Carbonell and Goldstein, The Use of MMR, 1998.
std::vector<Placed> BuildSlate(std::span<const recommenders::ScoredItem> candidates,
                               std::span<const recommenders::ScoredItem> newcomers,
                               const recommenders::FeatureSpace* space,
                               const SlateOptions& options,
                               Random& random);

}  // namespace medley::rerank
