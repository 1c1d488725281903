#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "medley/core/ids.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/understanding/phrase_table.h"

namespace medley::understanding {

/// Names that extraction knows: places of the world (ICU's countries and cities of time zones, and
/// a list of our own), and what the catalogue's own fields teach: whole names of people, first
/// names, brands, countries. Threads: immutable once made. Cost: making takes about 0.1 s.
class KnownNames {
 public:
  KnownNames();
  /// Also learns from the names in `knowledge` that stand in the catalogue's fields.
  explicit KnownNames(const graph::KnowledgeGraph& knowledge);

  const PhraseTable& places() const { return places_; }
  const PhraseTable& brands() const { return brands_; }
  /// How many people of the catalogue have this first name (folded).
  std::size_t FirstName(std::string_view folded) const;
  /// The person of the catalogue that is called so (folded), as the catalogue writes it; empty:
  /// none.
  std::string_view Person(std::string_view folded) const;

 private:
  void AddPlacesOfTheWorld();
  PhraseTable places_;
  PhraseTable brands_;
  StringMap<std::size_t> first_names_;
  StringMap<std::string> people_;
};

/// "Los Angeles" of "los angeles".
std::string TitleCase(std::string_view name);

}  // namespace medley::understanding
