#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/data/event_batch.h"

namespace medley::data {

/// Why an event cannot be, or says nothing.
enum class Dirt : std::uint8_t {
  kImpossibleValue,  ///< a rating outside its range, a negative or endless time watched
  kImpossibleTime,   ///< before 1990 or in the future
  kNoise,            ///< too short to mean anything, a text without a letter
  kBot,              ///< faster than people are
};
/// "impossible_value", "impossible_time", "noise", "bot".
std::string_view DirtName(Dirt dirt);

struct Finding {
  Dirt dirt = Dirt::kNoise;
  std::string_view field;
  std::string reason;
};

/// Finds events that cannot be, that say nothing, and those of users who are no people, by the
/// [import] section. Missing: time 0 (the source has no times) is let through. Threads: immutable
/// after FromSettings.
class Cleaning {
 public:
  static const std::vector<ParameterSpec>& Specs();
  /// Errors: kInvalidInput naming the setting.
  static Result<Cleaning> FromSettings(const std::map<std::string, std::string>& settings,
                                       TimeMs now);

  std::optional<Finding> Check(const EventView& event) const;
  /// The rows of users who did more than the limit within some minute of the batch: all of that
  /// minute's. In the order of the batch. Sources whose times are whole minutes or days say nothing
  /// about speed: none then. Cost: sorts the batch once.
  std::vector<std::uint32_t> FindBots(const EventBatch& batch) const;
  std::int64_t bot_limit() const { return bot_limit_; }

 private:
  double rating_min_ = 0;
  double rating_max_ = 10;
  double max_seconds_ = 86400;
  double min_seconds_ = 0.5;
  std::int64_t bot_limit_ = 600;
  TimeMs latest_ = 0;
};

}  // namespace medley::data
