#include "medley/jobs/export_job.h"

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/event.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

/// Writes lines until one fails; the failure is kept.
class LineWriter {
 public:
  explicit LineWriter(std::FILE* out) : out_(out) {}
  bool Write(const std::string& line) {
    failed_ = failed_ || std::fwrite(line.data(), 1, line.size(), out_) != line.size() ||
              std::fputc('\n', out_) == EOF;
    if (!failed_) ++rows_;
    return !failed_;
  }
  bool WriteCells(std::initializer_list<std::string_view> cells) {
    std::string line;
    bool first = true;
    for (const auto cell : cells) {
      if (!std::exchange(first, false)) line += ',';
      line += CsvCell(cell);
    }
    return Write(line);
  }
  Result<std::uint64_t> Finish(const Status& status, std::uint64_t header_rows) {
    if (failed_ || std::fflush(out_) != 0)
      return Fail(ErrorCode::kIo, "cannot write the export: is the disk full?");
    if (!status) return tl::unexpected(status.error());
    return rows_ - header_rows;
  }

 private:
  std::FILE* out_;
  std::uint64_t rows_ = 0;
  bool failed_ = false;
};

std::string TimeCell(TimeMs time) { return time == 0 ? std::string() : FormatTime(time); }
std::string NumberCell(double value) { return value == 0 ? std::string() : DumpJson(Json(value)); }
std::string ObjectCell(const Json& json) { return json.empty() ? std::string() : DumpJson(json); }
std::string FieldCell(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() ? std::string() : DumpJson(*found);
}

bool WriteItem(const data::Item& item, LineWriter& lines) {
  const Json json = data::ToJson(item);
  return lines.WriteCells({item.id,
                           item.kind,
                           item.title,
                           item.description,
                           item.language,
                           FieldCell(json, "categories"),
                           FieldCell(json, "tags"),
                           ObjectCell(item.attributes),
                           FieldCell(json, "texts"),
                           TimeCell(item.created),
                           item.hidden ? "true" : "",
                           FieldCell(json, "media")});
}

bool WriteUser(const data::User& user, LineWriter& lines) {
  return lines.WriteCells({user.id,
                           ObjectCell(user.labels),
                           user.locale,
                           TimeCell(user.created),
                           user.consent ? "" : "false"});
}

bool WriteEvent(const data::Event& event, LineWriter& lines) {
  const std::string context = event.context.is_object() ? DumpJson(event.context) : std::string();
  return lines.WriteCells(
      {event.id,
       event.user,
       event.item,
       data::EventTypeName(event.type),
       event.type == data::EventType::kRating ? DumpJson(Json(event.value))
                                              : NumberCell(event.value),
       event.text,
       event.modality ? data::ModalityName(*event.modality) : std::string_view(),
       event.session,
       FormatTime(event.time),
       context,
       event.request});
}

Result<std::uint64_t> ExportCsv(const storage::Store& store, ExportKind kind, LineWriter& lines) {
  Status status;
  switch (kind) {
    case ExportKind::kItems:
      lines.Write(
          "id,kind,title,description,language,categories,tags,attributes,texts,created,hidden,"
          "media");
      status = store.ForEachItem(
          [&](const storage::StoredItem& stored) { return WriteItem(stored.item, lines); });
      break;
    case ExportKind::kUsers:
      lines.Write("user,labels,locale,created,consent");
      status = store.ForEachUser(
          [&](const storage::StoredUser& stored) { return WriteUser(stored.user, lines); });
      break;
    case ExportKind::kEvents:
      lines.Write("id,user,item,type,value,text,modality,session,time,context,request");
      status =
          store.ForEachEvent([&](const data::Event& event) { return WriteEvent(event, lines); });
      break;
    case ExportKind::kRecommendations:
      return Fail(ErrorCode::kUnsupported, "recommendations hold lists: export them as jsonl");
  }
  return lines.Finish(status, 1);
}

Status ExportRecommendations(const storage::Store& store, LineWriter& lines) {
  MEDLEY_ASSIGN_OR_RETURN(
      const auto records,
      store.Recommendations("",
                            static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max())));
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    lines.Write(DumpJson({{"request", record->request},
                          {"user", record->user},
                          {"time", FormatTime(record->time)},
                          {"items", record->items},
                          {"scores", record->scores},
                          {"propensities", record->propensities},
                          {"versions", record->versions}}));
  }
  return {};
}

}  // namespace

std::string CsvCell(std::string_view text) {
  const bool bare = text.find_first_of(",\"\r\n") == std::string_view::npos;
  if (bare) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

Result<std::uint64_t> RunExport(const storage::Store& store,
                                ExportKind kind,
                                ExportFormat format,
                                std::FILE* out) {
  LineWriter lines(out);
  if (format == ExportFormat::kCsv) return ExportCsv(store, kind, lines);
  Status status;
  switch (kind) {
    case ExportKind::kItems:
      status = store.ForEachItem([&](const storage::StoredItem& stored) {
        return lines.Write(DumpJson(data::ToJson(stored.item)));
      });
      break;
    case ExportKind::kUsers:
      status = store.ForEachUser([&](const storage::StoredUser& stored) {
        return lines.Write(DumpJson(data::ToJson(stored.user)));
      });
      break;
    case ExportKind::kEvents:
      status = store.ForEachEvent(
          [&](const data::Event& event) { return lines.Write(DumpJson(data::ToJson(event))); });
      break;
    case ExportKind::kRecommendations:
      status = ExportRecommendations(store, lines);
      break;
  }
  return lines.Finish(status, 0);
}

Result<std::uint64_t> ExportVectors(const storage::Workspace& workspace,
                                    std::string_view space,
                                    std::FILE* out) {
  const auto file = workspace.EmbeddingFile(space);
  const auto info = storage::InspectEmbeddingSpace(file);
  if (!info)
    return Wrap("no vectors of '" + std::string(space) + "'; run `medley encode`", info.error());
  MEDLEY_ASSIGN_OR_RETURN(const auto stored,
                          storage::EmbeddingSpace::Open(file, info->dimension, info->fingerprint));
  std::vector<float> vector(info->dimension);
  std::uint64_t rows = 0;
  bool written = true;
  MEDLEY_RETURN_IF_ERROR(workspace.store().ForEachItem([&](const storage::StoredItem& item) {
    if (!stored.Read(item.key, vector)) return true;
    const std::string line = DumpJson({{"item", item.item.id}, {"vector", vector}}) + "\n";
    written = std::fputs(line.c_str(), out) >= 0;
    ++rows;
    return written;
  }));
  if (!written || std::fflush(out) != 0) return Fail(ErrorCode::kIo, "cannot write the vectors");
  return rows;
}

}  // namespace medley::jobs
