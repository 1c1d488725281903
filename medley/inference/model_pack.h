#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"

namespace medley::inference {

/// Where set-up puts what is too large for the source tree: $MEDLEY_CACHE, else
/// $XDG_CACHE_HOME/medley, else
/// ~/.cache/medley. The same rule as tools/setup/setup.py.
std::filesystem::path CacheFolder();

struct ModelFile {
  std::filesystem::path path;
  std::string sha256;
  std::uintmax_t bytes = 0;
};

/// One model of the pack, as its manifest.json tells.
struct PackModel {
  std::string name;
  std::string
      role;  ///< "text", "image", "audio", "language"; "other" for one of the operator's own
  std::string summary;
  std::string version;
  std::string licence;
  std::string notice;  ///< what a user of the model must be told; often empty
  std::string source;  ///< where it came from: a package and its version, or a path
  std::string fingerprint;
  std::filesystem::path folder;
  std::map<std::string, ModelFile, std::less<>>
      files;  ///< by part: "network", "tokenizer", "weights"

  /// Errors: kNotFound naming the model and the part.
  Result<std::filesystem::path> File(std::string_view part) const;
};

/// The models of a folder, each a sub-folder with a manifest.json.
/// Threads: immutable after Open.
class ModelPack {
 public:
  /// The pack of this machine. Errors: kNotFound when there is no such folder. A sub-folder whose
  /// manifest doesn't parse is left out and logged.
  static Result<ModelPack> Open(const std::filesystem::path& folder = CacheFolder() / "models");

  const std::vector<PackModel>& models() const { return models_; }

  /// The model, its files checked. Each file's SHA-256 is computed once; afterwards size and time
  /// of change stand for it, kept beside the manifest. Errors: kNotFound saying how to add it;
  /// kCorrupt naming the file.
  Result<PackModel> Find(std::string_view name) const;

  /// Computes every SHA-256 of the model again.
  Status Verify(const PackModel& model) const;

 private:
  explicit ModelPack(std::vector<PackModel> models) : models_(std::move(models)) {}
  std::vector<PackModel> models_;
};

}  // namespace medley::inference
