#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/evaluation/protocol.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {

/// The protocol of ratings: how far predicted ratings are from given ones. For recommenders whose
/// scores are ratings.
struct Rated {
  UserIndex user = 0;
  ItemIndex item = 0;
  double rating = 0;
};

struct RatingSplit {
  data::Interactions train;   ///< weights are ratings; validation belongs to it
  std::vector<Rated> test;    ///< by user
  data::Interactions tuning;  ///< what to train on while the validation is looked at
  std::vector<Rated> valid;   ///< by user
};

/// The users who are judged, ascending.
std::vector<UserIndex> JudgedUsers(const RatingSplit& split);

/// Of several rows of one user and item the last; the order stays.
std::vector<data::Interactions::Row> KeepLast(std::vector<data::Interactions::Row> rows);

/// Splits as MakeSplit does. Shapes: weights are ratings.
RatingSplit MakeRatingSplit(const data::Interactions& ratings,
                            Protocol protocol,
                            const SplitIds& ids,
                            std::uint64_t seed);

/// What is predicted for each rating of the test. Missing: the mean rating of training where the
/// recommender says nothing.
struct RatingPredictions {
  std::vector<double> values;
  std::size_t fallbacks = 0;  ///< how many got the mean
};
/// Errors: those of Score; kInternal for a score that is no number.
Result<RatingPredictions> PredictRatings(const recommenders::Recommender& recommender,
                                         const RatingSplit& split);

}  // namespace medley::evaluation
