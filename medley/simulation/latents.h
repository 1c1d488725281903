#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "medley/core/clock.h"
#include "medley/core/random.h"

namespace medley::simulation {

enum class Kind : std::uint8_t { kGoods, kSong, kFilm, kNews, kPost };

inline constexpr int kKinds = 5;
inline constexpr int kCategoriesPerKind = 8;
inline constexpr int kCategories = kKinds * kCategoriesPerKind;
inline constexpr int kColours = 8;
inline constexpr int kStyles = 6;
inline constexpr int kMoods = 6;

enum Style : std::uint8_t { kMinimal, kVintage, kPlayful, kElegant, kBold, kNatural };
enum Mood : std::uint8_t { kCalm, kHappy, kMelancholy, kEnergetic, kTense, kDreamy };

/// A name in both languages of the market.
struct Word {
  std::string_view en;
  std::string_view zh;
};

/// "goods", "song", "film", "news", "post": the item's kind in the catalogue.
std::string_view KindName(Kind kind);
const Word& KindWord(Kind kind);
/// `category` is 0 .. kCategories-1: kind * kCategoriesPerKind + its place in the kind.
const Word& CategoryWord(int category);
const Word& ColourWord(int colour);
const Word& StyleWord(int style);
const Word& MoodWord(int mood);

/// Hue of a colour attribute. Units: degrees in the OKLCH colour space.
double ColourHue(int colour);

/// What an item really is. Text, image, sound and clip each tell a part of it:
/// category: text, and image and sound; colour: image, and the text of a third of the goods; style:
/// image, and half of the goods' texts; mood: sound, the image's light, and some texts; tempo and
/// brightness: sound alone.
struct ItemLatents {
  Kind kind = Kind::kGoods;
  int category = 0;
  int colour = 0;
  int style = 0;
  int mood = 0;
  double tempo = 100;       ///< beats per minute, 60 .. 170
  double brightness = 0.5;  ///< of the sound's timbre, 0 .. 1
  double quality = 0;       ///< standard normal; liked by everybody
  double popularity = 1;    ///< how often it is shown, relative to others; 0: never (a cold item)
  bool chinese = false;     ///< the language of its own title and description
  bool translated = false;  ///< it has the other language too
  TimeMs created = 0;

  int category_in_kind() const { return category % kCategoriesPerKind; }
  bool cold() const { return popularity == 0; }
};

/// The last moment of the market's 90 days; a day of autumn 2025 that depends on the seed only.
TimeMs MarketEnd(std::uint64_t seed);
inline constexpr TimeMs kMarketSpanMs = 90 * kDayMs;

/// The kind of item number `index`: every run of twenty consecutive items has the same mix.
Kind KindOfItem(std::size_t index);
/// "goods-00042": the kind and the index.
std::string ItemId(Kind kind, std::size_t index);

/// Draws item number `index`. The same random state gives the same item.
ItemLatents DrawItemLatents(std::size_t index, TimeMs market_end, Random& random);

}  // namespace medley::simulation
