#pragma once

#include <string>

#include "medley/core/ids.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/ratings.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {

/// 16 hex digits that change when what they are of does: two runs with the same ones were judged by
/// the same. Ids, not indices, go in, so that they hold across workspaces.
struct Fingerprints {
  std::string data;   ///< what models are fitted on: interactions, attributes, vectors
  std::string split;  ///< who is judged, by what, among what
};

/// Shapes: ids by index, as many as the split has users and items.
Fingerprints FingerprintsOf(const Split& split,
                            const recommenders::ItemFeatures* features,
                            const SplitIds& ids);
Fingerprints FingerprintsOf(const RatingSplit& split,
                            const recommenders::ItemFeatures* features,
                            const SplitIds& ids);

}  // namespace medley::evaluation
