#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "medley/core/result.h"
#include "medley/inference/model_pack.h"

namespace medley::inference {

/// A model of the operator's own, to lie among those of the pack.
struct NewModel {
  std::string name;  ///< small letters, digits, "-", "_", "."; at most 64
  std::string role;  ///< "text", "image", "audio"
  std::filesystem::path file;
};

/// Copies the model's file, and the files that belong to it (an IR's weights, an ONNX model's
/// external data), into the pack's folder under a manifest. Nothing is there before all of it is.
/// The same model again is no error. Errors: kInvalidInput for a bad name, an unknown format or
/// external data in sub-folders; kNotFound; kAlreadyExists for another model of that name.
Result<PackModel> InstallModel(const NewModel& model, const std::filesystem::path& models_folder);

/// "gguf", "openvino", "cnn_lstm" or "head": what takes this file, by the end of its name; empty
/// for none.
std::string EncoderKindOf(const std::filesystem::path& file);

}  // namespace medley::inference
