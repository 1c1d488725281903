#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "medley/text/analyser.h"

namespace medley::text {

/// What a sentence is about, in order: the terms of its words that carry meaning.
std::vector<std::string> MeaningfulTerms(std::span<const Word> sentence);

/// The documents of a collection as numbers of words. Threads: reads from any.
class Corpus {
 public:
  struct Document {
    std::vector<std::uint32_t> words;
    std::vector<std::size_t> sentence_ends;
  };

  void Add(std::span<const std::vector<std::string>> sentences);
  /// Leaves out the words that fewer than `least` documents have; documents keep their places.
  void DropRareWords(std::size_t least);

  const std::vector<Document>& documents() const { return documents_; }
  std::size_t n_words() const { return words_.size(); }
  const std::string& word(std::size_t word) const { return words_[word]; }
  /// The number of a word; n_words() where no document has it.
  std::size_t Find(std::string_view word) const;
  /// How many documents have the word.
  std::size_t DocumentCount(std::size_t word) const { return document_counts_[word]; }
  std::size_t n_occurrences() const;
  /// How seldom documents have the word: log((documents + 1) / (those with it + 1)) + 1, which is
  /// positive, and 1 for words that all have. Source: Spärck Jones, A statistical interpretation of
  /// term specificity, 1972.
  double InverseFrequency(std::string_view word) const;

 private:
  std::vector<Document> documents_;
  std::vector<std::string> words_;
  std::vector<std::size_t> document_counts_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

}  // namespace medley::text
