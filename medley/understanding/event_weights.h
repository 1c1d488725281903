#pragma once

#include <map>
#include <string>

#include "medley/core/result.h"
#include "medley/data/event_weights.h"

namespace medley::understanding {

/// The weights that the section [events] asks for. Where it names a model of sentiment, a comment
/// weighs by what its words say. Every snapshot reads every comment: a model of n-grams it must be.
/// Errors: kInvalidInput naming the setting; those of NgramModel::Load.
Result<data::EventWeights> EventWeightsOf(const std::map<std::string, std::string>& settings);

}  // namespace medley::understanding
