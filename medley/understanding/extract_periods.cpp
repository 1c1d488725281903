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

constexpr std::string_view kRelation = "period";
constexpr std::size_t kDigits = 4;

bool IsYear(std::string_view word) {
  return word.size() == kDigits &&
         std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; }) &&
         (word.front() == '1' || word.starts_with("20"));
}

/// "1930s" of "1930s" and "1930's"; empty: no decade. "'30s" is left alone: which century?
std::string DecadeOf(std::string_view word) {
  if (word.size() < kDigits + 1 || !IsYear(word.substr(0, kDigits))) return {};
  const auto rest = word.substr(kDigits);
  return rest == "s" || rest == "'s" || rest == "’s" ? std::string(word.substr(0, kDigits)) + "s"
                                                     : std::string();
}

bool IsMonth(const SentenceView& s, std::size_t i) {
  return s.Is(i,
              {"january",
               "february",
               "march",
               "april",
               "may",
               "june",
               "july",
               "august",
               "september",
               "october",
               "november",
               "december",
               "summer",
               "winter",
               "spring",
               "autumn",
               "fall"});
}

/// "in", "during", also with "the early" between.
bool IsDuring(const SentenceView& s, std::size_t i) {
  std::size_t before = i - 1;
  while (
      s.Is(before, {"the",       "early",  "late",  "mid",     "mid-",      "-",        "year",
                    "of",        "summer", "end",   "height",  "midst",     "outbreak", "days",
                    "beginning", "final",  "last",  "closing", "waning",    "fall",     "autumn",
                    "winter",    "spring", "close", "dawn",    "turbulent", "a",        "colorful",
                    "dystopian", "bleak",  "wake",  "eve"}) ||
      IsMonth(s, before))
    --before;
  return s.Is(before,
              {"in",
               "during",
               "circa",
               "throughout",
               "amid",
               "amidst",
               "within",
               "around",
               "at",
               "on",
               "over"});
}

void FindYear(const SentenceView& s,
              const KnownNames& names,
              std::size_t i,
              std::vector<Found>& out) {
  const std::string decade = DecadeOf(s.Lower(i));
  std::string name = decade;
  std::size_t last = i + 1;
  if (decade.empty()) {
    if (!IsYear(s.Text(i)) || s.Chinese(i + 1)) return;
    name = std::string(s.Text(i));
    if (s.Is(last, {"'", "’"}) && s.Is(last + 1, {"s"})) ++last;
    if (s.Is(last, {"'s", "’s", "s"})) {
      if (!name.ends_with('0')) return;
      name += "s";
      ++last;
    }
  }
  const bool place_follows = s.Capital(last) && names.places().Longest(s, last).n_words > 0;
  const bool opens = i == 0 || (s.Is(i - 1, {","}) && s.Capital(i - 2) &&
                                (i + 1 == s.size() || s.Is(last, {",", ".", ":", ";"})));
  if (s.Is(last,
           {"tv",
            "television",
            "film",
            "movie",
            "novel",
            "play",
            "book",
            "hit",
            "people",
            "miles",
            "dollars",
            "men",
            "years",
            "series",
            "sitcom",
            "show",
            "classic"}))
    return;
  if (s.AnyBefore(i, 3, {"since", "until", "till", "from", "this", "before", "after"})) return;
  if (place_follows || opens || IsDuring(s, i))
    Append(s, i, last, kRelation, name, 0.92F, "period/year", out);
}

std::string_view OrdinalOf(std::string_view word) {
  struct Row {
    std::string_view word;
    std::string_view name;
  };
  constexpr Row kRows[] = {{"nineteenth", "19th"},
                           {"eighteenth", "18th"},
                           {"twentieth", "20th"},
                           {"seventeenth", "17th"},
                           {"sixteenth", "16th"},
                           {"fifteenth", "15th"},
                           {"twenty-first", "21st"},
                           {"fourteenth", "14th"},
                           {"thirteenth", "13th"},
                           {"twelfth", "12th"}};
  for (const Row& row : kRows) {
    if (row.word == word) return row.name;
  }
  const bool digits =
      word.size() == 4 && word[0] >= '1' && word[0] <= '2' && word[1] >= '0' && word[1] <= '9';
  return digits && (word.ends_with("th") || word == "21st" || word == "22nd" || word == "23rd")
             ? word
             : std::string_view();
}

void FindCentury(const SentenceView& s, std::size_t i, std::vector<Found>& out) {
  const std::string_view lower = s.Lower(i);
  std::size_t last = i + 2;
  std::string_view ordinal;
  constexpr std::string_view kJoined = "-century";
  if (lower.ends_with(kJoined)) {
    auto word = lower.substr(0, lower.size() - kJoined.size());
    for (const std::string_view part : {"mid-", "late-", "early-"}) {
      if (word.starts_with(part)) word.remove_prefix(part.size());
    }
    ordinal = OrdinalOf(word);
    last = i + 1;
  } else if (s.Is(i + 1, {"century", "centuries"})) {
    ordinal = OrdinalOf(lower.starts_with("mid-") ? lower.substr(4) : lower);
  }
  if (ordinal.empty()) return;
  if (s.Is(last,
           {"play",
            "novel",
            "book",
            "painting",
            "poem",
            "classic",
            "technology",
            "home",
            "house",
            "mansion",
            "castle",
            "building",
            "manor"}))
    return;
  if (s.AnyBefore(i, 3, {"from", "since", "until", "before", "after"})) return;
  Append(s, i, last, kRelation, std::string(ordinal) + " century", 0.92F, "period/century", out);
}

void FindNamed(const SentenceView& s,
               const PhraseTable& periods,
               std::size_t i,
               std::vector<Found>& out) {
  const auto match = periods.Longest(s, i);
  if (match.name.empty()) return;
  const std::size_t last = i + match.n_words;
  const bool adjective =
      s.Is(i, {"medieval", "victorian", "elizabethan", "edwardian", "mediaeval"});
  const bool future = match.name == "the future";
  // "a medieval knight" is of that time; "Victorian house" may stand today.
  const bool counts = adjective
                          ? !s.Is(last, {"house", "mansion", "home", "studies", "novel", "art"})
                          : IsDuring(s, i);
  if (!counts || (future && s.Is(last, {"husband", "wife", "of", "in-laws"}))) return;
  if (s.AnyBefore(i, 4, {"after", "before", "since", "post", "following"})) return;
  const std::string name = future ? std::string(match.name) : TitleCase(match.name);
  Append(s, i, last, kRelation, name, 0.9F, adjective ? "period/adjective" : "period/named", out);
}

}  // namespace

void FindEnglishPeriods(const SentenceView& s,
                        const KnownNames& names,
                        const PhraseTable& periods,
                        std::vector<Found>& out) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    FindYear(s, names, i, out);
    FindCentury(s, i, out);
    FindNamed(s, periods, i, out);
  }
}

}  // namespace medley::understanding
