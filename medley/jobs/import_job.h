#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/reader.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

struct ImportRequest {
  std::string format;  ///< a name of data::kReaders
  std::vector<std::filesystem::path> paths;
  data::ReadOptions read;
  std::filesystem::path media;  ///< folder of pictures, sounds, films; empty: none
  std::string space = "image";  ///< npy: the embedding space to fill
};

/// How an import went.
struct ImportSummary {
  storage::WriteCounts items;
  storage::WriteCounts users;
  storage::WriteCounts events;   ///< unchanged: duplicates, of each other or of what was there
  storage::WriteCounts triples;  ///< statements of a knowledge graph
  std::uint64_t vectors = 0;
  std::uint64_t media = 0;  ///< files attached to items
  std::uint64_t rejected = 0;
  std::map<std::string, std::uint64_t>
      rejected_by_reason;  ///< "format", "impossible_value", "bot"...
  std::vector<std::string> notes;
  std::filesystem::path rejects;  ///< rejects.jsonl; empty: nothing was rejected
  double seconds = 0;

  std::uint64_t accepted() const;
  /// 0: clean; 1: some rows were rejected; 2: nothing was imported.
  int exit_status() const;
  Json ToJson() const;
};

/// What was understood of a file and its first rows as they are imported, one JSON a row.
using ImportPreview =
    std::function<void(const data::Mapping& mapping, const std::vector<std::string>& rows)>;

/// Reads foreign files into the workspace. Items and users are merged with those of the same id;
/// events already there are passed over, so that a second import of the same files changes nothing.
/// Rows that are wrong go to runs/import-TIME/rejects.jsonl as {file, line, field, reason, row},
/// never further. One thread reads, one writes; a batch of [import] batch_rows events is one
/// transaction: an interrupted import leaves all or nothing of each batch, and is completed by
/// running it again. Errors: those of the reader and the store; kCancelled. What was committed
/// before stays.
Result<ImportSummary> RunImport(const storage::Workspace& workspace,
                                const ImportRequest& request,
                                Progress& progress,
                                const CancelToken* cancel = nullptr,
                                const ImportPreview& preview = {});

}  // namespace medley::jobs
