#pragma once

#include <string>
#include <string_view>

namespace medley::graph {

/// What a relation of some source is called here, and of what types its ends are.
struct RelationName {
  std::string name;       ///< "director": the tail is the head's director
  bool swapped = false;   ///< the source says it from the other end ("film.director.film")
  std::string head_type;  ///< after swapping; "": not known
  std::string tail_type;  ///< "person"
};

/// The one name of a relation, whatever it is called where it comes from: a column's name
/// ("actors", "导演"), a Freebase path ("film.film.directed_by"). Names that nobody taught it keep
/// their last part, in lower case with _ for blanks, which is then also the type of their tails.
RelationName CanonicalRelation(std::string_view source_name);

/// "production company" of "production_company".
std::string ReadableRelation(std::string_view name);

/// "English" of "en"; as it is where it is no code that is known.
std::string LanguageName(std::string_view code);

/// Whether several tails of this type may stand in one text, with commas between ("UK, USA").
bool ListedWithCommas(std::string_view tail_type);

inline constexpr std::string_view kPerson = "person";
inline constexpr std::string_view kYear = "year";
inline constexpr std::string_view kPlace = "place";

}  // namespace medley::graph
