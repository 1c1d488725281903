#include "medley/evaluation/event_lines.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/file.h"
#include "medley/core/result.h"
#include "medley/data/text_check.h"

namespace medley::evaluation {
namespace {

bool NamesColumn(std::string_view word, std::string_view what) {
  const auto plain = data::PlainName(word);
  const auto name = std::string(what);
  return plain == name || plain == name + "id" || plain == name + "idtoken";
}

}  // namespace

tl::unexpected<Error> WrongLine(const std::filesystem::path& file,
                                std::size_t line,
                                const std::string& what) {
  return Fail(ErrorCode::kInvalidInput,
              file.string() + ", line " + std::to_string(line) + ": " + what);
}

std::vector<std::string_view> Fields(std::string_view line, std::string_view separators) {
  std::vector<std::string_view> out;
  for (std::size_t begin = 0; begin <= line.size();) {
    const auto end = std::min(line.find_first_of(separators, begin), line.size());
    out.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

bool ParseNumber(std::string_view text, double& out) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && stop == text.data() + text.size() && std::isfinite(out);
}

bool NamesColumns(std::string_view first, std::string_view second) {
  return NamesColumn(first, "user") && NamesColumn(second, "item");
}

Status ForEachLine(std::string_view text,
                   const std::function<Status(std::string_view, std::size_t)>& visit) {
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty()) MEDLEY_RETURN_IF_ERROR(visit(line, number));
  }
  return {};
}

Status ForEachEvent(const std::filesystem::path& file,
                    const std::function<Status(const EventLine&)>& visit) {
  MEDLEY_ASSIGN_OR_RETURN(const auto text, ReadFile(file));
  return ForEachLine(text, [&](std::string_view row, std::size_t number) -> Status {
    const auto fields = Fields(row, "\t");
    if (fields.size() < 2 || fields[0].empty() || fields[1].empty()) {
      return WrongLine(file, number, "user and item with a tab between are asked for");
    }
    if (number == 1 && NamesColumns(fields[0], fields[1])) return {};
    EventLine line{fields[0], fields[1], kNoRating, 0, number};
    if (fields.size() > 2 && !fields[2].empty() && !ParseNumber(fields[2], line.rating)) {
      return WrongLine(file, number, "'" + std::string(fields[2]) + "' is no rating");
    }
    if (fields.size() > 3 && !fields[3].empty()) {
      const auto time = ParseTime(fields[3]);
      if (!time) return WrongLine(file, number, "'" + std::string(fields[3]) + "' is no time");
      line.time = *time;
    }
    return visit(line);
  });
}

}  // namespace medley::evaluation
