#include "medley/storage/model_store.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/file.h"
#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/result.h"

namespace medley::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = "manifest.json";
constexpr const char* kCurrent = "current";
constexpr std::size_t kMaxManifestBytes = std::size_t{64} << 20;

tl::unexpected<Error> SystemFail(const char* what,
                                 const fs::path& path,
                                 const std::error_code& error) {
  return Fail(ErrorCode::kIo, std::string(what) + " '" + path.string() + "': " + error.message());
}

Status CheckName(std::string_view name) {
  const bool good = !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (good) return {};
  return Fail(ErrorCode::kInvalidInput,
              "a model's name has lower-case letters, digits, _ and - only");
}

/// 0 for what is no version's folder name.
std::uint64_t NumberOf(std::string_view version) {
  if (version.size() != 9 || version[0] != 'v') return 0;
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(version.data() + 1, version.data() + version.size(), number);
  return error == std::errc{} && end == version.data() + version.size() ? number : 0;
}

std::string VersionName(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return "v" + std::string(digits.size() < 8 ? 8 - digits.size() : 0, '0') + digits;
}

/// Newest first.
std::vector<std::string> Versions(const fs::path& folder) {
  std::vector<std::string> versions;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (NumberOf(entry.path().filename().string()) != 0)
      versions.push_back(entry.path().filename().string());
  }
  std::ranges::sort(versions, std::greater<>{});
  return versions;
}

Status Flush(const fs::path& path) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0)
    return Fail(ErrorCode::kIo, "cannot flush '" + path.string() + "'");
  return {};
}

/// Relative name -> SHA-256 of every file below `directory`, each flushed to the disk.
Result<Json> SealFiles(const fs::path& directory) {
  Json files = Json::object();
  std::error_code error;
  for (fs::recursive_directory_iterator entry(directory, error), end; entry != end;
       entry.increment(error)) {
    if (entry->is_directory()) {
      MEDLEY_RETURN_IF_ERROR(SyncDirectory(entry->path()));
      continue;
    }
    const std::string name = fs::relative(entry->path(), directory).generic_string();
    MEDLEY_RETURN_IF_ERROR(Flush(entry->path()));
    MEDLEY_ASSIGN_OR_RETURN(files[name], Sha256OfFile(entry->path()));
  }
  if (error) return SystemFail("cannot read", directory, error);
  return files;
}

Result<Json> Verify(const fs::path& directory) {
  MEDLEY_ASSIGN_OR_RETURN(const std::string text,
                          ReadFile(directory / kManifest, kMaxManifestBytes));
  auto manifest = ParseJson(text);
  if (!manifest || !manifest->is_object() || !manifest->contains("files") ||
      !(*manifest)["files"].is_object()) {
    return Fail(ErrorCode::kCorrupt, "'" + (directory / kManifest).string() + "' is damaged");
  }
  for (const auto& [name, hash] : (*manifest)["files"].items()) {
    const auto found = Sha256OfFile(directory / name);
    if (!found || !hash.is_string() || *found != hash.get<std::string>()) {
      return Fail(ErrorCode::kCorrupt,
                  "'" + (directory / name).string() + "' is missing or fails its checksum");
    }
  }
  return manifest;
}

/// Old versions, and what a killed publisher left. What cannot be removed costs disk space only.
void RemoveOld(const fs::path& folder, std::string_view keep, std::string_view previous) {
  std::error_code error;
  std::vector<fs::path> old;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool stale = name.starts_with("unfinished-") ||
                       (NumberOf(name) != 0 && name != keep && name != previous);
    if (stale) old.push_back(entry.path());
  }
  for (const auto& path : old) fs::remove_all(path, error);
}

std::string PointedTo(const fs::path& folder) {
  const auto text = ReadFile(folder / kCurrent, 64);
  return text && NumberOf(*text) != 0 ? *text : std::string();
}

}  // namespace

Result<std::string> ModelStore::Publish(std::string_view name,
                                        const Json& description,
                                        const std::function<Status(const fs::path&)>& write) const {
  MEDLEY_RETURN_IF_ERROR(CheckName(name));
  const fs::path folder = root_ / name;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return SystemFail("cannot create", folder, error);
  MEDLEY_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Acquire(folder / "publish.lock"));

  const auto versions = Versions(folder);
  const std::string version = VersionName(versions.empty() ? 1 : NumberOf(versions.front()) + 1);
  const fs::path unfinished = folder / ("unfinished-" + version);
  fs::remove_all(unfinished, error);
  fs::create_directory(unfinished, error);
  if (error) return SystemFail("cannot create", unfinished, error);
  const auto discard = [&] { fs::remove_all(unfinished, error); };
  if (auto written = write(unfinished); !written) {
    discard();
    return tl::unexpected(std::move(written).error());
  }
  auto files = SealFiles(unfinished);
  if (!files) {
    discard();
    return tl::unexpected(std::move(files).error());
  }
  const Json manifest = {{"name", name},
                         {"version", version},
                         {"created", FormatTime(NowMs())},
                         {"description", description},
                         {"files", *std::move(files)}};
  MEDLEY_RETURN_IF_ERROR(WriteFileAtomically(unfinished / kManifest, DumpJson(manifest)));
  fs::rename(unfinished, folder / version, error);
  if (error) return SystemFail("cannot create", folder / version, error);
  MEDLEY_RETURN_IF_ERROR(SyncDirectory(folder));
  const std::string previous = PointedTo(folder);
  MEDLEY_RETURN_IF_ERROR(WriteFileAtomically(folder / kCurrent, version));
  RemoveOld(folder, version, previous);
  return version;
}

Result<ModelStore::Model> ModelStore::Current(std::string_view name) const {
  MEDLEY_RETURN_IF_ERROR(CheckName(name));
  const fs::path folder = root_ / name;
  const std::string pointed = PointedTo(folder);
  std::vector<std::string> candidates;
  if (!pointed.empty()) candidates.push_back(pointed);
  for (auto& version : Versions(folder)) {
    if (version != pointed) candidates.push_back(std::move(version));
  }
  if (candidates.empty())
    return Fail(ErrorCode::kNotFound,
                "no trained model '" + std::string(name) + "'; run `medley train`");
  std::string first_error;
  for (const auto& version : candidates) {
    auto manifest = Verify(folder / version);
    if (manifest) return Model{std::string(name), version, folder / version, *std::move(manifest)};
    spdlog::warn("model {} {}: {}", name, version, manifest.error().message);
    if (first_error.empty()) first_error = manifest.error().message;
  }
  return Fail(ErrorCode::kCorrupt,
              first_error + "; no earlier version is whole: run `medley train`");
}

std::vector<std::string> ModelStore::Names() const {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root_, error)) {
    if (entry.is_directory() && !Versions(entry.path()).empty())
      names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace medley::storage
