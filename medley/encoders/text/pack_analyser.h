#pragma once

#include "medley/core/result.h"
#include "medley/text/analyser.h"

namespace medley::encoders {

/// The analyser with the words of the model pack. Errors: kNotFound saying how to add them,
/// kCorrupt.
Result<text::Analyser> OpenPackAnalyser();

}  // namespace medley::encoders
