#include "medley/data/event.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/json_fields.h"
#include "medley/data/modality.h"
#include "medley/data/text_check.h"

namespace medley::data {
namespace {

constexpr std::array<std::string_view, kEventTypeCount> kNames = {"click",
                                                                  "browse",
                                                                  "favourite",
                                                                  "rating",
                                                                  "search",
                                                                  "comment",
                                                                  "image_view",
                                                                  "watch",
                                                                  "listen",
                                                                  "like",
                                                                  "share",
                                                                  "skip",
                                                                  "purchase"};

struct Synonym {
  std::string_view plain;  ///< as PlainName gives it
  EventType type;
};
constexpr std::array kSynonyms = {
    Synonym{"imageview", EventType::kImageView}, Synonym{"view", EventType::kBrowse},
    Synonym{"pageview", EventType::kBrowse},     Synonym{"pv", EventType::kBrowse},
    Synonym{"visit", EventType::kBrowse},        Synonym{"detail", EventType::kBrowse},
    Synonym{"read", EventType::kBrowse},         Synonym{"clicked", EventType::kClick},
    Synonym{"tap", EventType::kClick},           Synonym{"open", EventType::kClick},
    Synonym{"favorite", EventType::kFavourite},  Synonym{"fav", EventType::kFavourite},
    Synonym{"bookmark", EventType::kFavourite},  Synonym{"collect", EventType::kFavourite},
    Synonym{"save", EventType::kFavourite},      Synonym{"wishlist", EventType::kFavourite},
    Synonym{"addtocart", EventType::kFavourite}, Synonym{"cart", EventType::kFavourite},
    Synonym{"rate", EventType::kRating},         Synonym{"score", EventType::kRating},
    Synonym{"query", EventType::kSearch},        Synonym{"review", EventType::kComment},
    Synonym{"reply", EventType::kComment},       Synonym{"viewimage", EventType::kImageView},
    Synonym{"zoom", EventType::kImageView},      Synonym{"video", EventType::kWatch},
    Synonym{"watched", EventType::kWatch},       Synonym{"play", EventType::kListen},
    Synonym{"stream", EventType::kListen},       Synonym{"listened", EventType::kListen},
    Synonym{"liked", EventType::kLike},          Synonym{"thumbsup", EventType::kLike},
    Synonym{"upvote", EventType::kLike},         Synonym{"forward", EventType::kShare},
    Synonym{"repost", EventType::kShare},        Synonym{"skipped", EventType::kSkip},
    Synonym{"dislike", EventType::kSkip},        Synonym{"thumbsdown", EventType::kSkip},
    Synonym{"hide", EventType::kSkip},           Synonym{"buy", EventType::kPurchase},
    Synonym{"order", EventType::kPurchase},      Synonym{"transaction", EventType::kPurchase},
    Synonym{"bought", EventType::kPurchase},     Synonym{"点击", EventType::kClick},
    Synonym{"浏览", EventType::kBrowse},         Synonym{"收藏", EventType::kFavourite},
    Synonym{"评分", EventType::kRating},         Synonym{"搜索", EventType::kSearch},
    Synonym{"评论", EventType::kComment},        Synonym{"观看", EventType::kWatch},
    Synonym{"收听", EventType::kListen},         Synonym{"点赞", EventType::kLike},
    Synonym{"分享", EventType::kShare},          Synonym{"跳过", EventType::kSkip},
    Synonym{"购买", EventType::kPurchase},
};

}  // namespace

std::string_view EventTypeName(EventType type) { return kNames.at(static_cast<std::size_t>(type)); }

std::optional<EventType> ParseEventType(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames.at(i) == name) return static_cast<EventType>(i);
  }
  const std::string plain = PlainName(name);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames.at(i) == plain) return static_cast<EventType>(i);
  }
  for (const Synonym& synonym : kSynonyms) {
    if (synonym.plain == plain) return synonym.type;
  }
  return std::nullopt;
}

Json ToJson(const Event& event) {
  Json json = {
      {"user", event.user}, {"type", EventTypeName(event.type)}, {"time", FormatTime(event.time)}};
  if (!event.id.empty()) json["id"] = event.id;
  if (!event.item.empty()) json["item"] = event.item;
  if (event.value != 0) json["value"] = event.value;
  if (!event.text.empty()) json["text"] = event.text;
  if (event.modality) json["modality"] = ModalityName(*event.modality);
  if (!event.session.empty()) json["session"] = event.session;
  if (event.context.is_object()) json["context"] = event.context;
  if (!event.request.empty()) json["request"] = event.request;
  return json;
}

Result<Event> EventFromJson(const Json& json, TimeMs now) {
  JsonFields fields(json, "event");
  Event event;
  event.id = fields.Id("id", false);
  event.user = fields.Id("user", true);
  event.item = fields.Id("item", false);
  const std::string type = fields.Text("type");
  if (const auto parsed = ParseEventType(type)) {
    event.type = *parsed;
  } else {
    std::string known;
    for (const auto name : kNames) known += (known.empty() ? "" : ", ") + std::string(name);
    fields.Fail((type.empty() ? "field 'type' is missing"
                              : "field 'type' is '" + std::string(CutText(type, 80)) + "'") +
                "; it must be one of " + known);
  }
  event.value = fields.Number("value", 0);
  event.text = fields.Text("text");
  if (const std::string name = fields.Text("modality"); !name.empty()) {
    event.modality = ParseModality(name);
    if (!event.modality) fields.Fail("field 'modality' must be text, image, audio or video");
  }
  event.session = fields.Id("session", false);
  event.time = fields.Time("time", now);
  if (fields.Find("context") != nullptr) event.context = fields.Object("context");
  event.request = fields.Id("request", false);
  if (event.item.empty() && event.type != EventType::kSearch) {
    fields.Fail("field 'item' is missing; only a search can go without");
  }
  MEDLEY_RETURN_IF_ERROR(fields.Finish());
  return event;
}

}  // namespace medley::data
