#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "medley/understanding/extraction_rules.h"
#include "medley/understanding/known_names.h"
#include "medley/understanding/phrase_table.h"
#include "medley/understanding/sentence_view.h"

namespace medley::understanding {
namespace {

bool IsPlaceNoun(const SentenceView& s, std::size_t i) {
  return s.Is(i, {"town",      "city",    "suburb",    "suburbs",     "community", "neighborhood",
                  "apartment", "house",   "mansion",   "hotel",       "school",    "ranch",
                  "farm",      "bar",     "prison",    "jail",        "beach",     "village",
                  "island",    "border",  "streets",   "street",      "nightclub", "underworld",
                  "ghetto",    "slums",   "slum",      "countryside", "desert",    "resort",
                  "homestead", "villa",   "castle",    "high",        "border",    "wilderness",
                  "mountains", "alps",    "coast",     "seaside",     "fishing",   "hospital",
                  "tenement",  "brothel", "monastery", "convent",     "mining",    "jungle",
                  "outback",   "moors",   "estate",    "inner"});
}

bool IsPartOfPlace(const SentenceView& s, std::size_t i) {
  return s.Is(i, {"streets",    "city",    "town",    "village",   "outskirts", "coast",
                  "heart",      "suburb",  "suburbs", "island",    "state",     "wilds",
                  "wilderness", "jungles", "middle",  "mountains", "slums",     "port",
                  "underworld", "deserts", "plains",  "hills",     "shores",    "kingdom",
                  "center",     "north",   "south",   "west",      "east"});
}

bool Moves(const SentenceView& s, std::size_t i) {
  return s.AnyBefore(
      i, 9, {"travel",  "travels",     "traveling", "traveled",    "travelling", "go",
             "goes",    "going",       "went",      "gone",        "move",       "moves",
             "moving",  "moved",       "return",    "returns",     "returning",  "returned",
             "come",    "comes",       "coming",    "came",        "sent",       "send",
             "sends",   "head",        "heads",     "headed",      "heading",    "fly",
             "flies",   "flee",        "flees",     "fled",        "journey",    "journeys",
             "bring",   "brings",      "brought",   "take",        "takes",      "taken",
             "took",    "taking",      "escape",    "escapes",     "drive",      "drives",
             "driving", "sail",        "sails",     "relocate",    "relocates",  "trip",
             "visit",   "transported", "transfer",  "transferred", "transfers",  "expedition",
             "exiled",  "deported",    "rushes",    "emigrate",    "emigrates",  "race",
             "races",   "tour",        "trek"});
}

/// Whether somebody only means to go there.
bool Hopes(const SentenceView& s, std::size_t i) {
  return s.AnyBefore(i,
                     6,
                     {"hopes",
                      "dreams",
                      "wants",
                      "hoping",
                      "planning",
                      "plans",
                      "dreaming",
                      "determined",
                      "intends"});
}

/// Whether what stands before word i says that something happens there.
bool HappensAt(const SentenceView& s, std::size_t i) {
  std::size_t before = i - 1;
  while (s.Is(before, {"the",        "downtown",      "rural",
                       "suburban",   "upstate",       "nearby",
                       "war-torn",   "contemporary",  "modern",
                       "modern-day", "present-day",   "northern",
                       "southern",   "western",       "eastern",
                       "central",    "sunny",         "old",
                       "post-war",   "nazi-occupied", "german-occupied",
                       "occupied",   "inner-city",    "remote",
                       "small-town", "colonial",      "imperial",
                       "communist",  "postwar",       "post-apocalyptic",
                       "medieval",   "victorian",     "feudal",
                       "ancient"}))
    --before;
  if (s.Is(before, {"in", "throughout", "across", "into", "through", "around", "inside"}))
    return true;
  if (s.Is(before, {"at", "on"})) return !s.Is(i, {"earth"});
  if (s.Is(before, {"of"})) return IsPartOfPlace(s, before - 1);
  if (s.Is(before, {"to"})) return Moves(s, before) && !Hopes(s, before);
  if (s.Is(before, {"for"}))
    return s.AnyBefore(before, 2, {"heads", "head", "bound", "headed"}) ||
           (s.AnyBefore(before, 3, {"leaves", "departs", "left"}) && !Hopes(s, before));
  if (s.Is(before, {"and"}) && s.Capital(before - 1)) return false;
  return s.Is(before,
              {"visit",
               "visits",
               "visiting",
               "invades",
               "invade",
               "invading",
               "terrorizes",
               "terrorize",
               "destroys",
               "reaches",
               "overrun"});
}

bool IsPeriod(std::string_view word) {
  const bool digits = word.size() >= 4 && std::all_of(word.begin(), word.begin() + 4, [](char c) {
                        return c >= '0' && c <= '9';
                      });
  return (digits && (word[0] == '1' || word[0] == '2') && word.size() <= 6) || word == "century" ||
         word == "19th-century" || word == "18th-century" || word == "turn-of-the-century";
}

struct Place {
  std::string_view name;
  std::size_t n_words = 0;
  bool known = false;
};

/// The known place that begins at word i and is not part of a longer name ("Boston Red Sox").
Place KnownPlace(const SentenceView& s, const KnownNames& names, std::size_t i) {
  if (!s.Capital(i)) return {};
  const auto match = names.places().Longest(s, i);
  if (match.name.empty() || match.name == "earth") return {};
  const std::size_t behind = i + match.n_words;
  if (s.Capital(behind) || s.Is(behind, {"-", "&", "'s", "’s"})) {
    if (!s.Is(behind, {"'s", "’s"})) return {};
  }
  const bool of_city = s.Is(i - 1, {"-", "&", "von", "de"});
  const bool in_name = s.Capital(i - 1) && i > 1 && !s.Is(i - 1, {"in", "the"});
  if (of_city || in_name) return {};
  return {match.name, match.n_words, true};
}

void AppendPlace(const SentenceView& s,
                 std::size_t first,
                 std::size_t last,
                 std::string_view name,
                 std::string_view relation,
                 float confidence,
                 std::string_view rule,
                 std::vector<Found>& out) {
  Append(s, first, last, relation, TitleCase(name), confidence, rule, out);
}

/// "in New Canaan, Connecticut": what stands between "in" and ", Connecticut" is a place, too.
void FindUnknownBefore(const SentenceView& s,
                       const KnownNames& names,
                       std::size_t place,
                       std::string_view relation,
                       std::vector<Found>& out) {
  if (!s.Is(place - 1, {","}) || place < 3) return;
  const std::size_t last = place - 1;
  std::size_t first = last;
  while (first > 0 && s.Capital(first - 1) && last - first < 3) --first;
  if (first == last || first == 0) return;
  if (!s.Is(first - 1, {"in", "of", "to", "at"}) || !HappensAt(s, first)) return;
  if (names.FirstName(s.Lower(first)) > 3 && last - first > 1) return;
  Append(s, first, last, relation, s.Piece(first, last), 0.85F, "place/before-region", out);
}

/// "the small town of Gillead", "a planet called Hoth".
void FindNamedPlaces(const SentenceView& s, std::string_view relation, std::vector<Found>& out) {
  for (std::size_t i = 0; i + 2 < s.size(); ++i) {
    if (!s.Is(i,
              {"town",
               "village",
               "city",
               "island",
               "planet",
               "kingdom",
               "land",
               "suburb",
               "community",
               "neighborhood",
               "hamlet",
               "country",
               "republic",
               "galaxy"}))
      continue;
    std::size_t first = i + 1;
    if (!s.Is(first, {"of", "called", "named"})) continue;
    ++first;
    if (s.Is(first, {"the", "``", "\"", "“"})) ++first;
    std::size_t last = first;
    while (s.Capital(last) && last - first < 4) ++last;
    if (last == first || s.Is(last, {"'s", "’s"})) continue;
    if (s.Is(i - 1, {"from", "outside"}) || s.AnyBefore(i, 3, {"from"})) continue;
    Append(s, first, last, relation, s.Piece(first, last), 0.9F, "place/named", out);
  }
}

/// "an Italian villa".
void FindOfPeople(const SentenceView& s,
                  const PhraseTable& people_of,
                  std::size_t i,
                  std::string_view relation,
                  std::vector<Found>& out) {
  const auto of = people_of.Longest(s, i);
  if (of.name.empty() || !s.Capital(i)) return;
  std::size_t noun = i + of.n_words;
  if (s.Is(noun, {"border", "fishing", "seaside", "mountain", "coastal", "small"})) ++noun;
  if (IsPlaceNoun(s, noun) && !s.Is(noun, {"school", "inner"}) && !s.Capital(noun))
    AppendPlace(s, i, i + of.n_words, of.name, relation, 0.85F, "place/people", out);
}

struct Why {
  std::string_view rule;  ///< empty: nothing says that something happens there
  float confidence = 0;
  bool lists = false;  ///< what follows behind "and" is such a place, too
};

/// `listed`: the place before was one ("in Paris and London").
Why WhyThere(
    const SentenceView& s, const KnownNames& names, std::size_t i, std::size_t last, bool listed) {
  if (HappensAt(s, i)) return {"place/preposition", 0.9F, true};
  const bool opens =
      i == 0 && s.Is(last, {",", ":", ";"}) && !s.AnyBefore(last + 4, 3, {"is"}) &&
      (IsPeriod(s.Lower(last + 1)) || names.places().Longest(s, last + 1).n_words > 0);
  if (IsPeriod(s.Lower(i - 1)) || opens) return {"place/dated", 0.9F, true};
  if (IsPlaceNoun(s, last) && !s.Capital(last) && !s.Is(i - 1, {"from"}))
    return {"place/modifier", 0.8F, listed};
  if (listed && s.Is(i - 1, {",", "and"})) return {"place/list", 0.85F, listed};
  return {};
}

}  // namespace

void FindEnglishPlaces(const SentenceView& s,
                       const KnownNames& names,
                       const PhraseTable& people_of,
                       std::string_view relation,
                       std::vector<Found>& out) {
  bool listed = false;
  for (std::size_t i = 0; i < s.size(); ++i) {
    FindOfPeople(s, people_of, i, relation, out);
    const Place place = KnownPlace(s, names, i);
    if (place.name.empty()) {
      listed = listed && s.Is(i, {"and", ",", "or"});
      continue;
    }
    const std::size_t last = i + place.n_words;
    Why why = WhyThere(s, names, i, last, listed);
    if (why.rule.empty() && s.Is(i - 1, {","})) {
      const std::size_t before = out.size();
      FindUnknownBefore(s, names, i, relation, out);
      if (out.size() > before) why = {"place/region", 0.85F, false};
    }
    if (!why.rule.empty())
      AppendPlace(s, i, last, place.name, relation, why.confidence, why.rule, out);
    listed = why.lists;
    i = last - 1;
  }
  FindNamedPlaces(s, relation, out);
}

}  // namespace medley::understanding
