#include "medley/jobs/import_job.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/cleaning.h"
#include "medley/data/reader.h"
#include "medley/data/text_check.h"
#include "medley/jobs/import_sink.h"
#include "medley/jobs/media_folder.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMediaBatch = 500;

Json CountsJson(const storage::WriteCounts& counts) {
  return {{"added", counts.added}, {"changed", counts.changed}, {"unchanged", counts.unchanged}};
}

std::uint64_t Sum(const storage::WriteCounts& counts) {
  return counts.added + counts.changed + counts.unchanged;
}

std::uint64_t SizeOf(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    const auto size = fs::file_size(path, error);
    return error ? 0 : size;
  }
  std::uint64_t total = 0;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    std::error_code ignored;
    if (!entry.is_regular_file(ignored)) continue;
    const auto size = entry.file_size(ignored);
    total += ignored ? 0 : size;
  }
  return total;
}

/// runs/import-20261122T103000/rejects.jsonl, not used yet.
fs::path RejectsPath(const fs::path& root) {
  std::string stamp = FormatTime(NowMs()).substr(0, 19);
  std::erase(stamp, '-');
  std::erase(stamp, ':');
  const fs::path base = root / "runs" / ("import-" + stamp);
  std::error_code error;
  for (int number = 1;; ++number) {
    fs::path folder = base;
    if (number > 1) folder += "-" + std::to_string(number);
    if (!fs::exists(folder, error)) return folder / "rejects.jsonl";
  }
}

/// The item that a file of the media folder is of: the one its name says, else its folder's.
std::optional<std::string> OwnerOf(const MediaFolder::File& file, const storage::Store& store) {
  for (const std::string& id : {file.stem, file.folder}) {
    if (!id.empty() && store.GetItem(id).has_value()) return id;
  }
  return std::nullopt;
}

/// Attaches the files of the folder that are named by an item's id.
Status AttachByName(const storage::Workspace& workspace,
                    const MediaFolder& folder,
                    const std::vector<MediaFolder::File>& files,
                    const CancelToken* cancel,
                    ImportSummary& summary) {
  std::vector<data::Item> items;
  const auto flush = [&]() -> Status {
    MEDLEY_RETURN_IF_ERROR(workspace.media().Sync());
    MEDLEY_RETURN_IF_ERROR(workspace.store().MergeItems(items));
    items.clear();
    return {};
  };
  std::size_t strangers = 0;
  for (const auto& file : files) {
    if (cancel != nullptr && cancel->cancelled())
      return Fail(ErrorCode::kCancelled, "the import was stopped; run it again to complete it");
    const auto owner = OwnerOf(file, workspace.store());
    if (!owner) {
      ++strangers;
      continue;
    }
    auto media = folder.Add(file.path, std::nullopt, workspace.media());
    if (!media) {
      summary.notes.push_back(media.error().message);
      continue;
    }
    data::Item item;
    item.id = *owner;
    item.media.push_back(*std::move(media));
    items.push_back(std::move(item));
    ++summary.media;
    if (items.size() == kMediaBatch) MEDLEY_RETURN_IF_ERROR(flush());
  }
  if (strangers > 0) {
    summary.notes.push_back(std::to_string(strangers) + " of " + std::to_string(files.size()) +
                            " media files are not named by an item's id");
  }
  return items.empty() ? Status{} : flush();
}

Status CheckSpace(const std::string& name) {
  const bool good =
      !name.empty() && name.size() <= 64 &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
  if (good) return {};
  return Fail(ErrorCode::kInvalidInput, "--space takes lower-case letters, digits, _ and -");
}

}  // namespace

std::uint64_t ImportSummary::accepted() const {
  return Sum(items) + Sum(users) + Sum(events) + Sum(triples) + vectors + media;
}

int ImportSummary::exit_status() const {
  if (accepted() == 0) return 2;
  return rejected > 0 ? 1 : 0;
}

Json ImportSummary::ToJson() const {
  Json json = {{"items", CountsJson(items)},
               {"users", CountsJson(users)},
               {"events", CountsJson(events)},
               {"triples", CountsJson(triples)},
               {"vectors", vectors},
               {"media", media},
               {"rejected", rejected},
               {"rejected_by_reason", rejected_by_reason},
               {"notes", notes},
               {"seconds", seconds}};
  if (!rejects.empty()) json["rejects"] = rejects.string();
  return json;
}

Result<ImportSummary> RunImport(const storage::Workspace& workspace,
                                const ImportRequest& request,
                                Progress& progress,
                                const CancelToken* cancel,
                                const ImportPreview& preview) {
  const Stopwatch watch;
  ImportSummary summary;
  MEDLEY_RETURN_IF_ERROR(CheckSpace(request.space));
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, data::MakeReader(request.format));
  const auto settings = workspace.Section("import");
  MEDLEY_ASSIGN_OR_RETURN(const auto cleaning, data::Cleaning::FromSettings(settings, NowMs()));
  std::optional<MediaFolder> folder;
  std::vector<MediaFolder::File> files;
  if (!request.media.empty()) {
    MEDLEY_ASSIGN_OR_RETURN(folder, MediaFolder::Open(request.media));
    MEDLEY_ASSIGN_OR_RETURN(files, folder->Files());
  }

  std::uint64_t bytes = 0;
  for (const auto& path : request.paths) {
    std::error_code error;
    if (!fs::exists(path, error))
      return Fail(ErrorCode::kNotFound,
                  "no file or folder '" + path.string() + "'; nothing was imported");
    bytes += SizeOf(path);
  }
  progress.Begin("import", bytes, "bytes");
  {
    const ImportSink::Parts parts{
        workspace, request, cleaning, folder ? &*folder : nullptr, progress, cancel, preview};
    ImportSink sink(
        parts, RejectsPath(workspace.root()), std::stoul(settings.at("batch_rows")), summary);
    for (const auto& path : request.paths)
      MEDLEY_RETURN_IF_ERROR(reader->Read(path, request.read, sink));
    MEDLEY_RETURN_IF_ERROR(sink.Finish());
  }
  progress.End();
  if (folder) {
    progress.Begin("attach media", files.size(), "files");
    MEDLEY_RETURN_IF_ERROR(AttachByName(workspace, *folder, files, cancel, summary));
    progress.Advance(files.size());
    progress.End();
  }
  summary.seconds = watch.Seconds();
  return summary;
}

}  // namespace medley::jobs
