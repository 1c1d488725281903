#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "medley/core/result.h"

namespace medley::inference {

/// The other files that an ONNX file takes its weights from, relative to its folder, each once.
/// Refuses a model that names a file outside its own folder, by an absolute path, by "..", or
/// through a link: such a model could read any file of the machine. Errors: kInvalidInput naming
/// the path; kCorrupt when the file is no ONNX; kLimitExceeded past 2 GiB, which is as long as such
/// a file can be.
Result<std::vector<std::string>> OnnxExternalFiles(const std::filesystem::path& model);

}  // namespace medley::inference
