#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/data/event.h"

namespace medley::data {

/// How much an event says for (> 0) or against (< 0) its item:
///   weight of its type x transform of its value x decay by age.
/// Transforms: ratings by [events] rating_transform ("raw": rating / rating_max, "one": any rating
/// counts alike, "centred": difference to the user's mean, "sign": +1 from the user's mean up, else
/// -1); seconds as their share of the item's duration, or of `full_seconds` where that is not
/// known, between 0 and 1; purchases by 1 + ln(quantity). Threads: immutable.
class EventWeights {
 public:
  EventWeights();
  /// The [events] section's specs: every name, default and meaning.
  static const std::vector<ParameterSpec>& Specs();
  /// Errors: kInvalidInput naming the setting.
  static Result<EventWeights> FromSettings(const std::map<std::string, std::string>& settings);

  /// Before decay. `user_mean_rating`: 0 where not known. `item_duration_s`: 0 where not known.
  float Weigh(EventType type,
              double value,
              double user_mean_rating = 0,
              double item_duration_s = 0) const;
  /// Makes comments weigh by what their words say of the item, from -1 (against) to 1 (for).
  /// Threads: `opinion` is called from any.
  void ListenTo(std::function<float(std::string_view text)> opinion) {
    opinion_ = std::move(opinion);
  }
  /// What an event's weight is to be multiplied by for its words; 1 for other events than comments,
  /// for those without words, and where nothing listens.
  float OpinionOf(EventType type, std::string_view text) const {
    return type == EventType::kComment && !text.empty() && opinion_ ? opinion_(text) : 1;
  }
  struct Weighed {
    std::int64_t item = 0;
    float weight = 0;
    TimeMs time = 0;
  };
  /// All events of one user that have an item, weighed against the user's own mean rating and
  /// decayed from `now` (0: the user's latest event). Those of weight 0 are left out.
  std::vector<Weighed> WeighUser(std::span<const EventRow> rows, TimeMs now = 0) const;
  /// 2^(-age / half-life); 1 where decay is off, or an age below 0.
  float Decay(TimeMs time, TimeMs now) const;

 private:
  enum class Rating { kOne, kRaw, kCentred, kSign };
  float RatingFactor(double value, double mean) const;

  std::array<float, kEventTypeCount> weight_{};
  Rating rating_ = Rating::kOne;
  double rating_max_ = 5;
  double full_seconds_ = 30;
  double half_life_days_ = 0;
  std::function<float(std::string_view)> opinion_;
};

}  // namespace medley::data
