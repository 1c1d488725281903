#include "medley/data/table_reader.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/columns.h"
#include "medley/data/delimited.h"
#include "medley/data/reader.h"
#include "medley/data/record_builder.h"
#include "medley/data/text_check.h"
#include "medley/data/text_stream.h"
#include "medley/data/time_format.h"

namespace medley::data {
namespace {

constexpr std::size_t kSampleRows = 200;
// Progress is worth a call about this often.
constexpr std::uint64_t kProgressRows = 4096;

/// What a first look at the file tells.
struct Look {
  std::string delimiter;
  std::string encoding;
  bool has_header = false;
  std::vector<std::string> header;
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> rows;
};

std::vector<std::string> NumberedColumns(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= count; ++i) names.push_back(std::to_string(i));
  return names;
}

Result<Look> LookAt(const std::filesystem::path& file,
                    const TableShape& shape,
                    const ReadOptions& options) {
  Look look;
  const std::string& encoding = options.encoding.empty() ? shape.encoding : options.encoding;
  MEDLEY_ASSIGN_OR_RETURN(TextStream stream, TextStream::Open(file, encoding));
  look.encoding = stream.encoding();
  look.delimiter = !options.delimiter.empty() ? options.delimiter : shape.delimiter;
  if (look.delimiter.empty()) {
    std::string sample;
    MEDLEY_RETURN_IF_ERROR(stream.Fill(sample));
    look.delimiter = DetectDelimiter(sample);
    MEDLEY_ASSIGN_OR_RETURN(stream, TextStream::Open(file, look.encoding));
  }
  DelimitedRows rows(std::move(stream), look.delimiter);
  DelimitedRow row;
  while (look.rows.size() <= kSampleRows) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, rows.Next(row));
    if (!more) break;
    if (row.malformed.empty()) look.rows.emplace_back(row.cells.begin(), row.cells.end());
  }
  if (look.rows.empty()) return look;
  look.has_header = shape.has_header || (shape.names.empty() && LooksLikeHeader(look.rows.front()));
  if (look.has_header) {
    look.header = look.rows.front();
    for (const auto& name : look.header)
      look.names.emplace_back(shape.rename ? shape.rename(name) : std::string(TrimText(name)));
    look.rows.erase(look.rows.begin());
  } else {
    look.names = shape.names.empty() ? NumberedColumns(look.rows.front().size()) : shape.names;
  }
  return look;
}

TimeFormat TimesOf(const Look& look, const ColumnPlan& plan, int zone) {
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    if (plan.columns[i].field != Field::kTime && plan.columns[i].field != Field::kCreated) continue;
    std::vector<std::string_view> sample;
    for (const auto& row : look.rows) {
      if (i < row.size()) sample.emplace_back(row[i]);
    }
    return TimeFormat::Detect(sample, zone);
  }
  return {};
}

Mapping MappingOf(const std::filesystem::path& file,
                  const Look& look,
                  const ColumnPlan& plan,
                  const TimeFormat& times) {
  Mapping mapping;
  mapping.file = file.string();
  mapping.kind = plan.kind;
  const std::string delimiter = look.delimiter == "\t" ? "tab" : "'" + look.delimiter + "'";
  mapping.format = look.encoding + ", columns separated by " + delimiter +
                   (look.has_header ? ", with a header" : ", without a header");
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    std::string field = FieldName(plan.columns[i], plan.kind);
    if (field == "time" || field == "created") field += " (" + std::string(times.name()) + ")";
    mapping.columns.push_back({look.names[i], std::move(field)});
  }
  return mapping;
}

}  // namespace

Status ReadTable(const std::filesystem::path& file,
                 const TableShape& shape,
                 const ReadOptions& options,
                 RecordSink& sink) {
  MEDLEY_ASSIGN_OR_RETURN(const Look look, LookAt(file, shape, options));
  if (look.names.empty()) {
    sink.OnNote("'" + file.string() + "' is empty");
    return {};
  }
  auto planned = PlanColumns(look.names, options);
  if (!planned) return Wrap("'" + file.string() + "'", std::move(planned).error());
  ColumnPlan plan = *std::move(planned);
  if (shape.adjust) shape.adjust(look.header, plan);
  const TimeFormat times = TimesOf(look, plan, options.zone_offset_minutes);
  MEDLEY_RETURN_IF_ERROR(sink.OnMapping(MappingOf(file, look, plan, times)));

  MEDLEY_ASSIGN_OR_RETURN(TextStream stream, TextStream::Open(file, look.encoding));
  DelimitedRows rows(std::move(stream), look.delimiter);
  RecordBuilder builder(std::move(plan), look.names, times, options, sink);
  const std::string name = file.string();
  DelimitedRow row;
  std::uint64_t count = 0;
  std::uint64_t reported = 0;
  while (true) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, rows.Next(row));
    if (++count % kProgressRows == 0 || !more) {
      const std::uint64_t bytes = rows.stream().bytes_read();
      MEDLEY_RETURN_IF_ERROR(sink.OnProgress(bytes - std::exchange(reported, bytes)));
    }
    if (!more) break;
    if (count == 1 && look.has_header) continue;
    const Origin origin{name, row.line, row.text};
    if (!row.malformed.empty()) {
      MEDLEY_RETURN_IF_ERROR(sink.OnReject("", row.malformed, origin));
    } else {
      MEDLEY_RETURN_IF_ERROR(builder.Build(row.cells, origin));
    }
  }
  if (const auto malformed = rows.stream().malformed(); malformed > 0) {
    sink.OnNote(std::to_string(malformed) + " characters of '" + name + "' are not " +
                look.encoding + " and were replaced");
  }
  return {};
}

}  // namespace medley::data
