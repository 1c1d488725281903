#pragma once

#include <map>
#include <string>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/modality.h"

namespace medley::data {

/// A user as the operator knows them; what they did is in events.
struct User {
  std::string id;
  Json labels =
      Json::object();  ///< whatever the operator knows: {"age":24,"occupation":"technician"}
  std::string locale;  ///< "en", "zh"; empty: not known
  TimeMs created = 0;
  bool consent = true;  ///< false: events are counted, never used for this user's profile
};

/// One picture, sound or film of an item, by the SHA-256 of its bytes in the media store.
struct Media {
  Modality modality = Modality::kImage;
  std::string hash;
  std::string mime;
  std::string source;  ///< the name it came under, for messages
  int width = 0;       ///< pixels; 0: not known or none
  int height = 0;
  double duration_s = 0;  ///< seconds; 0: not known or none
};

/// What can be recommended.
struct Item {
  std::string id;
  std::string kind;  ///< "film", "song", "news"...; free
  std::string title;
  std::string description;
  std::map<std::string, std::string>
      texts;             ///< further texts by name; "title:zh", "description:zh" are translations
  std::string language;  ///< of title and description; empty: not known
  std::vector<std::string> categories;
  std::vector<std::string> tags;
  Json attributes = Json::object();  ///< flat: numbers, texts, booleans, lists of texts; "price"
                                     ///< and "year" are numbers where given
  TimeMs created = 0;
  bool hidden = false;  ///< never recommended or found, still explains past behaviour
  std::vector<Media> media;
};

/// JSON as the API, `medley export` and the JSONL reader speak it (docs/reference/formats.md).
/// Errors: kInvalidInput naming the field.
Json ToJson(const User& user);
Json ToJson(const Item& item);
Result<User> UserFromJson(const Json& json);
Result<Item> ItemFromJson(const Json& json);

/// What the text encoder reads: title, description, further texts, then categories and tags, at
/// most `max_bytes`, cut between characters.
std::string EncodableText(const Item& item, std::size_t max_bytes = 2000);

/// The title in `locale` where the item has one, else its own, else its id.
std::string DisplayTitle(const Item& item, std::string_view locale);

}  // namespace medley::data
