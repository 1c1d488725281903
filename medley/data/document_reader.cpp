#include "medley/data/document_reader.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/delimited.h"
#include "medley/data/document.h"
#include "medley/data/text_check.h"
#include "medley/data/text_lines.h"
#include "medley/data/text_stream.h"

namespace medley::data {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSampleBytes = std::size_t{1} << 16;
constexpr std::size_t kTitleBytes = 300;

/// What a column is; kOther: a line of the text.
enum class Field { kOther, kId, kOrder, kTitle, kText, kUser, kLocale };

struct FieldNames {
  Field field;
  std::string_view names;  ///< as PlainName makes them
};
constexpr std::array kFieldNames = {
    FieldNames{Field::kId, " id document documentid docid 编号 文档编号 "},
    FieldNames{Field::kOrder,
               " order orderid orderno ordernumber ordernr invoice invoiceid invoiceno 订单 订单号 "
               "订单编号 单号 "},
    FieldNames{Field::kTitle, " title question subject heading 标题 问题 主题 "},
    FieldNames{Field::kText, " text answer content body 正文 内容 答案 回答 "},
    FieldNames{Field::kUser,
               " user userid username customer customerid customerno account accountid buyer "
               "buyerid client clientid member memberid 用户 用户id 用户编号 客户 客户id 客户编号 "
               "会员 会员号 买家 "},
    FieldNames{Field::kLocale, " locale language lang 语言 "},
};

Field FieldOf(std::string_view column, const DocumentReadOptions& options) {
  constexpr std::array kByHand = {std::pair{"id", Field::kId},
                                  std::pair{"title", Field::kTitle},
                                  std::pair{"text", Field::kText},
                                  std::pair{"user", Field::kUser},
                                  std::pair{"locale", Field::kLocale}};
  for (const auto& [name, field] : kByHand) {
    const auto mapped = options.map.find(name);
    if (mapped != options.map.end() && mapped->second == column) return field;
  }
  const std::string plain = " " + PlainName(column) + " ";
  for (const auto& [field, names] : kFieldNames) {
    if (plain.size() > 2 && names.find(plain) != std::string_view::npos) return field;
  }
  return Field::kOther;
}

struct Cell {
  std::string_view column;
  std::string_view value;
};

/// A row as a document. Errors: kInvalidInput saying why it is none.
Result<Document> DocumentOf(const std::vector<Cell>& cells, const DocumentReadOptions& options) {
  Document document;
  std::string lines;
  std::string order;
  bool has_user = false;
  for (const Cell& cell : cells) {
    const auto value = TrimText(cell.value);
    switch (FieldOf(cell.column, options)) {
      case Field::kId:
        document.id = value;
        break;
      case Field::kTitle:
        document.title = value;
        break;
      case Field::kText:
        document.text = value;
        break;
      case Field::kUser:
        has_user = true;
        document.user = value;
        break;
      case Field::kLocale:
        document.locale = value;
        break;
      case Field::kOrder:
        order = value;
        [[fallthrough]];
      case Field::kOther:
        if (!value.empty())
          lines += std::string(TrimText(cell.column)) + ": " + std::string(value) + "\n";
    }
  }
  if (!lines.empty()) document.text = lines + document.text;
  if (document.id.empty()) document.id = order;
  if (document.title.empty() && !order.empty()) {
    const bool ascii =
        std::ranges::none_of(lines, [](char c) { return static_cast<unsigned char>(c) >= 0x80U; });
    document.title = (ascii ? "Order " : "订单 ") + order;
  }
  if ((has_user || !order.empty()) && document.user.empty())
    return Fail(ErrorCode::kInvalidInput, "the row does not say whose it is");
  if (!document.user.empty()) MEDLEY_RETURN_IF_ERROR(CheckId("user", document.user));
  return document;
}

class Reading {
 public:
  explicit Reading(const DocumentReadOptions& options) : options_(options) {}

  Status Read(const fs::path& file) {
    const std::string extension = PlainName(file.extension().string());
    if (extension == "md" || extension == "txt") return ReadText(file);
    if (extension == "csv" || extension == "tsv") return ReadTable(file);
    if (extension == "jsonl") return ReadJsonLines(file);
    return Fail(ErrorCode::kUnsupported,
                "'" + file.string() + "' is no .md, .txt, .csv, .tsv or .jsonl file");
  }

  DocumentReading Take() { return std::move(reading_); }

 private:
  void Reject(const fs::path& file, std::uint64_t line, std::string reason) {
    reading_.rejected.push_back({file.string(), line, std::move(reason)});
  }

  Status Keep(Document document, const fs::path& file, std::uint64_t line) {
    if (document.id.empty())
      document.id = file.filename().string() + (line == 0 ? "" : ":" + std::to_string(line));
    Status good = CheckId("id", document.id);
    if (good) good = CheckText("title", document.title);
    if (good) good = CheckText("text", document.text);
    if (good && TrimText(document.text).empty())
      good = Fail(ErrorCode::kInvalidInput, "the document has no text");
    if (!good) {
      Reject(file, line, good.error().message);
      return {};
    }
    if (document.title.empty()) document.title = document.id;
    document.title = CutText(document.title, kTitleBytes);
    bytes_ += document.text.size() + document.title.size();
    reading_.documents.push_back(std::move(document));
    if (reading_.documents.size() > kMostDocuments)
      return Fail(ErrorCode::kLimitExceeded,
                  "more than " + std::to_string(kMostDocuments) +
                      " documents; import them as several sources");
    return CheckBytes(bytes_);
  }

  static Status CheckBytes(std::uint64_t bytes) {
    if (bytes <= kMostSourceBytes) return {};
    return Fail(ErrorCode::kLimitExceeded,
                "more than 64 MiB of text; import it as several sources (--source)");
  }

  Status ReadText(const fs::path& file) {
    MEDLEY_ASSIGN_OR_RETURN(TextStream stream, TextStream::Open(file, options_.encoding));
    Document document;
    for (bool more = true; more;) {
      MEDLEY_ASSIGN_OR_RETURN(more, stream.Fill(document.text));
      if (document.text.size() > kMaxTextBytes) {
        Reject(file, 0, "the document is longer than 1 MiB");
        return {};
      }
    }
    document.title = TitleOf(document.text);
    if (document.title.empty()) document.title = file.stem().string();
    return Keep(std::move(document), file, 0);
  }

  /// The first "# heading".
  static std::string TitleOf(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto line = TrimText(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      const auto marks = line.find_first_not_of('#');
      if (line.starts_with('#') && marks <= 6 && marks != std::string_view::npos)
        return std::string(TrimText(line.substr(marks)));
    }
    return {};
  }

  Status ReadTable(const fs::path& file) {
    MEDLEY_ASSIGN_OR_RETURN(std::string delimiter, DelimiterOf(file));
    MEDLEY_ASSIGN_OR_RETURN(TextStream stream, TextStream::Open(file, options_.encoding));
    DelimitedRows rows(std::move(stream), std::move(delimiter));
    DelimitedRow row;
    std::vector<std::string> columns;
    for (;;) {
      MEDLEY_ASSIGN_OR_RETURN(const bool more, rows.Next(row));
      if (!more) return {};
      if (!row.malformed.empty()) {
        Reject(file, row.line, std::string(row.malformed));
      } else if (columns.empty()) {
        columns.assign(row.cells.begin(), row.cells.end());
        MEDLEY_RETURN_IF_ERROR(CheckColumns(file, columns));
      } else if (row.cells.size() != columns.size()) {
        Reject(file,
               row.line,
               "the row has " + std::to_string(row.cells.size()) + " cells, the header " +
                   std::to_string(columns.size()));
      } else {
        std::vector<Cell> cells;
        for (std::size_t i = 0; i < columns.size(); ++i)
          cells.push_back({columns[i], row.cells[i]});
        MEDLEY_RETURN_IF_ERROR(TakeRow(cells, file, row.line));
      }
    }
  }

  Status TakeRow(const std::vector<Cell>& cells, const fs::path& file, std::uint64_t line) {
    auto document = DocumentOf(cells, options_);
    if (document) return Keep(*std::move(document), file, line);
    Reject(file, line, document.error().message);
    return {};
  }

  /// Orders of unknown owners must not become everybody's.
  Status CheckColumns(const fs::path& file, const std::vector<std::string>& columns) const {
    bool order = false;
    bool user = false;
    for (const auto& column : columns) {
      order = order || FieldOf(column, options_) == Field::kOrder;
      user = user || FieldOf(column, options_) == Field::kUser;
    }
    if (!order || user) return {};
    return Fail(ErrorCode::kInvalidInput,
                "'" + file.string() +
                    "' has orders, but no column that says whose they are; name it with --map "
                    "user=COLUMN");
  }

  Result<std::string> DelimiterOf(const fs::path& file) const {
    if (!options_.delimiter.empty()) return options_.delimiter;
    if (file.extension() == ".tsv") return std::string("\t");
    MEDLEY_ASSIGN_OR_RETURN(TextStream stream, TextStream::Open(file, options_.encoding));
    std::string sample;
    for (bool more = true; more && sample.size() < kSampleBytes;) {
      MEDLEY_ASSIGN_OR_RETURN(more, stream.Fill(sample));
    }
    return DetectDelimiter(sample);
  }

  Status ReadJsonLines(const fs::path& file) {
    MEDLEY_ASSIGN_OR_RETURN(TextStream stream, TextStream::Open(file, options_.encoding));
    TextLines lines(std::move(stream));
    TextLines::Line line;
    for (;;) {
      MEDLEY_ASSIGN_OR_RETURN(const bool more, lines.Next(line));
      if (!more) return {};
      if (TrimText(line.text).empty()) continue;
      const auto json = line.too_long ? Result<Json>(Json()) : ParseJson(line.text);
      if (!json || !json->is_object()) {
        Reject(file, line.number, json ? "the line is no JSON object" : json.error().message);
        continue;
      }
      std::vector<std::pair<std::string, std::string>> texts;
      for (const auto& [name, value] : json->items())
        texts.emplace_back(name,
                           value.is_string() ? value.get<std::string>()
                           : value.is_null() ? std::string()
                                             : DumpJson(value));
      std::vector<Cell> cells;
      for (const auto& [name, text] : texts) cells.push_back({name, text});
      MEDLEY_RETURN_IF_ERROR(TakeRow(cells, file, line.number));
    }
  }

  const DocumentReadOptions& options_;
  DocumentReading reading_;
  std::uint64_t bytes_ = 0;
};

bool IsDocumentFile(const fs::path& file) {
  constexpr std::string_view kKnown = " md txt csv tsv jsonl ";
  return kKnown.find(" " + PlainName(file.extension().string()) + " ") != std::string_view::npos;
}

}  // namespace

Result<DocumentReading> ReadDocuments(const fs::path& path, const DocumentReadOptions& options) {
  std::error_code error;
  if (!fs::exists(path, error))
    return Fail(ErrorCode::kNotFound, "'" + path.string() + "' does not exist");
  std::vector<fs::path> files;
  if (fs::is_directory(path, error)) {
    for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->is_regular_file(error) && IsDocumentFile(entry->path()))
        files.push_back(entry->path());
    }
    if (error) return Fail(ErrorCode::kIo, "cannot read '" + path.string() + "'");
    std::ranges::sort(files);
  } else {
    files.push_back(path);
  }
  std::uint64_t bytes = 0;
  for (const auto& file : files) bytes += fs::file_size(file, error);
  if (error || bytes > 2 * kMostSourceBytes)
    return Fail(ErrorCode::kLimitExceeded,
                "'" + path.string() + "' has more than 64 MiB of text; import it in parts");
  Reading reading(options);
  for (const auto& file : files) MEDLEY_RETURN_IF_ERROR(reading.Read(file));
  return reading.Take();
}

}  // namespace medley::data
