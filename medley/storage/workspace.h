#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "medley/core/result.h"
#include "medley/storage/media_store.h"
#include "medley/storage/model_store.h"
#include "medley/storage/store.h"

namespace medley::storage {

/// A folder with everything of one catalogue: medley.toml, medley.db, media/, embeddings/, models/,
/// runs/. Owns: the store. Threads: any.
class Workspace {
 public:
  /// Makes the folder and a medley.toml whose every default is there, commented. Errors:
  /// kAlreadyExists.
  static Status Init(const std::filesystem::path& root);
  /// Errors: kNotFound where `root` has no medley.toml (the message says `medley init`),
  /// kInvalidInput from the configuration.
  static Result<Workspace> Open(const std::filesystem::path& root);

  const std::filesystem::path& root() const { return root_; }
  Store& store() const { return *store_; }
  const MediaStore& media() const { return media_; }
  const ModelStore& models() const { return models_; }
  std::filesystem::path EmbeddingFile(std::string_view space) const {
    return root_ / "embeddings" / (std::string(space) + ".vec");
  }
  /// The text of a setting "section.key" ("serve.port"): what medley.toml says, else the default of
  /// storage/settings.h, else `fallback`; numbers and booleans as TOML prints them.
  std::string Setting(std::string_view name, std::string_view fallback) const;
  /// All settings of a section with their texts, defaults included; of an open section
  /// ("encoders.image", "recommenders.ease") what the file sets.
  std::map<std::string, std::string> Section(std::string_view section) const;

 private:
  Workspace(std::filesystem::path root, std::unique_ptr<Store> store);
  std::filesystem::path root_;
  std::unique_ptr<Store> store_;
  MediaStore media_;
  ModelStore models_;
  std::map<std::string, std::string> settings_;
};

}  // namespace medley::storage
