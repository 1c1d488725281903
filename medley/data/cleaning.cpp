#include "medley/data/cleaning.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/data/event.h"
#include "medley/data/event_batch.h"

namespace medley::data {
namespace {

constexpr TimeMs kMinuteMs = 60 * kSecondMs;
constexpr TimeMs kYear1990 = 631'152'000 * kSecondMs;
// The s3rec reader counts the seconds of 1970's first day for sources that have an order and no
// times.
constexpr TimeMs kOrderOnly = kDayMs;
// Clocks of phones run ahead.
constexpr TimeMs kClockTolerance = kDayMs;

bool HasWords(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
  });
}

std::string Print(double value) { return Json(value).dump(); }

bool HasSeconds(EventType type) {
  return type == EventType::kWatch || type == EventType::kListen || type == EventType::kImageView;
}

}  // namespace

std::string_view DirtName(Dirt dirt) {
  constexpr std::array<std::string_view, 4> kNames = {
      "impossible_value", "impossible_time", "noise", "bot"};
  return kNames.at(static_cast<std::size_t>(dirt));
}

const std::vector<ParameterSpec>& Cleaning::Specs() {
  static const std::vector<ParameterSpec> specs = {
      {"rating_min", 0.0, "the lowest rating there is", -1e6, 1e6, {}},
      {"rating_max", 10.0, "the highest rating there is", -1e6, 1e6, {}},
      {"max_seconds",
       86400.0,
       "longest time watched, listened to or looked at that is believed",
       1,
       1e9,
       {}},
      {"min_seconds", 0.5, "shorter ones are noise; 0: keep all", 0, 3600, {}},
      {"bot_events_per_minute",
       std::int64_t{600},
       "who does more in a minute is no person; 0: off",
       0,
       1'000'000,
       {}},
  };
  return specs;
}

Result<Cleaning> Cleaning::FromSettings(const std::map<std::string, std::string>& settings,
                                        TimeMs now) {
  std::map<std::string, std::string> ours;
  for (const ParameterSpec& spec : Specs()) {
    if (const auto given = settings.find(spec.name); given != settings.end()) ours.insert(*given);
  }
  auto parameters = Parameters::FromText(Specs(), ours);
  if (!parameters) return Wrap("section [import]", std::move(parameters).error());
  Cleaning cleaning;
  cleaning.rating_min_ = parameters->Real("rating_min");
  cleaning.rating_max_ = parameters->Real("rating_max");
  cleaning.max_seconds_ = parameters->Real("max_seconds");
  cleaning.min_seconds_ = parameters->Real("min_seconds");
  cleaning.bot_limit_ = parameters->Int("bot_events_per_minute");
  cleaning.latest_ = now + kClockTolerance;
  return cleaning;
}

std::optional<Finding> Cleaning::Check(const EventView& event) const {
  if (!std::isfinite(event.value)) return Finding{Dirt::kImpossibleValue, "value", "is not finite"};
  if (event.type == EventType::kRating &&
      (event.value < rating_min_ || event.value > rating_max_)) {
    return Finding{Dirt::kImpossibleValue,
                   "value",
                   "rating " + Print(event.value) + " is outside " + Print(rating_min_) + " to " +
                       Print(rating_max_) +
                       "; the range is import.rating_min and rating_max in medley.toml"};
  }
  if (HasSeconds(event.type)) {
    if (event.value < 0)
      return Finding{
          Dirt::kImpossibleValue, "value", "negative time of " + Print(event.value) + " s"};
    if (event.value > max_seconds_)
      return Finding{Dirt::kImpossibleValue,
                     "value",
                     Print(event.value) + " s are more than import.max_seconds"};
    // 0 stands for a source that does not measure.
    if (event.value > 0 && event.value < min_seconds_)
      return Finding{
          Dirt::kNoise, "value", Print(event.value) + " s are less than import.min_seconds"};
  }
  if (event.type == EventType::kPurchase && event.value < 0)
    return Finding{Dirt::kImpossibleValue, "value", "negative quantity"};
  if (event.time > latest_)
    return Finding{Dirt::kImpossibleTime, "time", "lies in the future: " + FormatTime(event.time)};
  if (event.time < 0 || (event.time > kOrderOnly && event.time < kYear1990)) {
    return Finding{Dirt::kImpossibleTime, "time", "lies before 1990: " + FormatTime(event.time)};
  }
  if ((event.type == EventType::kComment || event.type == EventType::kSearch) &&
      !event.text.empty() && !HasWords(event.text)) {
    return Finding{Dirt::kNoise, "text", "has no word"};
  }
  return std::nullopt;
}

std::vector<std::uint32_t> Cleaning::FindBots(const EventBatch& batch) const {
  std::vector<std::uint32_t> bots;
  const auto& rows = batch.rows();
  if (bot_limit_ <= 0 || rows.size() <= static_cast<std::size_t>(bot_limit_)) return bots;
  const auto coarse =
      static_cast<std::size_t>(std::ranges::count_if(rows, [](const EventBatch::Row& row) {
        return row.time % kMinuteMs == 0 || row.time < kOrderOnly;
      }));
  if (coarse * 2 > rows.size()) return bots;

  // Only users with so many events at all need a look at their times.
  std::vector<std::uint32_t> counts(batch.users().size(), 0);
  for (const auto& row : rows) ++counts[row.user];
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (counts[rows[i].user] > static_cast<std::uint64_t>(bot_limit_)) order.push_back(i);
  }
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return rows[a].user != rows[b].user ? rows[a].user < rows[b].user : rows[a].time < rows[b].time;
  });
  std::size_t first = 0;
  std::size_t marked = 0;  // order[.. marked) is decided
  for (std::size_t last = 0; last < order.size(); ++last) {
    const auto& row = rows[order[last]];
    while (rows[order[first]].user != row.user || row.time - rows[order[first]].time >= kMinuteMs)
      ++first;
    if (last - first + 1 <= static_cast<std::size_t>(bot_limit_)) continue;
    for (std::size_t i = std::max(first, marked); i <= last; ++i) bots.push_back(order[i]);
    marked = last + 1;
  }
  std::ranges::sort(bots);
  return bots;
}

}  // namespace medley::data
