#pragma once

#include <filesystem>

#include "medley/alignment/tape.h"
#include "medley/core/json.h"
#include "medley/core/result.h"

namespace medley::alignment {

struct StoredWeights {
  Json note;
  Weights weights;
};

/// One file: a line of JSON (note, and each matrix's name and shape), then the numbers in the same
/// order, float32 in the byte order of the machine. Errors: kIo.
Status SaveWeights(const std::filesystem::path& file, const Json& note, const Weights& weights);
/// Bit for bit what was saved. Errors: kNotFound, kIo; kCorrupt where the file is not whole or a
/// number not finite.
Result<StoredWeights> LoadWeights(const std::filesystem::path& file);

}  // namespace medley::alignment
