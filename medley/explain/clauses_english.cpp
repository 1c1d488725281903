#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/explain/clauses.h"
#include "medley/explain/phrases.h"

namespace medley::explain {
namespace {

using Kind = recommenders::Evidence::Kind;
using Pair = std::pair<std::string_view, std::string_view>;

std::string_view Find(const auto& table, std::string_view key, std::string_view otherwise) {
  for (const auto& [name, value] : table) {
    if (name == key) return value;
  }
  return otherwise;
}

/// What the user did, in the past tense, to be followed by its object.
std::string_view Did(std::string_view action) {
  static constexpr auto kDid = std::to_array<Pair>({
      {"click", "looked at"},
      {"browse", "looked at"},
      {"image_view", "looked at"},
      {"favourite", "saved"},
      {"rating", "rated"},
      {"comment", "commented on"},
      {"watch", "watched"},
      {"listen", "listened to"},
      {"like", "liked"},
      {"share", "shared"},
      {"purchase", "bought"},
  });
  return Find(kDid, action, "showed interest in");
}

std::string WithThousands(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

Clauses PastItem(const Fact& fact) {
  const std::string did(Did(fact.action));
  const std::string title = Quoted(fact.item_title, Language::kEnglish);
  return {
      .because = {"you " + did + " " + title},
      .plain = {"people who " + did + " " + title + " also chose this"},
      .alone = {"you " + did + " " + title + ", and others who did so chose this too",
                "people who, like you, " + did + " " + title + " chose this too"},
  };
}

/// How two things are alike in a space, with a name or "it" for the other thing.
std::vector<std::string> Resemblance(std::string_view space, const std::string& other) {
  if (space == "image") {
    return {"looks like " + other, "resembles " + other + " in its look"};
  }
  if (space == "audio") {
    return {"sounds like " + other, "resembles " + other + " in its sound"};
  }
  if (space == "text") {
    return {"is about the same things as " + other, "reads much like " + other};
  }
  if (space == "video") {
    return {"looks and moves like " + other, "resembles " + other + " on screen"};
  }
  return {"is much like " + other, "has a lot in common with " + other};
}

Clauses Similar(const Fact& fact, bool same_item) {
  const std::string did(Did(fact.action));
  const std::string title = Quoted(fact.item_title, Language::kEnglish);
  const bool of_the_past = fact.action != kAskedAbout;
  Clauses clauses;
  for (const auto& words : Resemblance(fact.space, same_item ? "it" : title)) {
    clauses.plain.push_back("this " + words);
    if (same_item) continue;
    const bool takes_relative = words.ends_with(title);
    if (!takes_relative && of_the_past) continue;
    const std::string tail = of_the_past ? ", which you " + did : "";
    clauses.because.push_back("it " + words + tail);
    clauses.alone.push_back("this " + words + tail);
  }
  return clauses;
}

/// After "this is": what having the value means. Empty: no wording of its own.
std::string Predicate(const std::string& attribute,
                      const std::string& value,
                      const std::string& quoted) {
  static constexpr auto kBefore = std::to_array<Pair>({
      {"director", "directed by "},
      {"writer", "written by "},
      {"author", "written by "},
      {"composer", "composed by "},
      {"artist", "by "},
      {"singer", "sung by "},
      {"band", "by "},
      {"brand", "made by "},
      {"maker", "made by "},
      {"publisher", "published by "},
      {"country", "from "},
      {"language", "in "},
      {"colour", "in "},
      {"color", "in "},
  });
  if (const auto before = Find(kBefore, attribute, ""); !before.empty())
    return std::string(before) + value;
  if (attribute == "year" || attribute == "decade")
    return (value.ends_with('s') ? "from the " : "from ") + value;
  if (attribute == "category" || attribute == "genre" || attribute == "categories")
    return "in " + quoted;
  if (attribute == "tag" || attribute == "tags" || attribute == "keyword")
    return "tagged " + quoted;
  if (attribute == "actor" || attribute == "actors" || attribute == "cast")
    return "one with " + value;
  return "one with the " + DisplayName(attribute) + " " + quoted;
}

/// "comedy" for the few categories that name what they hold, so that "another comedy" is English.
/// Missing: "".
std::string NounOf(const std::string& value) {
  static constexpr auto kNouns = std::to_array<std::string_view>(
      {"comedy",  "drama", "thriller",  "western", "musical", "documentary", "romance",
       "mystery", "novel", "biography", "podcast", "ballad",  "symphony",    "sonata",
       "album",   "dress", "jacket",    "bag",     "watch",   "lamp"});
  const std::string lower = LowerAscii(value);
  for (const auto noun : kNouns) {
    if (noun == lower) return lower;
  }
  return {};
}

/// The attribute with the item that has it, too: a path through what is known of both.
Clauses SharedWith(const Fact& fact,
                   const std::string& title,
                   const std::string& is,
                   const std::string& with) {
  const std::string like = is + ", like " + title;
  if (fact.action == kAskedAbout)
    return {.because = {"it" + like.substr(4)}, .plain = {like}, .alone = {like}};
  const std::string did(Did(fact.action));
  const std::string path = "you " + did + " " + title + ", also " + with;
  const std::string which = like + ", which you " + did;
  return {.because = {path}, .plain = {like}, .alone = {path, which}};
}

Clauses Attribute(const Fact& fact) {
  const std::string quoted = QuotedValue(fact.value);
  const std::string value = LooksLikeName(fact.value) ? DisplayName(fact.value) : quoted;
  const std::string is = "this is " + Predicate(fact.attribute, value, quoted);
  const std::uint64_t count = WholeCount(fact.count);
  if (count == 0) return {.because = {"it" + is.substr(4)}, .plain = {is}, .alone = {is}};
  const std::string with = is.substr(std::string_view(is).find("one with ") == 8 ? 12 : 8);
  if (const auto title = Quoted(fact.item_title, Language::kEnglish); !title.empty())
    return SharedWith(fact, title, is, with);
  const std::string others = count == 1 ? "another one" : WithThousands(count) + " others";
  const std::string chosen = "you chose " + others + " " + with;
  const std::string like = is + ", like " + others + " that you chose";
  Clauses clauses{.because = {chosen}, .plain = {like, chosen}, .alone = {chosen, like}};
  const bool is_category = fact.attribute == "category" || fact.attribute == "genre";
  const std::string noun = is_category ? NounOf(fact.value) : "";
  if (noun.empty()) return clauses;
  const std::string another = "this is another " + noun;
  clauses.plain.push_back(another);
  clauses.alone.push_back(another + ", like " + (count == 1 ? "one" : WithThousands(count)) +
                          " that you chose");
  return clauses;
}

Clauses Popularity(const Fact& fact) {
  const std::uint64_t count = WholeCount(fact.count);
  const std::string people = count == 1 ? "1 person" : WithThousands(count) + " people";
  return {
      .because = {people + " chose it"},
      .plain = {people + " chose this", people + " picked this"},
      .alone = {people + " chose this", "this was chosen by " + people, people + " picked this"},
  };
}

Clauses Newness() {
  return {
      .because = {"it is among the newer ones here"},
      .plain = {"this is among the newer ones here"},
      .alone = {"this is among the newer ones here"},
  };
}

}  // namespace

Clauses EnglishClauses(const Fact& fact, bool same_item) {
  switch (fact.kind) {
    case Kind::kPastItem:
      return PastItem(fact);
    case Kind::kSimilar:
      return Similar(fact, same_item);
    case Kind::kAttribute:
      return Attribute(fact);
    case Kind::kPopularity:
      return Popularity(fact);
    case Kind::kNew:
      return Newness();
  }
  return {};
}

}  // namespace medley::explain
