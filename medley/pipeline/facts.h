#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "medley/data/interactions.h"
#include "medley/explain/explanation.h"
#include "medley/pipeline/snapshot.h"
#include "medley/recommenders/recommender.h"

namespace medley::pipeline {

/// A recommender's evidence in terms of items as people know them. Evidence on items without a
/// title or that were deleted is left out: a reason must mean something to its reader.
std::vector<explain::Fact> FactsFrom(std::span<const recommenders::Evidence> evidence,
                                     const Catalogue& catalogue,
                                     std::string_view locale);

/// The item of `history` (weights > 0) that `item` resembles most in any one modality, as evidence
/// that names the modality; empty where none stands out. Likeness is measured in standard
/// deviations above the cosines between `item` and a fixed sample of the catalogue, so that
/// encoders whose cosines crowd don't win by habit. Cost: (64 + at most 50) dot products a
/// modality.
std::vector<recommenders::Evidence> MostAlike(std::span<const data::Interaction> history,
                                              ItemIndex item,
                                              const Catalogue& catalogue);

}  // namespace medley::pipeline
