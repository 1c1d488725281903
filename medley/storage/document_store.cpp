#include "medley/storage/document_store.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/document.h"
#include "medley/storage/workspace.h"

namespace medley::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".jsonl";
/// What 64 MiB of text can grow to when every byte is escaped.
constexpr std::size_t kMostBytes = std::size_t{512} << 20;

std::vector<fs::path> Files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == kEnding) files.push_back(entry->path());
  }
  std::ranges::sort(files);
  return files;
}

/// A name of any characters as a file's.
std::string FileName(std::string_view source) {
  constexpr std::size_t kDigits = 32;
  return Sha256(source).substr(0, kDigits) + std::string(kEnding);
}

std::string Text(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<DocumentSource> ReadSource(const fs::path& file) {
  MEDLEY_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(file, kMostBytes));
  DocumentSource source;
  bool first = true;
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto json = ParseJson(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!json || !json->is_object())
      return Fail(ErrorCode::kCorrupt,
                  "'" + file.string() + "' is damaged; import its documents again");
    if (std::exchange(first, false)) {
      source.name = Text(*json, "source");
      continue;
    }
    source.documents.push_back({Text(*json, "id"),
                                Text(*json, "title"),
                                Text(*json, "user"),
                                Text(*json, "locale"),
                                Text(*json, "text")});
  }
  return source;
}

}  // namespace

Status DocumentStore::Write(std::string_view name,
                            std::span<const data::Document> documents) const {
  const fs::path file = folder_ / FileName(name);
  if (documents.empty()) {
    std::error_code error;
    fs::remove(file, error);
    if (error) return Fail(ErrorCode::kIo, "cannot remove '" + file.string() + "'");
    return SyncDirectory(folder_);
  }
  std::string bytes = DumpJson({{"source", name}}) + "\n";
  for (const auto& document : documents) {
    Json json = {{"id", document.id}, {"title", document.title}, {"text", document.text}};
    if (!document.user.empty()) json["user"] = document.user;
    if (!document.locale.empty()) json["locale"] = document.locale;
    bytes += DumpJson(json) + "\n";
  }
  return WriteFileAtomically(file, bytes);
}

Status DocumentStore::Replace(std::string_view name,
                              std::span<const data::Document> documents) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return Fail(ErrorCode::kIo, "cannot create '" + folder_.string() + "'");
  MEDLEY_ASSIGN_OR_RETURN(const auto lock, FileLock::Acquire(folder_ / "lock"));
  return Write(name, documents);
}

Result<std::vector<DocumentSource>> DocumentStore::Read() const {
  std::vector<DocumentSource> sources;
  for (const auto& file : Files(folder_)) {
    auto source = ReadSource(file);
    // Removed between the listing and the reading.
    if (!source && source.error().code == ErrorCode::kNotFound) continue;
    if (!source) return tl::unexpected(std::move(source).error());
    sources.push_back(*std::move(source));
  }
  std::ranges::sort(sources, {}, &DocumentSource::name);
  return sources;
}

Result<std::size_t> DocumentStore::Forget(std::string_view user) const {
  std::error_code error;
  if (!fs::exists(folder_, error)) return std::size_t{0};
  MEDLEY_ASSIGN_OR_RETURN(const auto lock, FileLock::Acquire(folder_ / "lock"));
  MEDLEY_ASSIGN_OR_RETURN(auto sources, Read());
  std::size_t forgotten = 0;
  for (auto& source : sources) {
    const auto gone = std::erase_if(source.documents,
                                    [&](const auto& document) { return document.user == user; });
    if (gone == 0) continue;
    forgotten += gone;
    MEDLEY_RETURN_IF_ERROR(Write(source.name, source.documents));
  }
  return forgotten;
}

std::uint64_t DocumentStore::Version() const {
  std::string seen;
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto extension = entry->path().extension();
    if (extension != kEnding && extension != ".vec") continue;
    seen += entry->path().filename().string() + ":" + std::to_string(entry->file_size(error)) +
            ":" + std::to_string(entry->last_write_time(error).time_since_epoch().count()) + ";";
  }
  return seen.empty() ? 0 : Hash64(seen) | 1U;
}

Status EraseUser(const Workspace& workspace, std::string_view user) {
  // The documents first: cut off in between, the user is still there to be erased again.
  MEDLEY_ASSIGN_OR_RETURN(const std::size_t forgotten, DocumentStore(workspace).Forget(user));
  auto erased = workspace.store().DeleteUser(user);
  if (!erased && forgotten > 0 && erased.error().code == ErrorCode::kNotFound) return {};
  return erased;
}

}  // namespace medley::storage
