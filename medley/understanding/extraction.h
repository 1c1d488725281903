#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "medley/text/analyser.h"
#include "medley/understanding/known_names.h"
#include "medley/understanding/phrase_table.h"

namespace medley::understanding {

/// What a text says of its item: (the item, relation, tail), and where.
struct Found {
  std::string relation;  ///< "set_in"
  std::string tail;      ///< "Paris"
  std::uint32_t begin = 0;
  std::uint32_t end = 0;  ///< bytes of the text, behind the last
  float confidence = 0;   ///< how often the rule was right on texts it was made with
  std::string_view rule;  ///< what found it: "place/preposition"

  bool operator==(const Found&) const = default;
};

/// What the texts of a catalogue are about, which decides what is looked for in them.
enum class TextKind : std::uint8_t {
  kStory,  ///< films, books, series, games: set_in, period, character, character_occupation, theme,
           ///< based_on
  kGoods,  ///< things that are sold: material, colour, brand
  kOther,  ///< news, places, posts: place, period, theme
};
TextKind TextKindOf(std::string_view item_kind);

/// Reads statements out of texts by rules over words, their parts of speech and known names,
/// English and Chinese. Missing: a text that says nothing of the kind gives none. Threads:
/// immutable, any. Cost: about 100,000 words a second.
class Extractor {
 public:
  /// Changes when the same text may give something else.
  static constexpr std::string_view kVersion = "1";
  /// Both must outlive it.
  Extractor(const text::Analyser& analyser, const KnownNames& names);

  /// In the order of the text, each (relation, tail) once: where it was found with most confidence.
  std::vector<Found> Extract(std::string_view text, TextKind kind) const;

 private:
  const text::Analyser* analyser_;
  const KnownNames* names_;
  PhraseTable occupations_;
  PhraseTable themes_;
  PhraseTable people_of_;
  PhraseTable periods_;
  PhraseTable colours_;
  PhraseTable materials_;
};

}  // namespace medley::understanding
