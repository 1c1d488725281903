#include <cstddef>
#include <string_view>
#include <vector>

#include "medley/understanding/extraction_rules.h"
#include "medley/understanding/phrase_table.h"
#include "medley/understanding/sentence_view.h"

namespace medley::understanding {
namespace {

bool Denied(const SentenceView& s, std::size_t i) {
  return s.AnyBefore(i, 3, {"no", "not", "never", "without", "n't", "neither", "nor", "instead"});
}

/// "aspiring writer", "posing as a doctor", "wants to be a cop": nobody is one.
bool OnlySeems(const SentenceView& s, std::size_t i) {
  if (s.AnyBefore(i,
                  4,
                  {"aspiring",
                   "would-be",
                   "wannabe",
                   "fake",
                   "phony",
                   "imaginary",
                   "former",
                   "retired",
                   "ex",
                   "pretend",
                   "potential",
                   "prospective",
                   "toy",
                   "future",
                   "once",
                   "ex-",
                   "supposed",
                   "budding"}))
    return true;
  if (s.AnyBefore(
          i, 7, {"posing",      "poses",         "pose",         "posed",       "disguised",
                 "disguise",    "pretends",      "pretending",   "pretend",     "masquerading",
                 "masquerades", "impersonating", "impersonates", "impersonate", "mistaken",
                 "like",        "dressed",       "fantasy",      "imagines",    "dreams",
                 "dreaming",    "aspires",       "aspirations",  "mistakes",    "descended",
                 "considers",   "convinced",     "longs",        "accused",     "accusations"}))
    return true;
  const bool to_be = s.AnyBefore(i, 5, {"be", "become", "becoming"}) &&
                     s.AnyBefore(i, 7, {"to", "could", "would", "can", "might", "of", "must"});
  return to_be;
}

bool EndsPhrase(const SentenceView& s, std::size_t last, bool plural) {
  if (last >= s.size()) return true;
  if (s.Is(last, {"-", "/"}) || s.Is(last + 1, {"block"})) return false;
  if (s.Is(last, {"of"}) && s.Is(last + 2, {"jungle", "hill", "world", "ring", "road"}))
    return false;
  if (plural) return !s.Is(last, {"contest", "guild", "room", "club", "strike", "union"});
  // "detective novel": a modifier; "detective Regis", "lawyer friend": someone.
  if (s.TagIs(last, {"NN", "NNS"}) && !s.Capital(last))
    return s.Is(last,
                {"friend",
                 "father",
                 "husband",
                 "wife",
                 "mother",
                 "brother",
                 "sister",
                 "boyfriend",
                 "girlfriend",
                 "uncle",
                 "partner",
                 "son",
                 "daughter"}) ||
           s.TagIs(last + 1, {"DT", "PRP", "PRP$", "IN", "TO", "RB"});
  return true;
}

/// Part of a name ("Murder Creek"), or of a longer word.
bool OnlyNames(const SentenceView& s, std::size_t i, std::size_t last) {
  if (s.Is(last, {"-"}) || s.Is(i - 1, {"-"})) return true;
  if (!s.Capital(i)) return false;
  if (s.Capital(last) && s.Is(i, {"christmas", "jazz", "mafia"})) return true;
  return i > 0 && !s.Is(i,
                        {"nazi",
                         "nazis",
                         "christmas",
                         "mafia",
                         "aids",
                         "hiv",
                         "yakuza",
                         "holocaust",
                         "ufo",
                         "jazz",
                         "world",
                         "vietnam",
                         "korean",
                         "civil",
                         "martians"});
}

/// Words that say something else here: "ghost town", "fishing village", "to love cooking".
bool OtherSense(const SentenceView& s, std::size_t i, std::size_t last) {
  if (s.Lower(i) == "aids" && !s.Text(i).starts_with("AID")) return true;
  if (last - i > 1) return s.Is(last, {"reunion"});
  if (s.Is(i, {"sharks", "shark"}) && s.Is(i - 1, {"loan", "card"})) return true;
  if (s.Is(i, {"school"}) && s.Is(i - 1, {"finishing", "law", "medical", "film", "old", "flying"}))
    return true;
  if (s.Is(last,
           {"interest",
            "reunion",
            "village",
            "town",
            "boat",
            "novel",
            "novels",
            "fiction",
            "dealership"}))
    return true;
  if (s.Is(i, {"trials", "lonely", "jury"})) return true;
  if (s.Is(i, {"love"})) return s.TagIs(i, {"VB", "VBP"}) || s.Is(i - 1, {"to", "party", "would"});
  return s.Is(i, {"mob"}) && (s.Is(i - 1, {"lynch", "angry"}) || s.Is(last, {"of"}));
}

std::string_view Spelled(std::string_view name) {
  if (name == "aids") return "AIDS";
  return name == "christmas" ? "Christmas" : name;
}

}  // namespace

void FindEnglishOccupations(const SentenceView& s,
                            const PhraseTable& occupations,
                            std::vector<Found>& out) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto match = occupations.Longest(s, i);
    if (match.name.empty() || s.Chinese(i)) continue;
    const std::size_t last = i + match.n_words;
    const std::size_t noun = last - 1;
    const bool tagged = s.TagIs(noun, {"NN", "NNS", "NNP", "NNPS", "JJ", "VBG", "FW"}) &&
                        (noun > i || !s.TagIs(noun, {"JJ", "VBG"}));
    const bool plural = s.Tag(noun) == "NNS";
    // With a capital inside a sentence it is a title only before a name ("Sheriff Brody"), else
    // part of a name ("The King's Arms").
    const bool in_name = s.Capital(i) && i > 0 && !s.Capital(last);
    if (tagged && !in_name && !Denied(s, i) && !OnlySeems(s, i) && EndsPhrase(s, last, plural) &&
        !s.Is(i - 1, {"-", "/", "“", "``"}))
      Append(s, i, last, "character_occupation", match.name, 0.88F, "occupation/listed", out);
    i = last - 1;
  }
}

void FindEnglishThemes(const SentenceView& s, const PhraseTable& themes, std::vector<Found>& out) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto match = themes.Longest(s, i);
    if (match.name.empty() || s.Chinese(i)) continue;
    const std::size_t last = i + match.n_words;
    if (!OnlyNames(s, i, last) && !OtherSense(s, i, last) && !Denied(s, i) &&
        !s.AnyBefore(i, 3, {"like", "former", "fake", "supposed", "pretends", "mistaken"}))
      Append(s, i, last, "theme", Spelled(match.name), 0.85F, "theme/listed", out);
    i = last - 1;
  }
}

void FindGoods(const SentenceView& s,
               const PhraseTable& colours,
               const PhraseTable& materials,
               const PhraseTable& brands,
               std::vector<Found>& out) {
  const auto find = [&](const PhraseTable& table, std::string_view relation, bool capital) {
    for (std::size_t i = 0; i < s.size(); ++i) {
      const auto match = table.Longest(s, i);
      if (match.name.empty() || (capital && !s.Chinese(i) && !s.Capital(i))) continue;
      if (!Denied(s, i) && !s.AnyBefore(i, 2, {"like", "faux", "imitation", "仿", "非"}))
        Append(s, i, i + match.n_words, relation, match.name, 0.85F, "goods/listed", out);
      i += match.n_words - 1;
    }
  };
  find(colours, "colour", false);
  find(materials, "material", false);
  find(brands, "brand", true);
}

}  // namespace medley::understanding
