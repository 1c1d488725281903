#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "medley/text/normalize.h"
#include "medley/understanding/extraction_rules.h"
#include "medley/understanding/known_names.h"
#include "medley/understanding/phrase_table.h"
#include "medley/understanding/sentence_view.h"

namespace medley::understanding {
namespace {

constexpr std::string_view kRelation = "character";
constexpr std::size_t kLongestName = 4;
/// So many people of a catalogue make a word a first name.
constexpr std::size_t kLeastPeople = 2;

bool IsTitle(const SentenceView& s, std::size_t i) {
  return s.Capital(i) &&
         s.Is(i, {"dr.",        "dr",       "mr.",      "mr",        "mrs.",      "mrs",
                  "ms.",        "miss",     "captain",  "capt.",     "sheriff",   "king",
                  "queen",      "prince",   "princess", "count",     "countess",  "lt.",
                  "lieutenant", "colonel",  "col.",     "professor", "detective", "inspector",
                  "officer",    "aunt",     "uncle",    "sir",       "lady",      "lord",
                  "major",      "sergeant", "sgt.",     "senator",   "judge",     "president",
                  "emperor",    "baron",    "duke",     "duchess",   "agent",     "commander",
                  "father",     "sister",   "brother",  "reverend",  "rabbi",     "chief"});
}

bool IsKin(const SentenceView& s, std::size_t i) {
  return s.Is(
      i, {"wife",       "husband",       "son",         "daughter",    "brother",    "sister",
          "mother",     "father",        "friend",      "girlfriend",  "boyfriend",  "uncle",
          "aunt",       "cousin",        "nephew",      "niece",       "partner",    "fiance",
          "fiancee",    "neighbor",      "buddy",       "sidekick",    "rival",      "companion",
          "pal",        "grandfather",   "grandmother", "stepmother",  "stepfather", "boy",
          "girl",       "teenager",      "orphan",      "widow",       "widower",    "gangster",
          "loner",      "drifter",       "outlaw",      "genius",      "ex-con",     "ex-wife",
          "ex-husband", "ex-girlfriend", "lad",         "stepson",     "heiress",    "roommate",
          "classmate",  "playboy",       "aristocrat",  "kid",         "villain",    "nemesis",
          "assistant",  "lover",         "beauty",      "bully",       "farmboy",    "veteran",
          "antihero",   "hero",          "heroine",     "protagonist", "tramp",      "vampire",
          "cyborg",     "android"});
}

/// Words with a capital that end or spoil a name of a person.
bool NotOfPerson(const SentenceView& s, std::size_t i) {
  return s.Is(
      i,
      {"university", "school",    "college",   "police",      "company",    "army",      "hotel",
       "street",     "river",     "house",     "church",      "empire",     "war",       "city",
       "island",     "park",      "hospital",  "bar",         "club",       "inc.",      "academy",
       "navy",       "force",     "institute", "corporation", "department", "county",    "lake",
       "mountain",   "bay",       "beach",     "valley",      "hills",      "team",      "league",
       "festival",   "award",     "awards",    "day",         "eve",        "avenue",    "road",
       "building",   "tower",     "castle",    "prison",      "fbi",        "cia",       "nypd",
       "ii",         "world",     "christmas", "god",         "i",          "american",  "italian",
       "french",     "german",    "british",   "english",     "russian",    "irish",     "indian",
       "chinese",    "japanese",  "jewish",    "jew",         "catholic",   "christian", "african",
       "european",   "roman",     "greek",     "nazi",        "nazis",      "bible",     "internet",
       "january",    "february",  "march",     "april",       "may",        "june",      "july",
       "august",     "september", "october",   "november",    "december",   "monday",    "friday",
       "saturday",   "sunday",    "tuesday",   "wednesday",   "thursday",   "plaza",     "site",
       "corps",      "bureau",    "post",      "times",       "gazette",    "news",      "bros.",
       "tour",       "studios",   "records",   "kingdom",     "republic",   "states",    "union",
       "party",      "act",       "society",   "family",      "families",   "mexican",   "spanish",
       "texan",      "south",     "north",     "west",        "east",       "senate",    "congress",
       "squad",      "unit",      "division",  "star"});
}

/// First names that are also other words, or places.
bool Ambiguous(const SentenceView& s, std::size_t i) {
  return s.Is(
      i, {"the",      "will",      "grace",    "mark",   "art",      "rose",   "faith",    "hope",
          "paris",    "virginia",  "georgia",  "jordan", "may",      "april",  "june",     "dean",
          "drew",     "bill",      "rich",     "sue",    "grant",    "chase",  "guy",      "gay",
          "van",      "victor",    "angel",    "dawn",   "joy",      "summer", "autumn",   "sydney",
          "austin",   "florence",  "carolina", "dakota", "savannah", "kim",    "american", "john",
          "lee",      "ice",       "big",      "little", "mother",   "father", "de",       "jim",
          "director", "young",     "in",       "on",     "old",      "von",    "max",      "pat",
          "sandy",    "amber",     "ruby",     "penny",  "frank",    "ray",    "buddy",    "duke",
          "earl",     "king",      "prince",   "baby",   "china",    "india",  "israel",   "chad",
          "jean",     "christian", "madison",  "jersey", "el",       "la",     "no",       "al",
          "page",     "bud",       "santa",    "san",    "long",     "st.",    "saint",    "sir",
          "lord",     "lady"});
}

/// Where the name that begins at word i ends.
std::size_t NameEnd(const SentenceView& s, std::size_t i) {
  std::size_t last = i;
  while (last < s.size() && last - i < kLongestName) {
    const bool particle = last > i && s.Is(last, {"de", "von", "van", "der", "la", "du", "del"}) &&
                          s.Capital(last + 1);
    if (!particle && (!s.Capital(last) || NotOfPerson(s, last))) break;
    ++last;
  }
  if (last < s.size() && last > i && s.Capital(last) && NotOfPerson(s, last) &&
      !s.Is(last, {"ii", "i"}))
    return i;
  if (s.Is(last, {"iii", "ii", "iv", "jr."}) && last > i) ++last;
  // "Billy the Kid"
  if (last == i + 1 && s.Is(last, {"the"}) && s.Capital(last + 1)) last += 2;
  return last;
}

/// Whether a name at [first, last) is that of who made something, not of a character.
bool OfMaker(const SentenceView& s, std::size_t first, std::size_t last) {
  const auto work = [&](std::size_t i) {
    return s.Is(i,
                {"novel",       "play",        "film",   "book",        "story",  "classic",
                 "best-seller", "drama",       "comedy", "masterpiece", "biopic", "adaptation",
                 "tale",        "portrait",    "movie",  "bestseller",  "opera",  "musical",
                 "memoir",      "memoirs",     "poem",   "stories",     "plays",  "autobiography",
                 "version",     "documentary", "comic",  "novels"});
  };
  if (s.Is(last, {"'s", "’s", "'"})) {
    for (std::size_t i = last + 1; i < last + 6; ++i) {
      if (work(i)) return true;
    }
  }
  if (s.Is(first - 1, {"by", "starring", "stars", "(", "/"})) return true;
  if (s.Is(first - 1,
           {"director",
            "author",
            "novelist",
            "writer",
            "filmmaker",
            "playwright",
            "screenwriter"}) &&
      (s.AnyBefore(first, 5, {"from", "by"}) || s.Is(first - 2, {"", "from", "by"})))
    return true;
  return false;
}

/// Not someone who is there: a title in quotes, "Mr. Right", "Gabriel's Horn", an initial alone.
bool OnlyMentioned(const SentenceView& s, std::size_t first, std::size_t last) {
  if (s.Is(first - 1, {"\"", "``", "“", "'", "‘"})) return true;
  if (s.AnyBefore(first, 3, {"production", "adaptation", "version", "play"})) return true;
  if (s.Is(last - 1, {"right", "lords", "rebels", "knights", "nations", "wars"})) return true;
  if (s.Text(last - 1).size() == 1 || s.AfterInitial(first)) return true;
  return s.Is(last, {"'s", "’s"}) &&
         (s.Capital(last + 1) || s.Is(last + 1, {"disease", "syndrome"}));
}

bool Verb(const SentenceView& s, std::size_t i) { return s.TagIs(i, {"VBZ", "VBD", "MD", "VBP"}); }

struct Name {
  std::size_t first = 0;
  std::size_t last = 0;
  float confidence = 0;
  std::string_view rule;
};

/// Why a name at word i may be a character's; rule empty: it may not.
Name CharacterAt(const SentenceView& s,
                 const KnownNames& names,
                 const PhraseTable& occupations,
                 std::size_t i) {
  if (IsTitle(s, i) && s.Capital(i + 1) && !NotOfPerson(s, i + 1)) {
    const std::size_t last = NameEnd(s, i + 1);
    if (last > i + 1) return {i, last, 0.9F, "character/title"};
  }
  const std::size_t last = NameEnd(s, i);
  if (last == i) return {};
  const Name none;
  const bool place = names.places().Longest(s, i).n_words > 0;
  if (s.Is(i - 1, {"named", "called"}) && i > 1) {
    const bool of_person = s.Is(i - 1, {"named"}) || IsKin(s, i - 2) ||
                           s.Is(i - 2, {"man", "woman", "himself", "herself"});
    const bool of_place = s.Is(i - 2,
                               {"town",
                                "village",
                                "planet",
                                "island",
                                "city",
                                "company",
                                "ship",
                                "band",
                                "club",
                                "place",
                                "film",
                                "game",
                                "land",
                                "recently",
                                "country",
                                "drug",
                                "world",
                                "neighborhood"});
    if (of_person && !of_place) return {i, last, 0.92F, "character/named"};
  }
  const bool occupation = s.Noun(i - 1) && !occupations.Find(s.Term(i - 1)).empty();
  if ((occupation || IsKin(s, i - 1)) && !place) return {i, last, 0.9F, "character/noun"};
  const auto people = names.FirstName(s.Lower(i));
  if (people < kLeastPeople) return none;
  if (last - i > 1 && !place &&
      !s.Is(i, {"the", "in", "on", "american", "big", "el", "san", "st."}))
    return {i, last, 0.88F, "character/first-name"};
  if (last - i > 1 || Ambiguous(s, i) || place || s.Text(i - 1).ends_with('.')) return none;
  // One word: it must do something, or be described.
  const bool does =
      Verb(s, last) ||
      (s.Is(last, {","}) && s.Is(last + 1, {"a", "an", "the", "who", "his", "her"})) ||
      s.Is(last, {"'s", "’s"});
  const bool follows = i > 0 && (s.Is(i - 1,
                                      {"when",
                                       "and",
                                       "as",
                                       "until",
                                       "but",
                                       "where",
                                       "that",
                                       "with",
                                       "meets",
                                       "after",
                                       "while"}));
  if (does || (follows && i > 0)) return {i, last, 0.82F, "character/single"};
  return none;
}

bool InParentheses(const SentenceView& s, std::size_t i) {
  for (std::size_t k = 1; k <= i && k < 8; ++k) {
    if (s.Is(i - k, {")"})) return false;
    if (s.Is(i - k, {"("})) return true;
  }
  return false;
}

}  // namespace

void FindEnglishCharacters(const SentenceView& s,
                           const KnownNames& names,
                           const PhraseTable& occupations,
                           std::vector<Found>& out) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (!s.Capital(i) || InParentheses(s, i)) continue;
    const Name name = CharacterAt(s, names, occupations, i);
    if (name.rule.empty()) continue;
    if (!OfMaker(s, name.first, name.last) && !OnlyMentioned(s, name.first, name.last)) {
      const auto piece = s.Piece(name.first, name.last);
      // Who made films is called so: an actor beside the role, a director beside the film.
      const bool maker = name.rule == "character/first-name" &&
                         !names.Person(text::Normalize(piece)).empty() &&
                         !s.AnyBefore(i, 4, {"story", "life", "biography"});
      if (!maker)
        Append(s, name.first, name.last, kRelation, piece, name.confidence, name.rule, out);
    }
    i = name.last - 1;
  }
}

}  // namespace medley::understanding
