#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "medley/core/clock.h"

namespace medley::data {

/// How a column writes its times, told by a sample of it: numbers since 1970 (s, ms, us, ns), ISO
/// 8601, 20240131, 20240131235959, 31.12.2024, 12/31/2024 or 31/12/2024 with an optional time of
/// day, 2024年1月31日, 1-Jan-1995. Day and month are told apart by a value above 12 in the sample;
/// without one a slash means month first, a dot day first. Cost: numbers about 10 ns, the others
/// 100 ns.
class TimeFormat {
 public:
  TimeFormat() = default;
  static TimeFormat Detect(std::span<const std::string_view> sample, int zone_offset_minutes = 0);
  /// Missing: nullopt for what is no time in this format, or a date that does not exist.
  std::optional<TimeMs> Parse(std::string_view text) const;
  /// "seconds since 1970", "day/month/year"...
  std::string_view name() const;

 private:
  enum class Kind : std::uint8_t {
    kGeneral,
    kCompactDate,
    kCompactTime,
    kDayFirst,
    kMonthFirst,
    kNamedMonth,
    kChinese
  };
  static std::optional<TimeMs> ParseParts(Kind kind,
                                          std::string_view text,
                                          int zone_offset_minutes);

  Kind kind_ = Kind::kGeneral;
  int zone_offset_minutes_ = 0;
};

}  // namespace medley::data
