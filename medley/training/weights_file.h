#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/training/network.h"
#include "medley/training/weights.h"

namespace medley::training {

/// Weights in one file, with a note of what they are and how to use them:
///   "MEDLEYW1", XXH3 of all that follows (8 bytes), length of the header (8), header (JSON: note,
///   the weights' names and sizes), the values as float32
/// Numbers are little-endian as in memory: what is read is bit for bit what was written.
struct WeightsFile {
  Json note = Json::object();
  Weights weights;
};

/// Errors: kIo.
Status WriteWeights(const std::filesystem::path& path, const WeightsFile& file);

/// Trusts nothing: all is checked against the hash, sizes against the file, the note's "kind"
/// against `kind`. Errors: kNotFound, kIo; kCorrupt naming the file.
Result<WeightsFile> ReadWeights(const std::filesystem::path& path, std::string_view kind);

/// Whether `weights` holds exactly what `specs` name. Errors: kCorrupt naming the one that is
/// wrong.
Status CheckWeights(const Weights& weights, const std::vector<WeightSpec>& specs);

}  // namespace medley::training
