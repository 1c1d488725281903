#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/modality.h"

namespace medley::data {

enum class EventType : std::uint8_t {
  kClick,
  kBrowse,
  kFavourite,
  kRating,     ///< value: the rating
  kSearch,     ///< text: the query; no item
  kComment,    ///< text: the comment
  kImageView,  ///< value: seconds
  kWatch,      ///< value: seconds watched
  kListen,     ///< value: seconds listened
  kLike,
  kShare,
  kSkip,
  kPurchase,  ///< value: the quantity
};
inline constexpr int kEventTypeCount = 13;

/// "click", "browse", "favourite", "rating", "search", "comment", "image_view", "watch", "listen",
/// "like", "share", "skip", "purchase".
std::string_view EventTypeName(EventType type);
/// Also takes usual synonyms ("view" is browse, "play" is listen, "favorite", "buy"). Missing:
/// nullopt.
std::optional<EventType> ParseEventType(std::string_view name);

/// Something a user did. Append-only: corrected by deleting and appending.
struct Event {
  std::string
      id;  ///< given by the sender, which makes it idempotent; empty: identity is the content
  std::string user;
  std::string item;  ///< empty only for searches
  EventType type = EventType::kClick;
  double value = 0;  ///< unit by type; 0 where the type has none
  std::string text;
  std::optional<Modality> modality;
  std::string session;
  TimeMs time = 0;
  Json context;         ///< null or an object
  std::string request;  ///< the recommendation that caused it
};

/// An event as training reads it by the million: the store's numbers in place of ids, without the
/// rare fields.
struct EventRow {
  std::int64_t user = 0;
  std::int64_t item = 0;  ///< 0: none
  EventType type = EventType::kClick;
  float value = 0;
  TimeMs time = 0;
  std::string_view text;  ///< of comments and searches; valid during the call only
};

Json ToJson(const Event& event);
/// Errors: kInvalidInput naming the field. A missing time becomes `now`.
Result<Event> EventFromJson(const Json& json, TimeMs now);

}  // namespace medley::data
