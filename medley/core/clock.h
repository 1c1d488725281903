#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace medley {

/// Milliseconds since 1970-01-01T00:00:00Z.
using TimeMs = std::int64_t;

inline constexpr TimeMs kSecondMs = 1000;
inline constexpr TimeMs kDayMs = 86'400 * kSecondMs;

TimeMs NowMs();

/// "2026-11-22T10:30:00.000Z".
std::string FormatTime(TimeMs time);

/// Reads seconds, milliseconds, microseconds or nanoseconds since 1970 (told apart by size; 1e11
/// and more are not seconds), and ISO 8601 dates and date-times with 'T' or a space, an optional
/// fraction, and 'Z' or "+hh:mm"; without a zone the text is taken to be `zone_offset_minutes` east
/// of UTC. Missing: nullopt where the text is none of these, or names a date that does not exist.
std::optional<TimeMs> ParseTime(std::string_view text, int zone_offset_minutes = 0);

/// Wall time since construction, for progress and reports.
class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace medley
