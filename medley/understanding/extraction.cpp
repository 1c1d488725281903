#include "medley/understanding/extraction.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/text/analyser.h"
#include "medley/text/normalize.h"
#include "medley/understanding/extraction_rules.h"
#include "medley/understanding/known_names.h"
#include "medley/understanding/sentence_view.h"
#include "medley/understanding/word_lists.h"

namespace medley::understanding {
namespace {

/// Whether the words of `part` are among those of `whole`, in their order and side by side.
bool IsPartOf(std::string_view part, std::string_view whole) {
  const auto at = whole.find(part);
  if (at == std::string_view::npos || part.size() == whole.size()) return false;
  const auto end = at + part.size();
  return (at == 0 || whole[at - 1] == ' ') && (end == whole.size() || whole[end] == ' ');
}

/// Each (relation, tail) once, where it is surest; of a person called "James Bond" and "Bond" the
/// longer name.
void Deduplicate(std::vector<Found>& found) {
  std::vector<Found> kept;
  for (const Found& one : found) {
    const auto same = std::ranges::find_if(kept, [&](const Found& other) {
      return other.relation == one.relation &&
             text::Normalize(other.tail) == text::Normalize(one.tail);
    });
    if (same == kept.end()) {
      kept.push_back(one);
    } else if (one.confidence > same->confidence) {
      *same = one;
    }
  }
  std::erase_if(kept, [&](const Found& one) {
    return one.relation == "character" && std::ranges::any_of(found, [&](const Found& other) {
             return other.relation == one.relation && IsPartOf(one.tail, other.tail);
           });
  });
  std::ranges::stable_sort(kept, {}, &Found::begin);
  found = std::move(kept);
}

}  // namespace

void Append(const SentenceView& sentence,
            std::size_t first,
            std::size_t last,
            std::string_view relation,
            std::string_view tail,
            float confidence,
            std::string_view rule,
            std::vector<Found>& out) {
  out.push_back({std::string(relation),
                 std::string(tail),
                 sentence.Begin(first),
                 sentence.End(last),
                 confidence,
                 rule});
}

TextKind TextKindOf(std::string_view item_kind) {
  constexpr std::array<std::string_view, 10> kStories = {
      "film", "movie", "book", "series", "show", "game", "novel", "story", "电影", "小说"};
  constexpr std::array<std::string_view, 5> kOthers = {"news", "article", "post", "place", "event"};
  if (std::ranges::find(kStories, item_kind) != kStories.end()) return TextKind::kStory;
  if (std::ranges::find(kOthers, item_kind) != kOthers.end()) return TextKind::kOther;
  return TextKind::kGoods;
}

Extractor::Extractor(const text::Analyser& analyser, const KnownNames& names)
    : analyser_(&analyser),
      names_(&names),
      occupations_(OccupationWords()),
      themes_(ThemeWords()),
      people_of_(PeopleOfWords()),
      periods_(PeriodWords()),
      colours_(ColourWords()),
      materials_(MaterialWords()) {}

std::vector<Found> Extractor::Extract(std::string_view text, TextKind kind) const {
  std::vector<Found> found;
  const std::string_view place = kind == TextKind::kStory ? "set_in" : "place";
  analyser_->ForEachSentence(text, [&](std::span<const text::Word> words) {
    const SentenceView sentence(text, words);
    if (kind == TextKind::kGoods) {
      FindGoods(sentence, colours_, materials_, names_->brands(), found);
      return;
    }
    FindEnglishPlaces(sentence, *names_, people_of_, place, found);
    FindEnglishPeriods(sentence, *names_, periods_, found);
    FindEnglishThemes(sentence, themes_, found);
    FindChinesePlaces(sentence, *names_, place, found);
    FindChinesePeriods(sentence, periods_, found);
    FindChineseListed(sentence, themes_, "theme", found);
    if (kind != TextKind::kStory) return;
    FindEnglishCharacters(sentence, *names_, occupations_, found);
    FindEnglishOccupations(sentence, occupations_, found);
    FindEnglishSources(sentence, *names_, found);
    FindChineseCharacters(sentence, found);
    FindChineseListed(sentence, occupations_, "character_occupation", found);
  });
  Deduplicate(found);
  return found;
}

}  // namespace medley::understanding
