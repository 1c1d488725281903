#include "medley/inference/model_install.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/inference/model_pack.h"
#include "medley/inference/onnx_external_data.h"

namespace medley::inference {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxNameLength = 64;
constexpr const char* kNotice =
    "Not part of Medley: whoever added it answers for its licence, its origin and what it makes of "
    "the data.";

bool IsGoodName(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto allowed = [&](char c) { return plain(c) || c == '-' || c == '_' || c == '.'; };
  return !name.empty() && name.size() <= kMaxNameLength && plain(name.front()) &&
         std::ranges::all_of(name, allowed);
}

/// The files of a model by part.
Result<std::map<std::string, fs::path>> PartsOf(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored))
    return Fail(ErrorCode::kNotFound, "no model file " + file.string());
  const std::string kind = EncoderKindOf(file);
  if (kind.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                file.string() +
                    ": a model file ends in .onnx, .xml, .tflite, .pb, .gguf, .cnn_lstm or .head");
  }
  if (kind == "gguf") return std::map<std::string, fs::path>{{"weights", file}};
  std::map<std::string, fs::path> parts = {{"network", file}};
  if (file.extension() == ".xml") {
    fs::path weights = file;
    weights.replace_extension(".bin");
    if (!fs::is_regular_file(weights, ignored))
      return Fail(ErrorCode::kNotFound, "no weights " + weights.string());
    parts["weights"] = weights;
  }
  if (file.extension() == ".onnx") {
    MEDLEY_ASSIGN_OR_RETURN(const auto external, OnnxExternalFiles(file));
    for (std::size_t i = 0; i < external.size(); ++i) {
      if (fs::path(external[i]).has_parent_path()) {
        return Fail(ErrorCode::kInvalidInput,
                    file.string() + " takes weights from a sub-folder: " + external[i]);
      }
      parts["external" + std::to_string(i)] = file.parent_path() / external[i];
    }
  }
  return parts;
}

/// Copies the parts into `folder` and returns the manifest's list of them.
Result<Json> CopyParts(const std::map<std::string, fs::path>& parts, const fs::path& folder) {
  Json files = Json::object();
  for (const auto& [part, path] : parts) {
    const fs::path target = folder / path.filename();
    std::error_code error;
    fs::copy_file(path, target, error);
    if (error) return Fail(ErrorCode::kIo, path.string() + ": " + error.message());
    MEDLEY_ASSIGN_OR_RETURN(const std::string digest, Sha256OfFile(target));
    files[part] = {
        {"path", target.filename().string()}, {"bytes", fs::file_size(target)}, {"sha256", digest}};
  }
  return files;
}

Status WriteModel(const NewModel& model,
                  const std::map<std::string, fs::path>& parts,
                  const fs::path& folder) {
  MEDLEY_ASSIGN_OR_RETURN(Json files, CopyParts(parts, folder));
  const std::string fingerprint = Sha256(DumpJson(files)).substr(0, 16);
  const Json manifest = {{"name", model.name},
                         {"role", model.role},
                         {"summary", "the operator's own: " + model.file.filename().string()},
                         {"version", fingerprint},
                         {"licence", "not known to Medley"},
                         {"notice", kNotice},
                         {"source", {{"package", model.file.filename().string()}, {"version", ""}}},
                         {"files", std::move(files)},
                         {"fingerprint", fingerprint}};
  return WriteFileAtomically(folder / "manifest.json", manifest.dump(2) + "\n");
}

/// The model of that name as it would be found, or nothing.
Result<PackModel> Installed(const std::string& name, const fs::path& models_folder) {
  MEDLEY_ASSIGN_OR_RETURN(const ModelPack pack, ModelPack::Open(models_folder));
  return pack.Find(name);
}

}  // namespace

std::string EncoderKindOf(const fs::path& file) {
  constexpr std::array networks = {".onnx", ".xml", ".tflite", ".pb"};
  const std::string ending = file.extension();
  if (ending == ".gguf") return "gguf";
  if (ending == ".cnn_lstm" || ending == ".head") return ending.substr(1);  // `medley models train`
  return std::ranges::find(networks, ending) != networks.end() ? "openvino" : "";
}

Result<PackModel> InstallModel(const NewModel& model, const fs::path& models_folder) {
  if (!IsGoodName(model.name)) {
    return Fail(ErrorCode::kInvalidInput,
                "'" + model.name +
                    "' is no model name: small letters, digits, '-', '_' and '.', at most 64");
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto parts, PartsOf(model.file));
  std::error_code error;
  const fs::path aside = models_folder / (".adding-" + model.name + "-" + std::to_string(getpid()));
  const fs::path final_folder = models_folder / model.name;
  fs::remove_all(aside, error);
  if (!fs::create_directories(aside, error))
    return Fail(ErrorCode::kIo, aside.string() + ": " + error.message());
  Status written = WriteModel(model, parts, aside);
  if (written && !fs::exists(final_folder)) {
    fs::rename(aside, final_folder, error);
    if (error) written = Fail(ErrorCode::kIo, final_folder.string() + ": " + error.message());
  } else if (written) {
    const auto fresh = ReadFile(aside / "manifest.json");
    const auto present = ReadFile(final_folder / "manifest.json");
    if (!fresh || !present || *fresh != *present) {
      written = Fail(ErrorCode::kAlreadyExists,
                     "there is another model '" + model.name +
                         "'; choose another --name or remove " + final_folder.string());
    }
  }
  std::error_code ignored;
  fs::remove_all(aside, ignored);
  MEDLEY_RETURN_IF_ERROR(written);
  return Installed(model.name, models_folder);
}

}  // namespace medley::inference
