#include "medley/data/triple_reader.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "medley/core/result.h"
#include "medley/data/delimited.h"
#include "medley/data/reader.h"
#include "medley/data/text_check.h"
#include "medley/data/text_stream.h"
#include "medley/data/triple.h"

namespace medley::data {
namespace {

constexpr std::uint64_t kProgressRows = 4096;
constexpr std::array<std::string_view, 3> kTripleColumns = {"head_id", "relation_id", "tail_id"};
constexpr std::array<std::string_view, 2> kLinkColumns = {"item_id", "entity_id"};

std::span<const std::string_view> ColumnsOf(TripleTable table) {
  if (table == TripleTable::kTriples) return kTripleColumns;
  return kLinkColumns;
}

Mapping MappingOf(const std::filesystem::path& file, TripleTable table) {
  Mapping mapping{file.string(), RecordKind::kTriples, "columns separated by tab", {}};
  for (const auto column : ColumnsOf(table)) {
    mapping.columns.push_back({std::string(column), std::string(column)});
  }
  return mapping;
}

Status TakeRow(const DelimitedRow& row,
               TripleTable table,
               std::string_view source,
               const Origin& origin,
               RecordSink& sink) {
  if (!row.malformed.empty()) return sink.OnReject("", row.malformed, origin);
  const auto columns = ColumnsOf(table);
  if (row.cells.size() != columns.size()) {
    return sink.OnReject("",
                         "the row has " + std::to_string(row.cells.size()) + " cells, not " +
                             std::to_string(columns.size()),
                         origin);
  }
  std::array<std::string, 3> cells;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    cells.at(i) = TrimText(row.cells[i]);
    if (auto good = CheckId(columns[i], cells.at(i)); !good)
      return sink.OnReject(columns[i], good.error().message, origin);
  }
  Triple triple;
  triple.source = source;
  using Kind = TripleEnd::Kind;
  if (table == TripleTable::kLinks) {
    triple.head = {Kind::kItem, std::move(cells[0])};
    triple.relation = kSameAs;
    triple.tail = {Kind::kEntity, std::move(cells[1])};
  } else {
    triple.head = {Kind::kEntity, std::move(cells[0])};
    triple.relation = std::move(cells[1]);
    triple.tail = {Kind::kEntity, std::move(cells[2])};
  }
  return sink.OnTriple(std::move(triple), origin);
}

}  // namespace

Status ReadTriples(const std::filesystem::path& file,
                   TripleTable table,
                   const ReadOptions& options,
                   RecordSink& sink) {
  MEDLEY_ASSIGN_OR_RETURN(TextStream stream, TextStream::Open(file, options.encoding));
  MEDLEY_RETURN_IF_ERROR(sink.OnMapping(MappingOf(file, table)));
  DelimitedRows rows(std::move(stream), "\t");
  const std::string name = file.string();
  const std::string source = file.filename().string();
  DelimitedRow row;
  std::uint64_t reported = 0;
  for (std::uint64_t count = 1;; ++count) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, rows.Next(row));
    if (count % kProgressRows == 0 || !more) {
      const std::uint64_t bytes = rows.stream().bytes_read();
      MEDLEY_RETURN_IF_ERROR(sink.OnProgress(bytes - std::exchange(reported, bytes)));
    }
    if (!more) return {};
    if (count == 1) continue;  // the header
    MEDLEY_RETURN_IF_ERROR(TakeRow(row, table, source, {name, row.line, row.text}, sink));
  }
}

}  // namespace medley::data
