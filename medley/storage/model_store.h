#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"

namespace medley::storage {

/// Trained models as immutable directories: models/<name>/<version>/ with manifest.json
/// (parameters, data fingerprint, metrics, SHA-256 of every file), and models/<name>/current naming
/// the one in use. Publishing renames a finished directory and then the pointer; the version before
/// is kept, older ones are removed. Threads: any; one publisher a name.
class ModelStore {
 public:
  explicit ModelStore(std::filesystem::path root) : root_(std::move(root)) {}
  /// Calls `write` with an empty directory, then seals and publishes what it left there. Returns
  /// the version. Errors: what `write` says, kIo; the current version stays.
  Result<std::string> Publish(
      std::string_view name,
      const Json& description,
      const std::function<Status(const std::filesystem::path&)>& write) const;
  struct Model {
    std::string name;
    std::string version;
    std::filesystem::path directory;
    Json manifest;
    /// What the publisher said of it; an empty object where it said nothing.
    Json description() const { return manifest.value("description", Json::object()); }
  };
  /// The version in use, its checksums verified. Errors: kNotFound; kCorrupt when a checksum fails
  /// and no earlier version is whole.
  Result<Model> Current(std::string_view name) const;
  std::vector<std::string> Names() const;

 private:
  std::filesystem::path root_;
};

}  // namespace medley::storage
