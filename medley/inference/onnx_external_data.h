#pragma once

#include <filesystem>

#include "medley/core/result.h"

namespace medley::inference {

/// An ONNX file may name other files that hold its weights. Refuses one that names a file outside
/// its own folder, by an absolute path, by "..", or through a link: such a model could read any
/// file of the machine. Errors: kInvalidInput naming the path; kCorrupt when the file is no ONNX;
/// kLimitExceeded past 2 GiB, which is as long as such a file can be.
Status CheckOnnxExternalData(const std::filesystem::path& model);

}  // namespace medley::inference
