#pragma once

#include <string_view>
#include <vector>

#include "medley/understanding/extraction.h"
#include "medley/understanding/known_names.h"
#include "medley/understanding/phrase_table.h"
#include "medley/understanding/sentence_view.h"

// The rules of Extractor, a file for each group. Each looks at one sentence and appends what it
// finds.

namespace medley::understanding {

void FindEnglishPlaces(const SentenceView& sentence,
                       const KnownNames& names,
                       const PhraseTable& people_of,
                       std::string_view relation,
                       std::vector<Found>& out);
void FindEnglishPeriods(const SentenceView& sentence,
                        const KnownNames& names,
                        const PhraseTable& periods,
                        std::vector<Found>& out);
void FindEnglishCharacters(const SentenceView& sentence,
                           const KnownNames& names,
                           const PhraseTable& occupations,
                           std::vector<Found>& out);
void FindEnglishOccupations(const SentenceView& sentence,
                            const PhraseTable& occupations,
                            std::vector<Found>& out);
void FindEnglishThemes(const SentenceView& sentence,
                       const PhraseTable& themes,
                       std::vector<Found>& out);
void FindEnglishSources(const SentenceView& sentence,
                        const KnownNames& names,
                        std::vector<Found>& out);
void FindGoods(const SentenceView& sentence,
               const PhraseTable& colours,
               const PhraseTable& materials,
               const PhraseTable& brands,
               std::vector<Found>& out);
void FindChinesePlaces(const SentenceView& sentence,
                       const KnownNames& names,
                       std::string_view relation,
                       std::vector<Found>& out);
void FindChinesePeriods(const SentenceView& sentence,
                        const PhraseTable& periods,
                        std::vector<Found>& out);
void FindChineseCharacters(const SentenceView& sentence, std::vector<Found>& out);
/// Occupations and themes: `relation` says which.
void FindChineseListed(const SentenceView& sentence,
                       const PhraseTable& listed,
                       std::string_view relation,
                       std::vector<Found>& out);

/// Appends words [first, last) as the `tail` of `relation`.
void Append(const SentenceView& sentence,
            std::size_t first,
            std::size_t last,
            std::string_view relation,
            std::string_view tail,
            float confidence,
            std::string_view rule,
            std::vector<Found>& out);

}  // namespace medley::understanding
