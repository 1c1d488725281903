#include "medley/data/time_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "medley/core/clock.h"
#include "medley/data/text_check.h"

namespace medley::data {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

bool AllDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<int> TakeNumber(std::string_view& text) {
  int value = 0;
  const std::size_t limit = std::min<std::size_t>(text.size(), 4);
  const auto [end, error] = std::from_chars(text.data(), text.data() + limit, value);
  if (error != std::errc{} || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

bool Take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

bool TakeSeparator(std::string_view& text) {
  if (text.empty() || std::string_view("/.- ").find(text[0]) == std::string_view::npos)
    return false;
  text.remove_prefix(1);
  return true;
}

std::optional<int> TakeMonthName(std::string_view& text) {
  if (text.size() < 3) return std::nullopt;
  const std::string name = PlainName(text.substr(0, 3));
  const auto found = std::ranges::find(kMonths, name);
  if (found == kMonths.end()) return std::nullopt;
  text.remove_prefix(3);
  while (!text.empty() && std::string_view("/.- ").find(text[0]) == std::string_view::npos)
    text.remove_prefix(1);
  return static_cast<int>(found - kMonths.begin()) + 1;
}

/// Two digits mean 1970 to 2069.
int FullYear(int year, bool short_form) {
  return !short_form ? year : year < 70 ? 2000 + year : 1900 + year;
}

std::optional<TimeMs> FromParts(
    int year, int month, int day, std::string_view time_of_day, int zone) {
  std::array<char, 32> date{};
  std::snprintf(date.data(), date.size(), "%04d-%02d-%02d", year, month, day);
  std::string text = date.data();
  const std::string_view rest = TrimText(time_of_day);
  if (!rest.empty()) {
    // "9:05" is "09:05" to ParseTime.
    text += rest.size() > 1 && rest[1] == ':' ? " 0" : " ";
    text += rest;
  }
  return ParseTime(text, zone);
}

}  // namespace

std::optional<TimeMs> TimeFormat::ParseParts(Kind kind, std::string_view text, int zone) {
  std::optional<int> first;
  std::optional<int> second;
  std::optional<int> third;
  std::size_t year_digits = 4;
  switch (kind) {
    case Kind::kChinese:
      first = TakeNumber(text);
      if (!first || !Take(text, "年")) return std::nullopt;
      second = TakeNumber(text);
      if (!second || !Take(text, "月")) return std::nullopt;
      third = TakeNumber(text);
      if (!third || !Take(text, "日")) return std::nullopt;
      return FromParts(*first, *second, *third, text, zone);
    case Kind::kNamedMonth:
      first = TakeNumber(text);
      if (!first || !TakeSeparator(text)) return std::nullopt;
      second = TakeMonthName(text);
      break;
    default:
      first = TakeNumber(text);
      if (!first || !TakeSeparator(text)) return std::nullopt;
      second = TakeNumber(text);
      break;
  }
  if (!second || !TakeSeparator(text)) return std::nullopt;
  const std::size_t before = text.size();
  third = TakeNumber(text);
  if (!third) return std::nullopt;
  year_digits = before - text.size();
  const int year = FullYear(*third, year_digits <= 2);
  if (kind == Kind::kMonthFirst) return FromParts(year, *first, *second, text, zone);
  return FromParts(year, *second, *first, text, zone);
}

TimeFormat TimeFormat::Detect(std::span<const std::string_view> sample, int zone_offset_minutes) {
  TimeFormat best;
  best.zone_offset_minutes_ = zone_offset_minutes;
  const TimeMs latest = NowMs() + 10 * 365 * kDayMs;
  const auto works = [&](Kind kind) {
    std::size_t seen = 0;
    std::size_t good = 0;
    TimeFormat format;
    format.kind_ = kind;
    for (const std::string_view raw : sample) {
      const auto text = TrimText(raw);
      if (text.empty()) continue;
      ++seen;
      const auto time = format.Parse(text);
      good += time && *time < latest ? 1 : 0;
    }
    return seen > 0 && good * 2 > seen;
  };
  // The compact forms come before the general one, which would take them for seconds or
  // microseconds.
  for (const Kind kind : {Kind::kCompactDate,
                          Kind::kCompactTime,
                          Kind::kGeneral,
                          Kind::kNamedMonth,
                          Kind::kChinese}) {
    if (works(kind)) {
      best.kind_ = kind;
      return best;
    }
  }
  const bool dots = std::ranges::any_of(sample, [](std::string_view text) {
    return text.substr(0, 3).find('.') != std::string_view::npos;
  });
  std::size_t month_first = 0;
  std::size_t day_first = 0;
  for (const std::string_view text : sample) {
    month_first += ParseParts(Kind::kMonthFirst, TrimText(text), 0) ? 1 : 0;
    day_first += ParseParts(Kind::kDayFirst, TrimText(text), 0) ? 1 : 0;
  }
  if (month_first + day_first == 0) return best;
  best.kind_ = month_first > day_first || (month_first == day_first && !dots) ? Kind::kMonthFirst
                                                                              : Kind::kDayFirst;
  return best;
}

std::optional<TimeMs> TimeFormat::Parse(std::string_view text) const {
  if (kind_ == Kind::kGeneral) {
    // Whole seconds and milliseconds, the common case, without ParseTime's detours.
    if (text.size() >= 9 && text.size() <= 13 && AllDigits(text)) {
      TimeMs value = 0;
      std::from_chars(text.data(), text.data() + text.size(), value);
      return value < 100'000'000'000 ? value * kSecondMs : value;
    }
    return ParseTime(text, zone_offset_minutes_);
  }
  text = TrimText(text);
  if (kind_ == Kind::kCompactDate || kind_ == Kind::kCompactTime) {
    const bool with_time = kind_ == Kind::kCompactTime;
    if (text.size() != (with_time ? 14 : 8) || !AllDigits(text)) return std::nullopt;
    std::string iso = std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) + "-" +
                      std::string(text.substr(6, 2));
    if (with_time) {
      iso += " " + std::string(text.substr(8, 2)) + ":" + std::string(text.substr(10, 2)) + ":" +
             std::string(text.substr(12, 2));
    }
    const auto time = ParseTime(iso, zone_offset_minutes_);
    // A year before 1900 shows that the number is no date.
    return time && *time > -2'208'988'800'000 ? time : std::nullopt;
  }
  return ParseParts(kind_, text, zone_offset_minutes_);
}

std::string_view TimeFormat::name() const {
  switch (kind_) {
    case Kind::kGeneral:
      return "since 1970 or ISO 8601";
    case Kind::kCompactDate:
      return "yyyymmdd";
    case Kind::kCompactTime:
      return "yyyymmddhhmmss";
    case Kind::kDayFirst:
      return "day, month, year";
    case Kind::kMonthFirst:
      return "month, day, year";
    case Kind::kNamedMonth:
      return "day, month's name, year";
    case Kind::kChinese:
      return "year 年 month 月 day 日";
  }
  return {};
}

}  // namespace medley::data
