#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace medley::text {

/// The words of `text`, normalised, in order, without punctuation; Chinese, Japanese and Thai are
/// cut by ICU's dictionaries. Threads: any.
std::vector<std::string> Words(std::string_view text);

enum class TermUse : std::uint8_t { kDocument, kQuery };

/// What an index knows a text by: English words by their stem, other words as they are; of Chinese
/// and Japanese text each pair of neighbouring characters, so that no cut of the dictionary's hides
/// a phrase, and words of three and more. A document also goes by its single characters, a query
/// only where a run has no more than one.
void ForEachTerm(std::string_view text,
                 TermUse use,
                 const std::function<void(std::string_view)>& take);

/// A title as titles are compared: its words, normalised, with one space between (none between
/// Chinese words); what has no words is only normalised.
std::string FoldTitle(std::string_view title);

}  // namespace medley::text
