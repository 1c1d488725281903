#include "medley/evaluation/split_files.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/evaluation/event_lines.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/ratings.h"

namespace medley::evaluation {
namespace {

using Lists = std::vector<std::vector<std::uint32_t>>;

/// Reads the files of one split, one after the other.
class SplitReader {
 public:
  SplitReader(const SplitPaths& paths, std::size_t n_items, const FindItem& find)
      : paths_(paths), n_items_(n_items), find_(find) {}

  Result<FileSplit> Read() {
    auto& split = out_.split;
    std::vector<data::Interactions::Row> rows;
    MEDLEY_RETURN_IF_ERROR(ReadRows(paths_.train, rows));
    const std::size_t n_train = rows.size();
    if (!paths_.valid.empty()) {
      MEDLEY_RETURN_IF_ERROR(ReadRows(paths_.valid, rows));
      for (const auto& row : std::span(rows).subspan(n_train)) {
        if (row.interaction.weight > 0) Put(split.valid, row.user, row.interaction.item);
      }
    }
    std::vector<data::Interactions::Row> test_rows;
    MEDLEY_RETURN_IF_ERROR(ReadRows(paths_.test, test_rows));
    for (const auto& row : test_rows) {
      if (row.interaction.weight > 0) Put(split.test, row.user, row.interaction.item);
    }
    for (const auto& mask : paths_.masks) {
      std::vector<data::Interactions::Row> masked;
      MEDLEY_RETURN_IF_ERROR(ReadRows(mask, masked));
      for (const auto& row : masked) Put(split.mask, row.user, row.interaction.item);
    }
    MEDLEY_RETURN_IF_ERROR(ReadItems(paths_.candidates, split.candidates));
    MEDLEY_RETURN_IF_ERROR(ReadItems(paths_.valid_candidates, split.valid_candidates));
    const std::size_t n_users = out_.users.size();
    SortWithoutRepeats(split.valid, n_users);
    SortWithoutRepeats(split.test, n_users);
    if (!paths_.masks.empty()) SortWithoutRepeats(split.mask, n_users);
    split.train = data::Interactions(
        n_users, n_items_, {rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(n_train)});
    split.full = data::Interactions(n_users, n_items_, std::move(rows));
    return std::move(out_);
  }

  Result<FileRatings> ReadRatings() {
    std::vector<data::Interactions::Row> rows;
    std::vector<data::Interactions::Row> test;
    std::vector<data::Interactions::Row> valid;
    MEDLEY_RETURN_IF_ERROR(ReadRows(paths_.train, rows, true));
    if (!paths_.valid.empty()) MEDLEY_RETURN_IF_ERROR(ReadRows(paths_.valid, valid, true));
    MEDLEY_RETURN_IF_ERROR(ReadRows(paths_.test, test, true));
    FileRatings out;
    const std::size_t n_users = out_.users.size();
    out.split.tuning = data::Interactions(n_users, n_items_, KeepLast(rows));
    rows.insert(rows.end(), valid.begin(), valid.end());
    out.split.train = data::Interactions(n_users, n_items_, KeepLast(std::move(rows)));
    out.split.valid = ByUser(std::move(valid));
    out.split.test = ByUser(std::move(test));
    out.users = std::move(out_.users);
    return out;
  }

 private:
  static std::vector<Rated> ByUser(std::vector<data::Interactions::Row> rows) {
    std::vector<Rated> out;
    for (const auto& row : KeepLast(std::move(rows)))
      out.push_back({row.user, row.interaction.item, row.interaction.weight});
    std::ranges::stable_sort(out, {}, &Rated::user);
    return out;
  }

  static void Put(Lists& lists, UserIndex user, ItemIndex item) {
    if (lists.size() <= user) lists.resize(user + 1);
    lists[user].push_back(item);
  }

  Status ReadRows(const std::filesystem::path& file,
                  std::vector<data::Interactions::Row>& rows,
                  bool ratings = false) {
    return ForEachEvent(file, [&](const EventLine& line) -> Status {
      const auto item = find_(line.item);
      if (item == kNoIndex) {
        return WrongLine(file,
                         line.number,
                         "the workspace has no item '" + std::string(line.item) +
                             "': import the catalogue first");
      }
      if (ratings && line.rating == kNoRating)
        return WrongLine(file, line.number, "it has no rating to predict");
      if (ratings) {
        const auto rating = static_cast<float>(line.rating);
        rows.push_back({out_.users.Intern(line.user), {item, rating, line.time}});
        return {};
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
        return WrongLine(file, number, "the workspace has no item '" + std::string(id) + "'");
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

Result<FileRatings> LoadRatings(const SplitPaths& paths,
                                std::size_t n_items,
                                const FindItem& find) {
  return SplitReader(paths, n_items, find).ReadRatings();
}

void SortWithoutRepeats(Lists& lists, std::size_t n_users) {
  lists.resize(n_users);
  for (auto& list : lists) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
}

Result<Lists> ReadRanking(const std::filesystem::path& file,
                          const IdMap& users,
                          const FindItem& find) {
  MEDLEY_ASSIGN_OR_RETURN(const auto text, ReadFile(file));
  Lists lists(users.size());
  std::unordered_set<ItemIndex> listed;
  MEDLEY_RETURN_IF_ERROR(ForEachLine(text, [&](std::string_view line, std::size_t) -> Status {
    const auto words = Fields(line, " \t");
    const auto user = users.Find(words.front());
    if (user == kNoIndex) return {};
    auto& list = lists[user];
    list.clear();
    listed.clear();
    for (const auto word : std::span(words).subspan(1)) {
      const auto item = word.empty() ? kNoIndex : find(word);
      if (item != kNoIndex && listed.insert(item).second) list.push_back(item);
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
