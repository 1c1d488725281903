#include "medley/inference/model_pack.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/result.h"

namespace medley::inference {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxManifestBytes = std::size_t{1} << 20;
constexpr const char* kCheckedName = ".checked";

std::string TextAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// A file of a model lies in the model's own folder: a manifest can't point elsewhere.
bool IsPlainName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
}

Result<PackModel> ReadManifest(const fs::path& folder) {
  MEDLEY_ASSIGN_OR_RETURN(const std::string text,
                          ReadFile(folder / "manifest.json", kMaxManifestBytes));
  MEDLEY_ASSIGN_OR_RETURN(const Json manifest, ParseJson(text));
  const auto wrong = [](const char* what) {
    return Fail(ErrorCode::kCorrupt, std::string("its manifest has no ") + what);
  };
  if (!manifest.is_object() || !manifest.contains("files") || !manifest["files"].is_object())
    return wrong("files");
  PackModel model;
  model.name = TextAt(manifest, "name");
  model.role = TextAt(manifest, "role");
  model.summary = TextAt(manifest, "summary");
  model.version = TextAt(manifest, "version");
  model.licence = TextAt(manifest, "licence");
  model.notice = TextAt(manifest, "notice");
  model.fingerprint = TextAt(manifest, "fingerprint");
  model.folder = folder;
  if (model.name.empty() || model.fingerprint.empty()) return wrong("name or fingerprint");
  if (manifest.contains("source") && manifest["source"].is_object()) {
    model.source =
        TextAt(manifest["source"], "package") + " " + TextAt(manifest["source"], "version");
  }
  for (const auto& [part, file] : manifest["files"].items()) {
    if (!file.is_object() || !file.contains("bytes") || !file["bytes"].is_number_unsigned())
      return wrong("sizes of files");
    const std::string name = TextAt(file, "path");
    if (!IsPlainName(name)) return wrong("plain file names");
    model.files[part] = {
        folder / name, TextAt(file, "sha256"), file["bytes"].get<std::uintmax_t>()};
  }
  return model;
}

/// What a file looks like without reading it: size and time of change.
std::optional<std::string> Look(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return std::nullopt;
  const auto time = fs::last_write_time(path, error);
  if (error) return std::nullopt;
  return std::to_string(size) + " " + std::to_string(time.time_since_epoch().count());
}

std::string LookOf(const PackModel& model) {
  std::string look;
  for (const auto& [part, file] : model.files) {
    look += part + " " + file.sha256 + " " + Look(file.path).value_or("missing") + "\n";
  }
  return look;
}

Status CheckHashes(const PackModel& model) {
  for (const auto& [part, file] : model.files) {
    auto digest = Sha256OfFile(file.path);
    if (!digest || *digest != file.sha256) {
      return Fail(ErrorCode::kCorrupt,
                  file.path.string() +
                      " is missing or is not the file that was installed; remove " +
                      model.folder.string() + " and run `make setup`");
    }
  }
  return {};
}

}  // namespace

fs::path CacheFolder() {
  const auto set = [](const char* name) -> const char* {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : nullptr;
  };
  if (const char* cache = set("MEDLEY_CACHE")) return cache;
  if (const char* base = set("XDG_CACHE_HOME")) return fs::path(base) / "medley";
  const char* home = set("HOME");
  return fs::path(home != nullptr ? home : "/") / ".cache" / "medley";
}

Result<fs::path> PackModel::File(std::string_view part) const {
  const auto found = files.find(part);
  if (found == files.end()) {
    return Fail(ErrorCode::kNotFound,
                "model '" + name + "' has no part '" + std::string(part) + "'");
  }
  return found->second.path;
}

Result<ModelPack> ModelPack::Open(const fs::path& folder) {
  std::error_code error;
  std::vector<PackModel> models;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (entry->path().filename().string().starts_with('.')) continue;
    auto model = ReadManifest(entry->path());
    if (model) {
      models.push_back(*std::move(model));
    } else {
      spdlog::warn("{} is no model: {}", entry->path().string(), model.error().message);
    }
  }
  if (error) {
    return Fail(ErrorCode::kNotFound,
                "no model pack in " + folder.string() + "; run `make setup`, or set MEDLEY_CACHE");
  }
  std::ranges::sort(models, {}, &PackModel::name);
  return ModelPack(std::move(models));
}

Result<PackModel> ModelPack::Find(std::string_view name) const {
  const auto found = std::ranges::find(models_, name, &PackModel::name);
  if (found == models_.end()) {
    return Fail(ErrorCode::kNotFound,
                "no model '" + std::string(name) + "'; `medley models add " + std::string(name) +
                    "` adds it if it is one of the pack's");
  }
  const std::string look = LookOf(*found);
  const auto checked = ReadFile(found->folder / kCheckedName, kMaxManifestBytes);
  if (checked && *checked == look) return *found;
  MEDLEY_RETURN_IF_ERROR(CheckHashes(*found));
  // Where the folder can't be written the check is simply made again next time.
  if (auto kept = WriteFileAtomically(found->folder / kCheckedName, look); !kept) {
    spdlog::debug("{}: {}", found->folder.string(), kept.error().message);
  }
  return *found;
}

Status ModelPack::Verify(const PackModel& model) const { return CheckHashes(model); }

}  // namespace medley::inference
