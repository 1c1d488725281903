#pragma once

#include "medley/core/json.h"
#include "medley/explain/explanation.h"
#include "medley/pipeline/engine.h"

namespace medley::serving {

/// {"sentence","locale","author","facts":[{"kind",...}]}; a fact has the fields of its kind alone.
Json ToJson(const explain::Explanation& explanation);
/// {"item","score","propensity"} and, where `with_explanation`, "explanation".
Json ToJson(const pipeline::RecommendedItem& recommended, bool with_explanation);
/// {"request","user","personal","versions","items"}.
Json ToJson(const pipeline::Recommendations& answer, bool with_explanation);

}  // namespace medley::serving
