#pragma once

#include <span>
#include <string_view>

namespace medley::understanding {

/// What one thing is called. Forms are in lower case, with | between; the first is its name.
struct ListedWord {
  std::string_view english;
  std::string_view chinese;
};

/// What people of a story do: "detective", "nun", 侦探.
std::span<const ListedWord> OccupationWords();
/// What a story is about: "murder" with all that says so ("murders", "murdered").
std::span<const ListedWord> ThemeWords();
/// Cities, states and regions that ICU does not name.
std::span<const ListedWord> PlaceWords();
/// What is of a country: the country first, then "french".
std::span<const ListedWord> PeopleOfWords();
/// Times with a name: "world war ii", "medieval".
std::span<const ListedWord> PeriodWords();
std::span<const ListedWord> ColourWords();
std::span<const ListedWord> MaterialWords();

}  // namespace medley::understanding
