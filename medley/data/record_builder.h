#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/columns.h"
#include "medley/data/reader.h"
#include "medley/data/time_format.h"

namespace medley::data {

/// Makes items, users and events out of rows of cells, by a plan of the columns. A row that is
/// wrong goes to the sink's OnReject with the name of its column. Missing: empty cells and NULL,
/// NA, NaN, \N leave a field unset. An event without a time column has time 0; with neither type
/// nor rating it is of options.event_type. Threads: one.
class RecordBuilder {
 public:
  /// `names`, `options` and `sink` must outlive it.
  RecordBuilder(ColumnPlan plan,
                const std::vector<std::string>& names,
                TimeFormat time,
                const ReadOptions& options,
                RecordSink& sink);
  Status Build(std::span<const std::string_view> cells, const Origin& origin);

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Problem {
    std::size_t column = kNone;
    std::string reason;
  };

  std::string_view Cell(std::span<const std::string_view> cells, Field field) const {
    const std::size_t column = column_of_[static_cast<std::size_t>(field)];
    return column == kNone ? std::string_view() : cells[column];
  }
  Problem MakeEvent(std::span<const std::string_view> cells, EventView& event) const;
  Problem MakeValue(std::span<const std::string_view> cells, EventView& event) const;
  Problem MakeItem(std::span<const std::string_view> cells,
                   Item& item,
                   std::vector<MediaReference>& media) const;
  Problem MakeUser(std::span<const std::string_view> cells, User& user) const;
  Problem SetItemField(const Column& column,
                       std::string_view cell,
                       Item& item,
                       std::vector<MediaReference>& media) const;
  Problem AddMedia(std::string_view cell, Item& item, std::vector<MediaReference>& media) const;

  ColumnPlan plan_;
  const std::vector<std::string>& names_;
  TimeFormat time_;
  const ReadOptions& options_;
  RecordSink& sink_;
  std::array<std::size_t, 32> column_of_{};
};

/// Whether a cell says that there is no value.
bool IsMissing(std::string_view cell);
/// "a|b", "a; b", "a, b" or a JSON list as its entries; `separator` 0: told by the cell.
std::vector<std::string> SplitList(std::string_view cell, char separator = 0);
/// A number where the cell is one as a whole and would be printed alike ("007" is no number), a
/// list where the column's name is one that holds lists ("actors"), else a text.
Json AttributeOf(std::string_view column, std::string_view cell, char separator = 0);

}  // namespace medley::data
