#pragma once

#include <string_view>

#include "medley/core/parameters.h"
#include "medley/recommenders/pair_recommender.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Weighted approximate-rank pairwise loss with matrix factorisation: for an item i the user was
/// for items are drawn until one they were not comes closer than the margin, x(u, j) > x(u, i) - 1,
/// at most max_trials of them. That it took n draws speaks for a rank of floor((items - 1) / n);
/// the step lowers
///   L(rank) max(0, 1 - x(u, i) + x(u, j)),   L(rank) = sum of 1/k for k = 1 .. rank,
/// with L over its greatest value so that learning_rate means the same for any catalogue. Low ranks
/// count most: it learns for the top of the list. x, users, threads, missing and cost (times the
/// draws) as in Bpr. Source: Weston, Bengio, Usunier 2011 (WSABIE), algorithm 1, with L2
/// regularisation in the place of its bound on norms.
class Warp : public PairRecommender {
 public:
  explicit Warp(const Parameters& parameters) : PairRecommender(PairLoss::kWarp, parameters) {}
  std::string_view name() const override { return "warp"; }
};

RecommenderKind WarpKind();

}  // namespace medley::recommenders
