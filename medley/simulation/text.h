#pragma once

#include <string>

#include "medley/core/random.h"
#include "medley/data/catalogue.h"
#include "medley/simulation/latents.h"

namespace medley::simulation {

/// What is written about an item, in both languages.
struct ItemText {
  std::string title_en;
  std::string title_zh;
  std::string description_en;
  std::string description_zh;
  std::string maker;  ///< brand, artist, director, author: English
};

/// Writes an item's text, about 20 words or 35 Chinese characters. Which attributes it tells is
/// drawn: see ItemLatents.
ItemText WriteText(const ItemLatents& item, Random random);

/// What a user types into the search field when they want this category (and, of goods, this
/// colour).
std::string WriteQuery(int category, int colour, int mood, bool chinese, Random& random);

/// A comment whose feeling agrees with `liking`: -1 hated it, 0 so so, 1 loved it.
std::string WriteComment(const ItemLatents& item, double liking, bool chinese, Random& random);

/// The item as the catalogue has it, with its text, categories and attributes, but no media.
/// `simulated` is true in its attributes.
data::Item MakeItem(std::size_t index,
                    const ItemLatents& latents,
                    const ItemText& text,
                    Random random);

}  // namespace medley::simulation
