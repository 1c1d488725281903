#include "medley/core/clock.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace medley {
namespace {

/// Takes exactly `digits` digits off the front of `text`.
std::optional<int> TakeNumber(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc{} || end != text.data() + digits || text[0] == '-') return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool TakeChar(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<TimeMs> ParseNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  const double size = std::abs(value);
  double to_ms = 1e3;
  if (size >= 1e17) {
    to_ms = 1e-6;
  } else if (size >= 1e14) {
    to_ms = 1e-3;
  } else if (size >= 1e11) {
    to_ms = 1;
  }
  const double ms = value * to_ms;
  if (std::abs(ms) > 1e15) return std::nullopt;
  return static_cast<TimeMs>(std::llround(ms));
}

std::optional<TimeMs> TakeTimeOfDay(std::string_view& text) {
  const auto hour = TakeNumber(text, 2);
  if (!hour || *hour > 23 || !TakeChar(text, ":")) return std::nullopt;
  const auto minute = TakeNumber(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  TimeMs fraction = 0;
  if (TakeChar(text, ":")) {
    const auto value = TakeNumber(text, 2);
    if (!value || *value > 60) return std::nullopt;
    second = *value;
    if (TakeChar(text, ".,")) {
      TimeMs unit = 100;
      bool any = false;
      while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
        fraction += unit * (text[0] - '0');
        unit /= 10;
        any = true;
        text.remove_prefix(1);
      }
      if (!any) return std::nullopt;
    }
  }
  return ((*hour * 60 + *minute) * 60 + second) * kSecondMs + fraction;
}

/// Minutes east of UTC of "Z", "+hh:mm", "+hhmm"; `fallback` where the text is empty.
std::optional<int> ParseZone(std::string_view text, int fallback) {
  if (text.empty()) return fallback;
  if (text == "Z" || text == "z" || text == "UTC" || text == " UTC") return 0;
  const int sign = text[0] == '-' ? -1 : 1;
  if (!TakeChar(text, "+-")) return std::nullopt;
  const auto hours = TakeNumber(text, 2);
  TakeChar(text, ":");
  const auto minutes = text.empty() ? std::optional<int>(0) : TakeNumber(text, 2);
  if (!hours || !minutes || !text.empty() || *hours > 14 || *minutes > 59) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

}  // namespace

TimeMs NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string FormatTime(TimeMs time) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds(time)};
  const auto day = floor<std::chrono::days>(point);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{point - day};
  std::array<char, 64> out{};
  const int size = std::snprintf(out.data(),
                                 out.size(),
                                 "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                                 int{date.year()},
                                 unsigned{date.month()},
                                 unsigned{date.day()},
                                 static_cast<int>(clock.hours().count()),
                                 static_cast<int>(clock.minutes().count()),
                                 static_cast<int>(clock.seconds().count()),
                                 static_cast<int>(clock.subseconds().count()));
  return {out.data(), static_cast<std::size_t>(size)};
}

std::optional<TimeMs> ParseTime(std::string_view text, int zone_offset_minutes) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.empty()) return std::nullopt;
  const bool has_separator = text.size() >= 8 && (text[4] == '-' || text[4] == '/') &&
                             text.find_first_of("eE") == std::string_view::npos;
  if (!has_separator) return ParseNumber(text);

  const auto year = TakeNumber(text, 4);
  if (!year || !TakeChar(text, "-/")) return std::nullopt;
  const auto month = TakeNumber(text, 2);
  if (!month || !TakeChar(text, "-/")) return std::nullopt;
  const auto day = TakeNumber(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  TimeMs time = std::chrono::sys_days(date).time_since_epoch().count() * kDayMs;
  if (TakeChar(text, "Tt ")) {
    const auto time_of_day = TakeTimeOfDay(text);
    if (!time_of_day) return std::nullopt;
    time += *time_of_day;
  }
  const auto zone = ParseZone(text, zone_offset_minutes);
  if (!zone) return std::nullopt;
  return time - *zone * 60 * kSecondMs;
}

}  // namespace medley
