#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/ratings.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {

/// The protocol of interest: recommenders as classifiers of given pairs. A pair whose value is
/// `from` or more is positive, any other negative. Models are fitted on values less the middle
/// between the two, so that what is above 0 is for the item. Where a score begins to mean "yes" is
/// chosen by accuracy on the validation part, by a model that was fitted without it; then the model
/// is fitted on both and the test part read once. Figures are over all pairs, intervals over users;
/// the columns are each user's own. Missing: a pair of which the recommender says nothing gets the
/// commoner class of the training. Errors: kInvalidInput without validation or test, where all
/// training values fall into one class, and for what is of lists: `tune`, `negatives`.
Result<std::vector<Evaluated>> EvaluateClasses(const RatingSplit& split,
                                               double from,
                                               const recommenders::ItemFeatures* features,
                                               const EvaluationRequest& request,
                                               Progress& progress);

/// The bound above which scores are right about `labels` most often: in the middle between two
/// scores, -infinity where "yes" is right most often, of several the one that says "yes" most.
/// Shapes: alike, not empty; labels 0 or 1.
float BestBound(std::span<const float> scores, std::span<const std::uint32_t> labels);

}  // namespace medley::evaluation
