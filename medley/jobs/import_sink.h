#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/cleaning.h"
#include "medley/data/event_batch.h"
#include "medley/data/reader.h"
#include "medley/data/triple.h"
#include "medley/jobs/import_job.h"
#include "medley/jobs/import_writer.h"
#include "medley/jobs/media_folder.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

/// Rows that were not taken, as JSON lines. The file is made with the first of them.
class RejectFile {
 public:
  explicit RejectFile(std::filesystem::path path) : path_(std::move(path)) {}
  Status Write(std::string_view field, std::string_view reason, const data::Origin& origin);
  Status Close();
  bool any() const { return file_ != nullptr || closed_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  bool closed_ = false;
};

/// Takes what a reader finds: cleans it, gathers it into batches, hands them to the writer.
/// Threads: one.
class ImportSink : public data::RecordSink {
 public:
  struct Parts {
    const storage::Workspace& workspace;
    const ImportRequest& request;
    const data::Cleaning& cleaning;
    const MediaFolder* media;  ///< nullptr: none
    Progress& progress;
    const CancelToken* cancel;  ///< nullptr: none
    const ImportPreview& preview;
  };
  ImportSink(const Parts& parts,
             std::filesystem::path rejects,
             std::size_t batch_rows,
             ImportSummary& summary);

  Status OnMapping(const data::Mapping& mapping) override;
  Status OnItem(data::Item item,
                std::span<const data::MediaReference> media,
                const data::Origin& origin) override;
  Status OnUser(data::User user, const data::Origin& origin) override;
  Status OnEvent(const data::EventView& event, const data::Origin& origin) override;
  Status OnVector(std::string_view item,
                  std::span<const float> vector,
                  const data::Origin& origin) override;
  Status OnTriple(data::Triple triple, const data::Origin& origin) override;
  Status OnReject(std::string_view field,
                  std::string_view reason,
                  const data::Origin& origin) override;
  void OnNote(std::string_view note) override;
  Status OnProgress(std::uint64_t bytes) override;

  /// Writes what is gathered and waits for it; shows what is left of the preview.
  Status Finish();

 private:
  Status Reject(std::string_view kind,
                std::string_view field,
                std::string_view reason,
                const data::Origin& origin);
  Status FlushItems();
  Status FlushUsers();
  Status FlushEvents();
  Status FlushVectors();
  Status FlushTriples();
  Status RejectBots();
  void Preview(const std::string& row);
  bool previewing() const {
    return static_cast<bool>(parts_.preview) && mapping_ && rows_.size() < kPreviewRows;
  }
  void ShowPreview();

  static constexpr std::size_t kPreviewRows = 10;
  Parts parts_;
  ImportSummary& summary_;
  RejectFile rejects_;
  std::size_t batch_rows_;
  ImportWriter writer_;
  std::vector<data::Item> items_;
  std::vector<data::User> users_;
  std::unique_ptr<data::EventBatch> events_;
  std::vector<std::uint64_t> lines_;  ///< of each event of the batch
  std::string file_;                  ///< of the batch
  std::vector<data::Item> vector_items_;
  std::vector<std::vector<float>> vectors_;
  std::vector<data::Triple> triples_;
  std::optional<data::Mapping> mapping_;
  std::vector<std::string> rows_;
};

}  // namespace medley::jobs
