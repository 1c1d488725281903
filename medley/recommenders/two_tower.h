#pragma once

#include <string_view>

#include "medley/core/parameters.h"
#include "medley/recommenders/network_recommender.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Two towers that meet in a dot product. Items: e(i), their own vector plus their content's.
/// Users:
///   u = N(W2 gelu(W1 [r; m]) + r),
/// m the mean of e over the latest max_length items of the history, r their mean weighed by
/// fade^(age in items). Trained to tell each item of a history from the other targets of the batch,
/// given what came before it, each weighing 1 / (how often it was to be expected there), which
/// makes up for popular items being met more often (logQ correction). Cheaper than sequential and
/// blind to order but for recency; its loss doesn't grow with the catalogue, so that it is the one
/// for large ones. Missing, Explain, Cost of answers: see NetworkRecommender. Cost: training, an
/// epoch multiplies 6 x targets x dimension x batch numbers, and moves items x dimension numbers a
/// step. Source: Covington, Adams, Sargin 2016; Yi et al. 2019.
class TwoTower : public NetworkRecommender {
 public:
  explicit TwoTower(const Parameters& parameters);
  std::string_view name() const override { return "two_tower"; }
};

RecommenderKind TwoTowerKind();

}  // namespace medley::recommenders
