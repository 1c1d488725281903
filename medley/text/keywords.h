#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "medley/text/corpus.h"

namespace medley::text {

struct Keyword {
  std::string term;
  double score = 0;  ///< the best one's is 1
};

/// The words that a text has often and the collection has seldom: frequency times inverse document
/// frequency. At most `limit`, best first, ties in alphabetical order. Missing: an empty collection
/// leaves the frequency alone.
std::vector<Keyword> KeywordsByFrequency(std::span<const std::vector<std::string>> sentences,
                                         const Corpus& collection,
                                         std::size_t limit);

/// The words that stand beside many words that stand beside many: PageRank over the graph of words
/// within five of each other. Of a text with more than 20,000 different words, the most frequent.
/// Source: Mihalcea and Tarau, TextRank: bringing order into texts, EMNLP 2004.
std::vector<Keyword> KeywordsByTextRank(std::span<const std::vector<std::string>> sentences,
                                        std::size_t limit);

}  // namespace medley::text
