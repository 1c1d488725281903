#include "medley/understanding/known_names.h"

#include <unicode/locid.h>
#include <unicode/strenum.h>
#include <unicode/timezone.h>
#include <unicode/tznames.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "medley/graph/knowledge_graph.h"
#include "medley/graph/relation_names.h"
#include "medley/text/normalize.h"
#include "medley/understanding/phrase_table.h"
#include "medley/understanding/word_lists.h"

namespace medley::understanding {
namespace {

std::string Utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

void AddCountries(PhraseTable& places, const icu::Locale& language) {
  for (const char* const* code = icu::Locale::getISOCountries(); *code != nullptr; ++code) {
    icu::UnicodeString name;
    icu::Locale("", *code).getDisplayCountry(language, name);
    places.Add(Utf8(name), Utf8(name));
  }
}

void AddCities(PhraseTable& places, const icu::Locale& language) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::TimeZoneNames> names(
      icu::TimeZoneNames::createInstance(language, status));
  const std::unique_ptr<icu::StringEnumeration> zones(icu::TimeZone::createTimeZoneIDEnumeration(
      UCAL_ZONE_TYPE_CANONICAL_LOCATION, nullptr, nullptr, status));
  if (U_FAILURE(status) != 0) return;
  while (const icu::UnicodeString* zone = zones->snext(status)) {
    icu::UnicodeString city;
    names->getExemplarLocationName(*zone, city);
    if (!city.isBogus() && !city.isEmpty()) places.Add(Utf8(city), Utf8(city));
  }
}

bool OneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::string TitleCase(std::string_view name) {
  std::string out;
  std::size_t begin = 0;
  while (begin <= name.size()) {
    const auto end = std::min(name.find(' ', begin), name.size());
    std::string word(name.substr(begin, end - begin));
    if (OneOf(word, {"i", "ii", "d.c."})) {
      for (char& c : word) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    } else if (!word.empty() && !OneOf(word, {"of", "de", "and", "against", "era", "century"}) &&
               word.front() >= 'a' && word.front() <= 'z') {
      word.front() = static_cast<char>(word.front() - 'a' + 'A');
    }
    out += (out.empty() ? "" : " ") + word;
    begin = end + 1;
  }
  return out;
}

KnownNames::KnownNames() : places_(PlaceWords()) { AddPlacesOfTheWorld(); }

void KnownNames::AddPlacesOfTheWorld() {
  for (const auto& language : {icu::Locale::getEnglish(), icu::Locale::getChinese()}) {
    AddCountries(places_, language);
    AddCities(places_, language);
  }
}

KnownNames::KnownNames(const graph::KnowledgeGraph& knowledge) : KnownNames() {
  for (std::uint32_t i = 0; i < knowledge.n_nodes(); ++i) {
    const auto& name = knowledge.node(i).name;
    const auto& type = knowledge.TypeOf(i);
    if (name.empty()) continue;
    if (type == graph::kPerson) {
      const std::string folded = text::Normalize(name);
      const auto blank = folded.find(' ');
      if (blank == std::string::npos) continue;
      people_.emplace(folded, name);
      if (blank > 2) ++first_names_[folded.substr(0, blank)];
    } else if (type == "country") {
      places_.Add(name, name);
    } else if (type == "brand") {
      brands_.Add(name, name);
    }
  }
}

std::size_t KnownNames::FirstName(std::string_view folded) const {
  const auto found = first_names_.find(folded);
  return found == first_names_.end() ? 0 : found->second;
}

std::string_view KnownNames::Person(std::string_view folded) const {
  const auto found = people_.find(folded);
  return found == people_.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace medley::understanding
