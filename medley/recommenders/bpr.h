#pragma once

#include <string_view>

#include "medley/core/parameters.h"
#include "medley/recommenders/pair_recommender.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Bayesian personalised ranking with matrix factorisation: x(u, i) = b(i) + <p(u), q(i)> is
/// learned by stochastic steps that raise, for items i the user was for and drawn items j they were
/// not,
///   ln sigma(x(u, i) - x(u, j)) - regularization / 2 (|p(u)|^2 + |q(i)|^2 + |q(j)|^2 + b^2).
/// Users' vectors serve the training only: see ItemFactors for how anyone is scored from their
/// history. Missing: items that nobody was for, and all for an empty history, get -infinity.
/// Threads: training uses all, with the same bits for any number (BlockSchedule). Cost: training,
/// passes x events x factors; memory, (users + items) x factors. Source: Rendle, Freudenthaler,
/// Gantner, Schmidt-Thieme 2009, BPR-Opt (section 4.1) with LearnBPR; negatives drawn evenly.
class Bpr : public PairRecommender {
 public:
  explicit Bpr(const Parameters& parameters) : PairRecommender(PairLoss::kBpr, parameters) {}
  std::string_view name() const override { return "bpr"; }
};

RecommenderKind BprKind();

}  // namespace medley::recommenders
