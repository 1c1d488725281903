#include "medley/data/record_builder.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/columns.h"
#include "medley/data/event.h"
#include "medley/data/modality.h"
#include "medley/data/reader.h"
#include "medley/data/text_check.h"
#include "medley/data/time_format.h"

namespace medley::data {
namespace {

constexpr std::string_view kListColumns =
    " director directors writer writers actor actors cast stars country countries language "
    "languages artist artists author authors performer "
    "performers studio studios brand brands 导演 演员 编剧 国家 歌手 作者 ";

std::optional<double> ParseNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::optional<bool> ParseFlag(std::string_view text) {
  const std::string plain = PlainName(text);
  if (plain == "1" || plain == "true" || plain == "yes" || plain == "y") return true;
  if (plain == "0" || plain == "false" || plain == "no" || plain == "n") return false;
  return std::nullopt;
}

std::string Quote(std::string_view cell) { return "'" + std::string(CutText(cell, 60)) + "'"; }

/// "en", "zh", "pt-BR".
bool IsLanguageCode(std::string_view text) {
  const auto dash = text.find_first_of("-_");
  const auto language = text.substr(0, dash);
  return (language.size() == 2 || language.size() == 3) && text.size() <= 8 &&
         std::ranges::all_of(language, [](char c) { return c >= 'a' && c <= 'z'; });
}

/// Whether the digits mean a number and not a name: "007" and "+1" would not come back as they
/// were.
bool IsPlainNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text.size() > 15 ||
      text.find_first_not_of("0123456789.") != std::string_view::npos)
    return false;
  return text.size() == 1 || text[0] != '0' || text[1] == '.';
}

}  // namespace

bool IsMissing(std::string_view cell) {
  return cell.empty() || cell == "\\N" || cell == "NULL" || cell == "null" || cell == "NaN" ||
         cell == "nan" || cell == "NA" || cell == "N/A" || cell == "None";
}

std::vector<std::string> SplitList(std::string_view cell, char separator) {
  std::vector<std::string> entries;
  cell = TrimText(cell);
  if (separator == 0 && cell.starts_with('[')) {
    const auto json = ParseJson(cell);
    if (json && json->is_array() &&
        std::ranges::all_of(*json, [](const Json& entry) { return entry.is_string(); })) {
      return json->get<std::vector<std::string>>();
    }
  }
  if (separator == 0) {
    separator = cell.find('|') != std::string_view::npos   ? '|'
                : cell.find(';') != std::string_view::npos ? ';'
                                                           : ',';
  }
  std::size_t begin = 0;
  while (begin <= cell.size()) {
    const std::size_t end = std::min(cell.find(separator, begin), cell.size());
    const auto entry = TrimText(cell.substr(begin, end - begin));
    if (!entry.empty() && std::ranges::find(entries, entry) == entries.end())
      entries.emplace_back(entry);
    begin = end + 1;
  }
  return entries;
}

Json AttributeOf(std::string_view column, std::string_view cell, char separator) {
  cell = TrimText(cell);
  if (cell.starts_with('[')) {
    auto json = ParseJson(cell);
    if (json && json->is_array() &&
        std::ranges::all_of(*json, [](const Json& entry) { return entry.is_string(); }))
      return *std::move(json);
  }
  const bool list =
      separator != 0 || kListColumns.find(" " + PlainName(column) + " ") != std::string_view::npos;
  if (list) return SplitList(cell, separator);
  if (IsPlainNumber(cell)) {
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), whole);
    if (error == std::errc{} && end == cell.data() + cell.size()) return whole;
    if (const auto number = ParseNumber(cell)) return *number;
  }
  if (cell == "true" || cell == "false") return cell == "true";
  return std::string(cell);
}

RecordBuilder::RecordBuilder(ColumnPlan plan,
                             const std::vector<std::string>& names,
                             TimeFormat time,
                             const ReadOptions& options,
                             RecordSink& sink)
    : plan_(std::move(plan)), names_(names), time_(time), options_(options), sink_(sink) {
  column_of_.fill(kNone);
  for (std::size_t i = plan_.columns.size(); i-- > 0;)
    column_of_.at(static_cast<std::size_t>(plan_.columns[i].field)) = i;
}

Status RecordBuilder::Build(std::span<const std::string_view> cells, const Origin& origin) {
  const std::size_t expected = plan_.columns.size();
  if (cells.size() < expected ||
      std::ranges::any_of(cells.subspan(std::min(expected, cells.size())),
                          [](auto cell) { return !cell.empty(); })) {
    return sink_.OnReject(
        "",
        "has " + std::to_string(cells.size()) + " columns instead of " + std::to_string(expected),
        origin);
  }
  Problem problem;
  if (plan_.kind == RecordKind::kEvents) {
    EventView event;
    problem = MakeEvent(cells, event);
    if (problem.reason.empty()) return sink_.OnEvent(event, origin);
  } else if (plan_.kind == RecordKind::kItems) {
    Item item;
    std::vector<MediaReference> media;
    problem = MakeItem(cells, item, media);
    if (problem.reason.empty()) return sink_.OnItem(std::move(item), media, origin);
  } else {
    User user;
    problem = MakeUser(cells, user);
    if (problem.reason.empty()) return sink_.OnUser(std::move(user), origin);
  }
  return sink_.OnReject(problem.column == kNone ? std::string_view() : names_[problem.column],
                        problem.reason,
                        origin);
}

RecordBuilder::Problem RecordBuilder::MakeValue(std::span<const std::string_view> cells,
                                                EventView& event) const {
  const auto column = [&](Field field) { return column_of_[static_cast<std::size_t>(field)]; };
  if (column(Field::kType) != kNone) {
    const auto cell = TrimText(Cell(cells, Field::kType));
    const auto type = ParseEventType(cell);
    if (!type) return {column(Field::kType), "unknown event type " + Quote(cell)};
    event.type = *type;
  } else {
    event.type = column(Field::kRating) != kNone ? EventType::kRating : options_.event_type;
  }
  const Field source = event.type == EventType::kRating && column(Field::kRating) != kNone
                           ? Field::kRating
                           : Field::kValue;
  const auto cell = TrimText(Cell(cells, source));
  if (IsMissing(cell)) {
    if (event.type == EventType::kRating) return {column(source), "the rating is missing"};
    return {};
  }
  const auto value = ParseNumber(cell);
  if (!value) return {column(source), Quote(cell) + " is not a number"};
  event.value = *value;
  return {};
}

RecordBuilder::Problem RecordBuilder::MakeEvent(std::span<const std::string_view> cells,
                                                EventView& event) const {
  const auto column = [&](Field field) { return column_of_[static_cast<std::size_t>(field)]; };
  event.user = TrimText(Cell(cells, Field::kUser));
  if (auto good = CheckId("user", event.user); !good)
    return {column(Field::kUser), good.error().message};
  if (auto problem = MakeValue(cells, event); !problem.reason.empty()) return problem;
  event.item = TrimText(Cell(cells, Field::kItem));
  if (!event.item.empty() || event.type != EventType::kSearch) {
    if (auto good = CheckId("item", event.item); !good)
      return {column(Field::kItem), good.error().message};
  }
  if (const std::size_t at = column(Field::kTime); at != kNone) {
    const auto time = time_.Parse(cells[at]);
    if (!time) return {at, Quote(cells[at]) + " is no time (" + std::string(time_.name()) + ")"};
    event.time = *time;
  }
  event.text = Cell(cells, Field::kText);
  if (event.text.size() > kMaxTextBytes)
    return {column(Field::kText), "the text is longer than 1 MiB"};
  for (const auto& [field, out] : {std::pair{Field::kId, &event.id},
                                   std::pair{Field::kSession, &event.session},
                                   std::pair{Field::kRequest, &event.request}}) {
    *out = Cell(cells, field);
    if (out->empty()) continue;
    if (auto good = CheckId(names_[column(field)], *out); !good)
      return {column(field), good.error().message};
  }
  if (const auto name = Cell(cells, Field::kModality); !name.empty()) {
    event.modality = ParseModality(name);
    if (!event.modality)
      return {column(Field::kModality), "the modality must be text, image, audio or video"};
  }
  event.context = Cell(cells, Field::kContext);
  if (!event.context.empty()) {
    const auto json = ParseJson(event.context);
    if (!json || !json->is_object())
      return {column(Field::kContext), "the context must be a JSON object"};
  }
  return {};
}

RecordBuilder::Problem RecordBuilder::MakeItem(std::span<const std::string_view> cells,
                                               Item& item,
                                               std::vector<MediaReference>& media) const {
  item.kind = options_.kind;
  for (std::size_t i = 0; i < plan_.columns.size(); ++i) {
    const Column& column = plan_.columns[i];
    if (column.field == Field::kIgnored) continue;
    if (column.field == Field::kId) {
      item.id = TrimText(cells[i]);
      if (auto good = CheckId("id", item.id); !good) return {i, good.error().message};
      continue;
    }
    // "NA" and "None" are words like others where words are expected.
    const bool words = column.field == Field::kTitle || column.field == Field::kDescription ||
                       column.field == Field::kTranslation;
    if (words ? cells[i].empty() || cells[i] == "\\N" : IsMissing(TrimText(cells[i]))) continue;
    auto problem = SetItemField(column, cells[i], item, media);
    if (!problem.reason.empty()) return {i, std::move(problem.reason)};
  }
  return {};
}

RecordBuilder::Problem RecordBuilder::SetItemField(const Column& column,
                                                   std::string_view cell,
                                                   Item& item,
                                                   std::vector<MediaReference>& media) const {
  if (cell.size() > kMaxTextBytes) return {kNone, "the text is longer than 1 MiB"};
  switch (column.field) {
    case Field::kTitle:
      item.title = TrimText(cell);
      return {};
    case Field::kDescription:
      item.description = TrimText(cell);
      return {};
    case Field::kTranslation:
      item.texts[column.name] = TrimText(cell);
      return {};
    case Field::kKind:
      item.kind = TrimText(cell);
      return {};
    case Field::kLanguage:
      // A film's languages are something it has; a code says what the texts are written in.
      if (IsLanguageCode(TrimText(cell))) {
        item.language = TrimText(cell);
      } else {
        item.attributes["language"] = SplitList(cell, column.separator);
      }
      return {};
    case Field::kCategories:
      item.categories = SplitList(cell, column.separator);
      return {};
    case Field::kTags:
      item.tags = SplitList(cell, column.separator);
      return {};
    case Field::kAttribute:
      item.attributes[column.name] = AttributeOf(column.name, cell, column.separator);
      return {};
    case Field::kAttributes:
    case Field::kTexts: {
      auto json = ParseJson(cell);
      auto whole =
          json ? ItemFromJson(
                     {{"id", "x"}, {column.field == Field::kTexts ? "texts" : "attributes", *json}})
               : Result<Item>(tl::unexpected(json.error()));
      if (!whole) return {kNone, whole.error().message};
      item.texts.merge(whole->texts);
      item.attributes.update(whole->attributes);
      return {};
    }
    case Field::kCreated: {
      const auto time = time_.Parse(cell);
      if (!time) return {kNone, Quote(cell) + " is no time (" + std::string(time_.name()) + ")"};
      item.created = *time;
      return {};
    }
    case Field::kHidden: {
      const auto flag = ParseFlag(cell);
      if (!flag) return {kNone, Quote(cell) + " is neither true nor false"};
      item.hidden = *flag;
      return {};
    }
    case Field::kMedia:
      return AddMedia(cell, item, media);
    case Field::kMediaFile:
      media.push_back({ParseModality(column.name), std::string(TrimText(cell))});
      return {};
    default:
      return {};
  }
}

RecordBuilder::Problem RecordBuilder::AddMedia(std::string_view cell,
                                               Item& item,
                                               std::vector<MediaReference>& media) const {
  if (TrimText(cell).starts_with('[')) {
    auto json = ParseJson(cell);
    if (json && std::ranges::all_of(*json, [](const Json& entry) { return entry.is_object(); })) {
      auto whole = ItemFromJson({{"id", "x"}, {"media", *json}});
      if (!whole) return {kNone, whole.error().message};
      item.media = std::move(whole->media);
      return {};
    }
  }
  for (auto& path : SplitList(cell)) media.push_back({std::nullopt, std::move(path)});
  return {};
}

RecordBuilder::Problem RecordBuilder::MakeUser(std::span<const std::string_view> cells,
                                               User& user) const {
  for (std::size_t i = 0; i < plan_.columns.size(); ++i) {
    const Column& column = plan_.columns[i];
    const auto cell = TrimText(cells[i]);
    if (column.field == Field::kId) {
      user.id = cell;
      if (auto good = CheckId("id", user.id); !good) return {i, good.error().message};
      continue;
    }
    if (column.field == Field::kIgnored || IsMissing(cell)) continue;
    if (column.field == Field::kLocale) {
      user.locale = cell;
    } else if (column.field == Field::kTime) {
      const auto time = time_.Parse(cell);
      if (!time) return {i, Quote(cell) + " is no time (" + std::string(time_.name()) + ")"};
      user.created = *time;
    } else if (column.field == Field::kConsent) {
      const auto flag = ParseFlag(cell);
      if (!flag) return {i, Quote(cell) + " is neither true nor false"};
      user.consent = *flag;
    } else if (column.field == Field::kAttributes) {
      const auto json = ParseJson(cell);
      if (!json || !json->is_object()) return {i, "the labels must be a JSON object"};
      user.labels.update(*json);
    } else {
      user.labels[column.name] = AttributeOf(column.name, cell, column.separator);
    }
  }
  return {};
}

}  // namespace medley::data
