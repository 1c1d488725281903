#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"
#include "medley/data/reader.h"
#include "medley/data/text_check.h"
#include "medley/data/text_lines.h"
#include "medley/data/text_stream.h"

namespace medley::data {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxColumns = 65536;

struct Layout {
  char type = 'f';        ///< 'f' float, 'i' signed, 'u' unsigned
  std::size_t width = 4;  ///< bytes a value
  bool column_major = false;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t start = 0;  ///< of the values in the file
};

/// The text of `key`'s value in the header's Python dictionary.
std::string_view ValueOf(std::string_view header, std::string_view key) {
  const auto at = header.find("'" + std::string(key) + "'");
  if (at == std::string_view::npos) return {};
  const auto colon = header.find(':', at);
  return colon == std::string_view::npos ? std::string_view() : TrimText(header.substr(colon + 1));
}

std::optional<std::pair<std::size_t, std::size_t>> ParseShape(std::string_view text) {
  if (!text.starts_with('(')) return std::nullopt;
  std::size_t values[2] = {0, 0};
  int count = 0;
  for (std::size_t i = 1; i < text.size() && text[i] != ')'; ++i) {
    if (text[i] < '0' || text[i] > '9') continue;
    if (count == 2) return std::nullopt;
    std::size_t value = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
      if (value > (std::size_t{1} << 48)) return std::nullopt;
      value = value * 10 + static_cast<std::size_t>(text[i] - '0');
    }
    --i;
    values[count++] = value;
  }
  if (count != 2) return std::nullopt;
  return std::pair{values[0], values[1]};
}

Result<Layout> ReadLayout(std::string_view bytes, const std::string& name) {
  const auto fail = [&](const std::string& why) {
    return Fail(ErrorCode::kInvalidInput, "'" + name + "' " + why);
  };
  if (!bytes.starts_with(kMagic) || bytes.size() < 12) return fail("is no .npy file");
  const bool first_version = bytes[6] == 1;
  std::size_t length = static_cast<unsigned char>(bytes[8]) |
                       static_cast<std::size_t>(static_cast<unsigned char>(bytes[9])) << 8U;
  std::size_t start = 10;
  if (!first_version) {
    length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[10])) << 16U |
              static_cast<std::size_t>(static_cast<unsigned char>(bytes[11])) << 24U;
    start = 12;
  }
  if (length > bytes.size() - start) return fail("is cut off in its header");
  const auto header = bytes.substr(start, length);
  Layout layout;
  layout.start = start + length;
  const auto descr = ValueOf(header, "descr");
  if (descr.size() < 5 || descr[0] != '\'' || (descr[1] != '<' && descr[1] != '|'))
    return fail("has values of a type that cannot be read: use float32");
  layout.type = descr[2];
  layout.width = static_cast<std::size_t>(descr[3] - '0');
  const bool known =
      (layout.type == 'f' && (layout.width == 4 || layout.width == 8)) ||
      ((layout.type == 'i' || layout.type == 'u') && (layout.width == 1 || layout.width == 4));
  if (!known || descr[4] != '\'')
    return fail("has values of a type that cannot be read: use float32");
  layout.column_major = ValueOf(header, "fortran_order").starts_with("True");
  const auto shape = ParseShape(ValueOf(header, "shape"));
  if (!shape || shape->second == 0 || shape->second > kMaxColumns)
    return fail("is no matrix of items and up to 65536 features");
  layout.rows = shape->first;
  layout.columns = shape->second;
  if (layout.rows > (bytes.size() - layout.start) / layout.width / layout.columns)
    return fail("is cut off");
  return layout;
}

float ValueAt(std::string_view bytes, const Layout& layout, std::size_t row, std::size_t column) {
  const std::size_t index =
      layout.column_major ? column * layout.rows + row : row * layout.columns + column;
  const char* at = bytes.data() + layout.start + index * layout.width;
  const auto load = [&]<typename Value>(Value value) {
    std::memcpy(&value, at, sizeof(value));
    return static_cast<float>(value);
  };
  if (layout.type == 'f') return layout.width == 4 ? load(float{}) : load(double{});
  if (layout.type == 'i') return layout.width == 1 ? load(std::int8_t{}) : load(std::int32_t{});
  return layout.width == 1 ? load(std::uint8_t{}) : load(std::uint32_t{});
}

Result<std::vector<std::string>> ReadIds(const std::filesystem::path& file) {
  MEDLEY_ASSIGN_OR_RETURN(TextStream stream, TextStream::Open(file));
  TextLines lines(std::move(stream));
  TextLines::Line line;
  std::vector<std::string> ids;
  while (true) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, lines.Next(line));
    if (!more) return ids;
    // Of a table the first column counts.
    const auto id = TrimText(line.text.substr(0, line.text.find_first_of("\t,")));
    if (!id.empty()) ids.emplace_back(id);
  }
}

class NpyReader : public Reader {
 public:
  Status Read(const std::filesystem::path& path,
              const ReadOptions& options,
              RecordSink& sink) override {
    const std::string name = path.string();
    MEDLEY_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
    MEDLEY_ASSIGN_OR_RETURN(const Layout layout, ReadLayout(file.text(), name));
    std::vector<std::string> ids;
    if (!options.ids.empty()) {
      MEDLEY_ASSIGN_OR_RETURN(ids, ReadIds(options.ids));
      if (ids.size() != layout.rows) {
        return Fail(ErrorCode::kInvalidInput,
                    "'" + options.ids.string() + "' has " + std::to_string(ids.size()) +
                        " ids for " + std::to_string(layout.rows) + " rows of '" + name + "'");
      }
    }
    MEDLEY_RETURN_IF_ERROR(sink.OnMapping(
        {name,
         RecordKind::kItems,
         std::to_string(layout.rows) + " vectors of " + std::to_string(layout.columns) + " values",
         {{"row",
           ids.empty() ? "id: the row's number from 0" : "id: line of " + options.ids.string()}}}));
    std::vector<float> vector(layout.columns);
    for (std::size_t row = 0; row < layout.rows; ++row) {
      bool finite = true;
      for (std::size_t column = 0; column < layout.columns; ++column) {
        vector[column] = ValueAt(file.text(), layout, row, column);
        finite = finite && std::isfinite(vector[column]);
      }
      const std::string id = ids.empty() ? std::to_string(row) : ids[row];
      const Origin origin{name, row + 1, id};
      if (!finite) {
        MEDLEY_RETURN_IF_ERROR(sink.OnReject("vector", "a value is not finite", origin));
      } else if (auto good = CheckId("id", id); !good) {
        MEDLEY_RETURN_IF_ERROR(sink.OnReject("id", good.error().message, origin));
      } else {
        MEDLEY_RETURN_IF_ERROR(sink.OnVector(id, vector, origin));
      }
      MEDLEY_RETURN_IF_ERROR(sink.OnProgress(layout.columns * layout.width));
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<Reader> MakeNpyReader() { return std::make_unique<NpyReader>(); }

}  // namespace medley::data
