#include "medley/data/event_weights.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/data/event.h"

namespace medley::data {
namespace {

struct TypeDefault {
  EventType type;
  double weight;
  const char* help;
};

// A purchase says more than a click; a skip speaks against. Searches have no item and weigh nothing
// by themselves.
constexpr TypeDefault kDefaults[] = {
    {EventType::kClick, 0.3, "opened from a list"},
    {EventType::kBrowse, 0.2, "its page was seen"},
    {EventType::kFavourite, 1.0, "kept for later"},
    {EventType::kRating, 1.0, "rated; times rating_transform"},
    {EventType::kSearch, 0.0, "searched for; counts only where it names an item"},
    {EventType::kComment, 0.5, "commented on"},
    {EventType::kImageView, 0.3, "its pictures were looked at; times the share of full_seconds"},
    {EventType::kWatch, 0.8, "watched; times the share of its duration"},
    {EventType::kListen, 0.8, "listened to; times the share of its duration"},
    {EventType::kLike, 0.9, "liked"},
    {EventType::kShare, 1.0, "shared"},
    {EventType::kSkip, -0.5, "skipped"},
    {EventType::kPurchase, 1.5, "bought; times 1 + ln(quantity)"},
};

std::vector<ParameterSpec> MakeSpecs() {
  std::vector<ParameterSpec> specs;
  for (const TypeDefault& type : kDefaults) {
    specs.push_back({std::string(EventTypeName(type.type)),
                     type.weight,
                     std::string("weight of an item ") + type.help,
                     -100,
                     100});
  }

  ParameterSpec rating{"rating_transform",
                       std::string("raw"),
                       "what a rating counts: raw (rating / rating_max), one (any alike), centred "
                       "(minus the user's mean), sign (+1 or -1)"};
  rating.choices = {"raw", "one", "centred", "sign"};
  specs.push_back(rating);
  specs.push_back({"rating_max", 5.0, "the best rating there is", 0.001, 1e6});
  specs.push_back({"full_seconds",
                   30.0,
                   "seconds that count as the whole where an item's duration is not known",
                   0.001,
                   1e6});
  specs.push_back(
      {"half_life_days", 0.0, "age at which an event counts half; 0: age does not matter", 0, 1e6});
  specs.push_back(
      {"sentiment",
       std::string(),
       "what reads comments: a file of `medley models train ngrams` with the labels "
       "positive and negative; a comment then weighs by what it says. Empty: all alike"});
  return specs;
}

}  // namespace

const std::vector<ParameterSpec>& EventWeights::Specs() {
  static const std::vector<ParameterSpec> specs = MakeSpecs();
  return specs;
}

EventWeights::EventWeights() {
  for (const TypeDefault& type : kDefaults)
    weight_.at(static_cast<std::size_t>(type.type)) = static_cast<float>(type.weight);
  rating_ = Rating::kRaw;
}

Result<EventWeights> EventWeights::FromSettings(
    const std::map<std::string, std::string>& settings) {
  auto parameters = Parameters::FromText(Specs(), settings);
  if (!parameters) return Wrap("section [events]", std::move(parameters).error());
  EventWeights weights;
  for (const TypeDefault& type : kDefaults) {
    weights.weight_.at(static_cast<std::size_t>(type.type)) =
        static_cast<float>(parameters->Real(EventTypeName(type.type)));
  }
  const std::string& transform = parameters->Text("rating_transform");
  weights.rating_ = transform == "raw"       ? Rating::kRaw
                    : transform == "centred" ? Rating::kCentred
                    : transform == "sign"    ? Rating::kSign
                                             : Rating::kOne;
  weights.rating_max_ = parameters->Real("rating_max");
  weights.full_seconds_ = parameters->Real("full_seconds");
  weights.half_life_days_ = parameters->Real("half_life_days");
  return weights;
}

float EventWeights::RatingFactor(double value, double mean) const {
  switch (rating_) {
    case Rating::kOne:
      return 1;
    case Rating::kRaw:
      return static_cast<float>(value / rating_max_);
    case Rating::kCentred:
      return static_cast<float>(value - mean);
    case Rating::kSign:
      // The mean itself speaks for the item: who rates everything alike chose it at least.
      return value >= mean ? 1 : -1;
  }
  return 0;
}

float EventWeights::Weigh(EventType type,
                          double value,
                          double user_mean_rating,
                          double item_duration_s) const {
  const float weight = weight_.at(static_cast<std::size_t>(type));
  if (!std::isfinite(value)) return 0;
  switch (type) {
    case EventType::kRating:
      return weight * RatingFactor(value, user_mean_rating);
    case EventType::kImageView:
    case EventType::kWatch:
    case EventType::kListen: {
      // Foreign data often has the act without its length; the act then counts as whole.
      if (value <= 0) return value < 0 ? 0 : weight;
      return weight * static_cast<float>(std::min(
                          1.0, value / (item_duration_s > 0 ? item_duration_s : full_seconds_)));
    }
    case EventType::kPurchase:
      return value > 1 ? weight * static_cast<float>(1 + std::log(value)) : weight;
    default:
      return weight;
  }
}

float EventWeights::Decay(TimeMs time, TimeMs now) const {
  if (half_life_days_ <= 0 || time >= now) return 1;
  const double days = static_cast<double>(now - time) / static_cast<double>(kDayMs);
  return static_cast<float>(std::exp2(-days / half_life_days_));
}

std::vector<EventWeights::Weighed> EventWeights::WeighUser(std::span<const EventRow> rows,
                                                           TimeMs now) const {
  double sum = 0;
  std::size_t ratings = 0;
  TimeMs latest = 0;
  for (const EventRow& row : rows) {
    latest = std::max(latest, row.time);
    if (row.type != EventType::kRating) continue;
    sum += row.value;
    ++ratings;
  }
  const double mean = ratings == 0 ? 0 : sum / static_cast<double>(ratings);
  std::vector<Weighed> out;
  out.reserve(rows.size());
  for (const EventRow& row : rows) {
    if (row.item == 0) continue;
    const float weight =
        Weigh(row.type, row.value, mean) * Decay(row.time, now == 0 ? latest : now);
    if (weight != 0) out.push_back({row.item, weight, row.time});
  }
  return out;
}

}  // namespace medley::data
