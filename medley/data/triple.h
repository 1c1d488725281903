#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace medley::data {

/// What stands at an end of a triple.
struct TripleEnd {
  enum class Kind : std::uint8_t {
    kItem,    ///< `text` is the id of an item of the catalogue
    kEntity,  ///< an id of a foreign knowledge graph ("m.0dyb1")
    kName,    ///< what it is called ("Tom Hanks")
  };
  Kind kind = Kind::kName;
  std::string text;

  bool operator==(const TripleEnd&) const = default;
};

/// Where in an item's text a triple was read.
struct TripleSpan {
  std::string item;   ///< its id
  std::string field;  ///< "description", or a name of Item::texts
  std::uint32_t begin = 0;
  std::uint32_t end = 0;  ///< bytes of the field, behind the last

  bool operator==(const TripleSpan&) const = default;
};

/// A statement of a knowledge graph, with what it was taken from. Two triples are the same where
/// ends, relation, source and span are.
struct Triple {
  TripleEnd head;
  std::string relation;  ///< as the source names it ("film.film.actor", "director")
  TripleEnd tail;
  std::string source;     ///< "ml-100k.kg", "text:gemma3-270m"
  TripleSpan span;        ///< item "": from no text
  double confidence = 1;  ///< 0 .. 1

  bool operator==(const Triple&) const = default;
};

/// The relation that says that both ends are one thing: an item and its entity elsewhere.
inline constexpr std::string_view kSameAs = "same_as";

}  // namespace medley::data
