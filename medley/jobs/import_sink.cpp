#include "medley/jobs/import_sink.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/cleaning.h"
#include "medley/data/event.h"
#include "medley/data/event_batch.h"
#include "medley/data/reader.h"
#include "medley/data/text_check.h"
#include "medley/data/triple.h"
#include "medley/jobs/encode_plan.h"
#include "medley/jobs/import_job.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/store.h"

namespace medley::jobs {
namespace {

// Items and users carry texts: fewer of them make a batch.
constexpr std::size_t kEntryBatch = 5000;
constexpr std::size_t kVectorBatch = 4096;
constexpr std::size_t kTripleBatch = 20000;
constexpr std::size_t kRejectRowBytes = 200;

/// An event as the preview and the rejects show it.
std::string Print(const data::EventBatch& batch, const data::EventBatch::Row& row) {
  Json json = {{"user", batch.users()[row.user]},
               {"type", data::EventTypeName(row.type)},
               {"time", FormatTime(row.time)}};
  if (row.item != kNoIndex) json["item"] = batch.items()[row.item];
  if (row.value != 0) json["value"] = row.value;
  return DumpJson(json);
}

}  // namespace

Status RejectFile::Write(std::string_view field,
                         std::string_view reason,
                         const data::Origin& origin) {
  if (file_ == nullptr) {
    std::error_code error;
    std::filesystem::create_directories(path_.parent_path(), error);
    file_.reset(std::fopen(path_.c_str(), closed_ ? "ae" : "we"));
    if (file_ == nullptr) return Fail(ErrorCode::kIo, "cannot create '" + path_.string() + "'");
  }
  const Json json = {{"file", origin.file},
                     {"line", origin.line},
                     {"field", field},
                     {"reason", reason},
                     {"row", data::CutText(origin.row, kRejectRowBytes)}};
  const std::string line = DumpJson(json) + "\n";
  if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size()) {
    return Fail(ErrorCode::kIo, "cannot write '" + path_.string() + "': is the disk full?");
  }
  return {};
}

Status RejectFile::Close() {
  if (file_ == nullptr) return {};
  closed_ = true;
  if (std::fclose(file_.release()) != 0)
    return Fail(ErrorCode::kIo, "cannot write '" + path_.string() + "': is the disk full?");
  return {};
}

ImportSink::ImportSink(const Parts& parts,
                       std::filesystem::path rejects,
                       std::size_t batch_rows,
                       ImportSummary& summary)
    : parts_(parts),
      summary_(summary),
      rejects_(std::move(rejects)),
      batch_rows_(batch_rows),
      writer_(parts.workspace.store()),
      events_(writer_.TakeBatch()) {}

Status ImportSink::Reject(std::string_view kind,
                          std::string_view field,
                          std::string_view reason,
                          const data::Origin& origin) {
  ++summary_.rejected;
  ++summary_.rejected_by_reason[std::string(kind)];
  return rejects_.Write(field, reason, origin);
}

Status ImportSink::OnReject(std::string_view field,
                            std::string_view reason,
                            const data::Origin& origin) {
  return Reject("format", field, reason, origin);
}

void ImportSink::OnNote(std::string_view note) { summary_.notes.emplace_back(note); }

Status ImportSink::OnProgress(std::uint64_t bytes) {
  parts_.progress.Advance(bytes);
  if (parts_.cancel != nullptr && parts_.cancel->cancelled()) {
    return Fail(ErrorCode::kCancelled,
                "the import was stopped; whole batches were kept: run it again to complete it");
  }
  return {};
}

Status ImportSink::OnMapping(const data::Mapping& mapping) {
  ShowPreview();
  // A batch is of one file, so that its rows can be named.
  MEDLEY_RETURN_IF_ERROR(FlushEvents());
  file_ = mapping.file;
  mapping_ = mapping;
  std::string left_out;
  for (const auto& column : mapping.columns) {
    if (column.field.empty()) left_out += (left_out.empty() ? "'" : ", '") + column.column + "'";
  }
  if (!left_out.empty())
    OnNote("'" + mapping.file + "': columns " + left_out +
           " were left out; --map FIELD=COLUMN takes one in");
  return {};
}

Status ImportSink::OnItem(data::Item item,
                          std::span<const data::MediaReference> media,
                          const data::Origin& origin) {
  for (const auto& reference : media) {
    if (parts_.media == nullptr) {
      if (std::ranges::find(summary_.notes, "media columns need --media FOLDER") ==
          summary_.notes.end())
        OnNote("media columns need --media FOLDER");
      continue;
    }
    auto added = parts_.media->Add(reference.path, reference.modality, parts_.workspace.media());
    if (added) {
      item.media.push_back(*std::move(added));
      ++summary_.media;
    } else {
      MEDLEY_RETURN_IF_ERROR(Reject("media", "media", added.error().message, origin));
    }
  }
  if (previewing()) Preview(DumpJson(data::ToJson(item)));
  items_.push_back(std::move(item));
  return items_.size() < kEntryBatch ? Status{} : FlushItems();
}

Status ImportSink::OnUser(data::User user, const data::Origin& origin) {
  static_cast<void>(origin);
  if (previewing()) Preview(DumpJson(data::ToJson(user)));
  users_.push_back(std::move(user));
  return users_.size() < kEntryBatch ? Status{} : FlushUsers();
}

Status ImportSink::OnEvent(const data::EventView& event, const data::Origin& origin) {
  if (const auto finding = parts_.cleaning.Check(event)) {
    return Reject(data::DirtName(finding->dirt), finding->field, finding->reason, origin);
  }
  events_->Add(event);
  lines_.push_back(origin.line);
  if (previewing()) Preview(Print(*events_, events_->rows().back()));
  return events_->size() < batch_rows_ ? Status{} : FlushEvents();
}

Status ImportSink::OnVector(std::string_view item,
                            std::span<const float> vector,
                            const data::Origin& origin) {
  double sum = 0;
  for (const float value : vector) sum += static_cast<double>(value) * value;
  if (!(sum > 0))
    return Reject("format", "vector", "all values are 0: a vector without a direction", origin);
  // Spaces hold directions: recommenders compare by cosine.
  const auto scale = static_cast<float>(1 / std::sqrt(sum));
  std::vector<float> unit(vector.begin(), vector.end());
  for (float& value : unit) value *= scale;
  data::Item bare;
  bare.id = item;
  vector_items_.push_back(std::move(bare));
  vectors_.push_back(std::move(unit));
  return vectors_.size() < kVectorBatch ? Status{} : FlushVectors();
}

Status ImportSink::OnTriple(data::Triple triple, const data::Origin& origin) {
  if (previewing()) Preview(std::string(origin.row));
  triples_.push_back(std::move(triple));
  return triples_.size() < kTripleBatch ? Status{} : FlushTriples();
}

Status ImportSink::FlushTriples() {
  return triples_.empty() ? Status{} : writer_.Write(std::exchange(triples_, {}));
}

Status ImportSink::FlushItems() {
  if (items_.empty()) return {};
  // The records must not name files that a power cut can still take away.
  if (summary_.media > 0) MEDLEY_RETURN_IF_ERROR(parts_.workspace.media().Sync());
  return writer_.Write(std::exchange(items_, {}));
}

Status ImportSink::FlushUsers() {
  return users_.empty() ? Status{} : writer_.Write(std::exchange(users_, {}));
}

Status ImportSink::RejectBots() {
  const auto bots = parts_.cleaning.FindBots(*events_);
  if (bots.empty()) return {};
  auto& rows = events_->rows();
  const std::string reason = "more than " + std::to_string(parts_.cleaning.bot_limit()) +
                             " events in a minute; see import.bot_events_per_minute";
  for (const std::uint32_t bot : bots) {
    const std::string text = Print(*events_, rows[bot]);
    MEDLEY_RETURN_IF_ERROR(
        Reject(data::DirtName(data::Dirt::kBot), "user", reason, {file_, lines_[bot], text}));
  }
  std::size_t next_bot = 0;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (next_bot < bots.size() && bots[next_bot] == i) {
      ++next_bot;
    } else {
      rows[kept++] = rows[i];
    }
  }
  rows.resize(kept);
  return {};
}

Status ImportSink::FlushEvents() {
  // Items and users that the file named before the events get their numbers first.
  MEDLEY_RETURN_IF_ERROR(FlushItems());
  MEDLEY_RETURN_IF_ERROR(FlushUsers());
  if (events_->size() == 0) return {};
  MEDLEY_RETURN_IF_ERROR(RejectBots());
  lines_.clear();
  MEDLEY_RETURN_IF_ERROR(writer_.Write(std::move(events_)));
  events_ = writer_.TakeBatch();
  return {};
}

Status ImportSink::FlushVectors() {
  if (vectors_.empty()) return {};
  storage::Store& store = parts_.workspace.store();
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, store.MergeItems(vector_items_));
  summary_.items.added += counts.added;
  summary_.items.unchanged += counts.unchanged;
  MEDLEY_ASSIGN_OR_RETURN(
      auto space,
      storage::EmbeddingSpace::Open(parts_.workspace.EmbeddingFile(parts_.request.space),
                                    vectors_.front().size(),
                                    kImportedVectors));
  std::vector<storage::EmbeddingSpace::Row> rows;
  for (std::size_t i = 0; i < vectors_.size(); ++i) {
    MEDLEY_ASSIGN_OR_RETURN(const auto stored, store.GetItem(vector_items_[i].id));
    const auto& vector = vectors_[i];
    const std::uint64_t source =
        Hash64({reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float)}) | 1U;
    if (space.SourceOf(stored.key) != source) rows.push_back({stored.key, source, vector});
  }
  MEDLEY_RETURN_IF_ERROR(space.Append(rows));
  summary_.vectors += vectors_.size();
  vector_items_.clear();
  vectors_.clear();
  return {};
}

Status ImportSink::Finish() {
  ShowPreview();
  MEDLEY_RETURN_IF_ERROR(FlushEvents());
  MEDLEY_RETURN_IF_ERROR(FlushVectors());
  MEDLEY_RETURN_IF_ERROR(FlushTriples());
  MEDLEY_RETURN_IF_ERROR(writer_.Finish());
  const auto add = [](storage::WriteCounts& sum, const storage::WriteCounts& counts) {
    sum.added += counts.added;
    sum.changed += counts.changed;
    sum.unchanged += counts.unchanged;
  };
  add(summary_.items, writer_.items());
  add(summary_.users, writer_.users());
  add(summary_.events, writer_.events());
  add(summary_.triples, writer_.triples());
  if (rejects_.any()) summary_.rejects = rejects_.path();
  return rejects_.Close();
}

void ImportSink::Preview(const std::string& row) {
  rows_.push_back(row);
  if (rows_.size() == kPreviewRows) ShowPreview();
}

void ImportSink::ShowPreview() {
  if (mapping_ && parts_.preview) parts_.preview(*mapping_, rows_);
  mapping_.reset();
  rows_.clear();
}

}  // namespace medley::jobs
