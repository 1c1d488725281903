#include "medley/evaluation/split_files.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/file.h"
#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/evaluation/protocol.h"

namespace medley::evaluation {
namespace {

using Lists = std::vector<std::vector<std::uint32_t>>;

/// Events without a rating are for their item, whatever ratings are.
constexpr double kNoRating = std::numeric_limits<double>::infinity();

struct Line {
  std::string_view user;
  std::string_view item;
  double rating = kNoRating;
  TimeMs time = 0;
  std::size_t number = 0;
};

tl::unexpected<Error> Wrong(const std::filesystem::path& file,
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

/// Calls `visit(line, number)` for every line that holds anything.
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
                    const std::function<Status(const Line&)>& visit) {
  MEDLEY_ASSIGN_OR_RETURN(const auto text, ReadFile(file));
  return ForEachLine(text, [&](std::string_view row, std::size_t number) -> Status {
    const auto fields = Fields(row, "\t");
    if (fields.size() < 2 || fields[0].empty() || fields[1].empty()) {
      return Wrong(file, number, "user and item with a tab between are asked for");
    }
    if (number == 1 && fields[0].starts_with("user")) return {};
    Line line{fields[0], fields[1], kNoRating, 0, number};
    if (fields.size() > 2 && !fields[2].empty() && !ParseNumber(fields[2], line.rating)) {
      return Wrong(file, number, "'" + std::string(fields[2]) + "' is no rating");
    }
    if (fields.size() > 3 && !fields[3].empty()) {
      const auto time = ParseTime(fields[3]);
      if (!time) return Wrong(file, number, "'" + std::string(fields[3]) + "' is no time");
      line.time = *time;
    }
    return visit(line);
  });
}

/// Reads the files of one split, one after the other.
class SplitReader {
 public:
  SplitReader(const SplitPaths& paths, std::size_t n_items, const FindItem& find)
      : paths_(paths), n_items_(n_items), find_(find) {}

  Result<FileSplit> Read() {
    Lists valid;
    Lists test;
    std::vector<data::Interactions::Row> rows;
    MEDLEY_RETURN_IF_ERROR(ReadRows(paths_.train, rows));
    const std::size_t n_train = rows.size();
    if (!paths_.valid.empty()) {
      MEDLEY_RETURN_IF_ERROR(ReadRows(paths_.valid, rows));
      for (const auto& row : std::span(rows).subspan(n_train)) {
        if (row.interaction.weight > 0) Put(valid, row.user, row.interaction.item);
      }
    }
    std::vector<data::Interactions::Row> test_rows;
    MEDLEY_RETURN_IF_ERROR(ReadRows(paths_.test, test_rows));
    for (const auto& row : test_rows) {
      if (row.interaction.weight > 0) Put(test, row.user, row.interaction.item);
    }
    auto& split = out_.split;
    for (const auto& mask : paths_.masks) {
      std::vector<data::Interactions::Row> masked;
      MEDLEY_RETURN_IF_ERROR(ReadRows(mask, masked));
      for (const auto& row : masked) Put(split.mask, row.user, row.interaction.item);
    }
    MEDLEY_RETURN_IF_ERROR(ReadItems(paths_.candidates, split.candidates));
    MEDLEY_RETURN_IF_ERROR(ReadItems(paths_.valid_candidates, split.valid_candidates));
    const std::size_t n_users = out_.users.size();
    split.valid = Sorted(std::move(valid), n_users);
    split.test = Sorted(std::move(test), n_users);
    if (!paths_.masks.empty()) split.mask = Sorted(std::move(split.mask), n_users);
    split.train = data::Interactions(
        n_users, n_items_, {rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(n_train)});
    split.full = data::Interactions(n_users, n_items_, std::move(rows));
    return std::move(out_);
  }

 private:
  static void Put(Lists& lists, UserIndex user, ItemIndex item) {
    if (lists.size() <= user) lists.resize(user + 1);
    lists[user].push_back(item);
  }

  static Lists Sorted(Lists lists, std::size_t n_users) {
    lists.resize(n_users);
    for (auto& list : lists) {
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
    }
    return lists;
  }

  Status ReadRows(const std::filesystem::path& file, std::vector<data::Interactions::Row>& rows) {
    return ForEachEvent(file, [&](const Line& line) -> Status {
      const auto item = find_(line.item);
      if (item == kNoIndex) {
        return Wrong(file,
                     line.number,
                     "the workspace has no item '" + std::string(line.item) +
                         "': import the catalogue first");
      }
      const bool positive = !paths_.positive_from || line.rating >= *paths_.positive_from;
      rows.push_back({out_.users.Intern(line.user), {item, positive ? 1.0F : -1.0F, line.time}});
      return {};
    });
  }

  Status ReadItems(const std::filesystem::path& file, std::vector<std::uint8_t>& out) {
    if (file.empty()) return {};
    MEDLEY_ASSIGN_OR_RETURN(const auto text, ReadFile(file));
    out.assign(n_items_, 0);
    return ForEachLine(text, [&](std::string_view id, std::size_t number) -> Status {
      const auto item = find_(id);
      if (item == kNoIndex)
        return Wrong(file, number, "the workspace has no item '" + std::string(id) + "'");
      out[item] = 1;
      return {};
    });
  }

  const SplitPaths& paths_;
  std::size_t n_items_;
  const FindItem& find_;
  FileSplit out_;
};

}  // namespace

Result<FileSplit> LoadSplit(const SplitPaths& paths, std::size_t n_items, const FindItem& find) {
  return SplitReader(paths, n_items, find).Read();
}

Result<Lists> ReadRanking(const std::filesystem::path& file,
                          const IdMap& users,
                          const FindItem& find) {
  MEDLEY_ASSIGN_OR_RETURN(const auto text, ReadFile(file));
  Lists lists(users.size());
  MEDLEY_RETURN_IF_ERROR(ForEachLine(text, [&](std::string_view line, std::size_t) -> Status {
    const auto words = Fields(line, " \t");
    const auto user = users.Find(words.front());
    if (user == kNoIndex) return {};
    auto& list = lists[user];
    list.clear();
    for (const auto word : std::span(words).subspan(1)) {
      const auto item = word.empty() ? kNoIndex : find(word);
      const bool again = std::find(list.begin(), list.end(), item) != list.end();
      if (item != kNoIndex && !again) list.push_back(item);
    }
    return {};
  }));
  return lists;
}

Status WriteRanking(const std::filesystem::path& file,
                    const Lists& lists,
                    const std::vector<std::string>& user_ids,
                    const std::function<std::string_view(ItemIndex)>& item_id) {
  std::string out;
  for (std::size_t user = 0; user < lists.size(); ++user) {
    if (lists[user].empty()) continue;
    out += user_ids[user];
    for (const auto item : lists[user]) (out += ' ') += item_id(item);
    out += '\n';
  }
  return WriteFileAtomically(file, out);
}

}  // namespace medley::evaluation
