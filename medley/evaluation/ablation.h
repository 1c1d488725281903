#pragma once

#include <vector>

#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/protocol.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {

/// What each ingredient of a recommender that looks at the items' content is worth: the one that
/// `request` names, with everything; without each space; with each alone; and with the spaces
/// joined by every fusion there is, learned ones also without alignment and without balance.
/// Fusions learn from what the models are fitted on, never from the test part. The names say what
/// was changed; the first is everything, against which Compare then sets the others. Missing: a
/// part that alone tells no item from another has no row. Errors: kInvalidInput for more or less
/// than one recommender, for one that looks at no space, without features; those of Evaluate.
Result<std::vector<Evaluated>> Ablate(const Split& split,
                                      const recommenders::ItemFeatures* features,
                                      const EvaluationRequest& request,
                                      Progress& progress);

}  // namespace medley::evaluation
