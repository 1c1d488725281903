#pragma once

#include <array>
#include <span>

#include "medley/simulation/latents.h"

namespace medley::simulation {

/// What items of one category are called, and what can be said of them.
/// nouns: in English without article, lower case; details: a clause without its full stop, lower
/// case.
struct CategoryWords {
  std::array<Word, 5> nouns;
  std::array<Word, 5> details;
};
const CategoryWords& WordsOf(int category);

/// Each is a list to draw from.
std::span<const Word> Names();  ///< of brands and people
std::span<const Word> Places();
std::span<const Word> PlainAdjectives();
std::span<const Word> StyleAdjectives(int style);
std::span<const Word> MoodAdjectives(int mood);
std::span<const Word> Materials(int category);  ///< of goods
std::span<const Word> Occasions();              ///< "rainy commutes": after "for"
std::span<const Word> Themes();                 ///< "a promise kept too long": after "about"
std::span<const Word> TitleNouns();             ///< of songs and films: "river"
std::span<const Word> TitleAdjectives();

/// Whole texts with {slots}, in both languages; a slot is any of: noun, Noun, adj, Adj, name,
/// name2, place, material, detail, Detail, occasion, theme, thing, Thing, thing2, quality, Quality,
/// number. A capital begins the English word with one.
std::span<const Word> TitleTemplates(Kind kind);
std::span<const Word> FirstSentences(Kind kind);
std::span<const Word> SecondSentences(Kind kind);

}  // namespace medley::simulation
