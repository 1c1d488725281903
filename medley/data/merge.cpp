#include "medley/data/merge.h"

#include <algorithm>
#include <utility>

#include "medley/data/catalogue.h"

namespace medley::data {
namespace {

template <typename Value>
void Replace(Value& base, const Value& given) {
  if (!given.empty()) base = given;
}

}  // namespace

Item MergeItem(Item base, const Item& given) {
  Replace(base.kind, given.kind);
  Replace(base.title, given.title);
  Replace(base.description, given.description);
  for (const auto& [name, text] : given.texts) base.texts[name] = text;
  Replace(base.language, given.language);
  Replace(base.categories, given.categories);
  Replace(base.tags, given.tags);
  if (given.attributes.is_object()) base.attributes.update(given.attributes);
  if (given.created != 0) base.created = given.created;
  base.hidden = base.hidden || given.hidden;
  for (const Media& media : given.media) {
    const auto same = std::ranges::find(base.media, media.hash, &Media::hash);
    if (same == base.media.end()) {
      base.media.push_back(media);
    } else {
      *same = media;
    }
  }
  return base;
}

User MergeUser(User base, const User& given) {
  if (given.labels.is_object()) base.labels.update(given.labels);
  Replace(base.locale, given.locale);
  if (given.created != 0) base.created = given.created;
  base.consent = base.consent && given.consent;
  return base;
}

}  // namespace medley::data
