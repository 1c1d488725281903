#include "medley/data/catalogue.h"

#include <algorithm>
#include <cstddef>
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

constexpr std::size_t kHashDigits = 64;

Json MediaToJson(const Media& media) {
  Json json = {{"modality", ModalityName(media.modality)}, {"hash", media.hash}};
  if (!media.mime.empty()) json["mime"] = media.mime;
  if (!media.source.empty()) json["source"] = media.source;
  if (media.width != 0) json["width"] = media.width;
  if (media.height != 0) json["height"] = media.height;
  if (media.duration_s != 0) json["duration_s"] = media.duration_s;
  return json;
}

int PixelCount(double value) { return static_cast<int>(std::clamp(value, 0.0, 1e9)); }

Result<Media> MediaFromJson(const Json& json) {
  JsonFields fields(json, "media");
  Media media;
  const auto modality = ParseModality(fields.Text("modality"));
  if (!modality || modality == Modality::kText)
    fields.Fail("field 'modality' must be image, audio or video");
  media.modality = modality.value_or(Modality::kImage);
  media.hash = fields.Text("hash");
  if (media.hash.size() != kHashDigits ||
      media.hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
    fields.Fail("field 'hash' must be a SHA-256 of 64 lower-case hexadecimal digits");
  }
  media.mime = fields.Text("mime");
  media.source = fields.Text("source");
  media.width = PixelCount(fields.Number("width", 0));
  media.height = PixelCount(fields.Number("height", 0));
  media.duration_s = fields.Number("duration_s", 0);
  MEDLEY_RETURN_IF_ERROR(fields.Finish());
  return media;
}

bool IsAttributeValue(const Json& value) {
  if (value.is_string() || value.is_number() || value.is_boolean()) return true;
  return value.is_array() &&
         std::ranges::all_of(value, [](const Json& entry) { return entry.is_string(); });
}

void ReadAttributes(JsonFields& fields, Json& attributes) {
  attributes = fields.Object("attributes");
  for (auto entry = attributes.begin(); entry != attributes.end();) {
    if (entry->is_null()) {
      entry = attributes.erase(entry);
      continue;
    }
    if (!IsAttributeValue(*entry)) {
      fields.Fail("attribute '" + entry.key() +
                  "' must be a number, a text, true or false, or a list of texts");
    }
    ++entry;
  }
}

/// Appends `part` on a line of its own unless it is empty.
void AddLine(std::string& text, std::string_view part) {
  if (part.empty()) return;
  if (!text.empty()) text += '\n';
  text += part;
}

}  // namespace

Json ToJson(const User& user) {
  Json json = {{"id", user.id}};
  if (!user.labels.empty()) json["labels"] = user.labels;
  if (!user.locale.empty()) json["locale"] = user.locale;
  if (user.created != 0) json["created"] = FormatTime(user.created);
  if (!user.consent) json["consent"] = false;
  return json;
}

Result<User> UserFromJson(const Json& json) {
  JsonFields fields(json, "user");
  User user;
  user.id = fields.Id("id", true);
  user.labels = fields.Object("labels");
  user.locale = fields.Text("locale");
  user.created = fields.Time("created", 0);
  user.consent = fields.Bool("consent", true);
  MEDLEY_RETURN_IF_ERROR(fields.Finish());
  return user;
}

Json ToJson(const Item& item) {
  Json json = {{"id", item.id}};
  if (!item.kind.empty()) json["kind"] = item.kind;
  if (!item.title.empty()) json["title"] = item.title;
  if (!item.description.empty()) json["description"] = item.description;
  if (!item.texts.empty()) json["texts"] = item.texts;
  if (!item.language.empty()) json["language"] = item.language;
  if (!item.categories.empty()) json["categories"] = item.categories;
  if (!item.tags.empty()) json["tags"] = item.tags;
  if (!item.attributes.empty()) json["attributes"] = item.attributes;
  if (item.created != 0) json["created"] = FormatTime(item.created);
  if (item.hidden) json["hidden"] = true;
  for (const Media& media : item.media) json["media"].push_back(MediaToJson(media));
  return json;
}

Result<Item> ItemFromJson(const Json& json) {
  JsonFields fields(json, "item");
  Item item;
  item.id = fields.Id("id", true);
  item.kind = fields.Text("kind");
  item.title = fields.Text("title");
  item.description = fields.Text("description");
  const Json texts = fields.Object("texts");
  for (const auto& [name, text] : texts.items()) {
    if (!text.is_string()) {
      fields.Fail("text '" + name + "' must be a text");
    } else {
      item.texts[name] = text.get<std::string>();
    }
  }
  item.language = fields.Text("language");
  item.categories = fields.Texts("categories");
  item.tags = fields.Texts("tags");
  ReadAttributes(fields, item.attributes);
  item.created = fields.Time("created", 0);
  item.hidden = fields.Bool("hidden", false);
  if (const Json* media = fields.Find("media")) {
    if (!media->is_array()) fields.Fail("field 'media' must be a list");
    for (const Json& entry : media->is_array() ? *media : Json::array()) {
      auto read = MediaFromJson(entry);
      if (read) {
        item.media.push_back(*std::move(read));
      } else {
        fields.Fail(read.error().message);
      }
    }
  }
  MEDLEY_RETURN_IF_ERROR(fields.Finish());
  return item;
}

std::string EncodableText(const Item& item, std::size_t max_bytes) {
  std::string text;
  AddLine(text, item.title);
  AddLine(text, item.description);
  for (const auto& [name, further] : item.texts) AddLine(text, further);
  std::string labels;
  for (const auto* list : {&item.categories, &item.tags}) {
    for (const std::string& label : *list) labels += (labels.empty() ? "" : ", ") + label;
  }
  AddLine(text, labels);
  return std::string(CutText(text, max_bytes));
}

std::string DisplayTitle(const Item& item, std::string_view locale) {
  const std::string_view language = locale.substr(0, locale.find_first_of("-_"));
  if (item.language != language) {
    const auto translated = item.texts.find("title:" + std::string(language));
    if (translated != item.texts.end() && !translated->second.empty()) return translated->second;
  }
  return item.title.empty() ? item.id : item.title;
}

}  // namespace medley::data
