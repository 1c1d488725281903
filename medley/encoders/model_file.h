#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "medley/core/result.h"

namespace medley::encoders {

/// The file of a model that the operator configured, and what identifies its content.
struct ModelFile {
  std::filesystem::path path;
  std::string fingerprint;
};

/// `model` is a path (it has a slash, or is a file here) or the name of a model in the pack, whose
/// `part` is meant. Errors: kInvalidInput when nothing is configured, kNotFound, kCorrupt.
Result<ModelFile> FindModelFile(const std::string& model, std::string_view part);

}  // namespace medley::encoders
