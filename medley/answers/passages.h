#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "medley/data/document.h"

namespace medley::answers {

/// A piece of a document that speaks of one thing.
struct Passage {
  std::string heading;  ///< the headings above it, outermost first, " > " between; "": none
  std::string text;     ///< paragraphs as they stand, without emphasis marks; "\n" between lines
};

/// Cuts a document at its headings ("# ..." and a line that asks a question) and between its
/// paragraphs, into passages of 80 to 600 bytes where the text allows: a shorter paragraph joins
/// the next one of its section, a longer one is cut between sentences. A sentence that talks to a
/// machine (IsInstruction) is left out. Cost: linear.
std::vector<Passage> CutPassages(const data::Document& document);

/// The sentences of a passage, each without the blanks and list marks around it; a line of a list
/// or a table is one. The views are of `text`.
std::vector<std::string_view> SentencesOf(std::string_view text);

/// What a passage is encoded as, and its key among the vectors.
std::string PassageText(const data::Document& document, const Passage& passage);
std::int64_t PassageKey(std::string_view passage_text);

}  // namespace medley::answers
