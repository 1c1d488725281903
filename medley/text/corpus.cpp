#include "medley/text/corpus.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/text/analyser.h"
#include "medley/text/part_of_speech.h"
#include "medley/text/tokens.h"

namespace medley::text {
namespace {

/// Verbs and adjectives that say nothing of what a text is about.
bool IsEmpty(std::string_view term) {
  constexpr std::array<std::string_view, 57> kEmpty = {
      "be",    "is",     "am",    "are",  "was",   "were",   "been",  "being", "have",  "has",
      "had",   "having", "do",    "does", "did",   "done",   "doing", "will",  "would", "can",
      "could", "may",    "might", "must", "shall", "should", "ca",    "wo",    "get",   "got",
      "go",    "make",   "other", "such", "many",  "much",   "own",   "same",  "n't",   "'s",
      "'re",   "'ve",    "'ll",   "'m",   "'d",    "是",     "有",    "会",    "能",    "要",
      "说",    "没有",   "可以",  "到",   "去",    "来",     "让"};
  return std::ranges::find(kEmpty, term) != kEmpty.end();
}

}  // namespace

std::vector<std::string> MeaningfulTerms(std::span<const Word> sentence) {
  constexpr std::size_t kLongest = 64;
  std::vector<std::string> terms;
  for (const Word& word : sentence) {
    const bool counts = word.token.kind == TokenKind::kWord && CarriesMeaning(word.part) &&
                        word.term.size() > 1 && word.term.size() <= kLongest && !IsEmpty(word.term);
    if (counts) terms.push_back(word.term);
  }
  return terms;
}

void Corpus::Add(std::span<const std::vector<std::string>> sentences) {
  Document document;
  for (const auto& sentence : sentences) {
    for (const auto& term : sentence) {
      const auto [found, fresh] =
          numbers_.try_emplace(term, static_cast<std::uint32_t>(words_.size()));
      if (fresh) {
        words_.push_back(term);
        document_counts_.push_back(0);
      }
      document.words.push_back(found->second);
    }
    document.sentence_ends.push_back(document.words.size());
  }
  auto distinct = document.words;
  std::ranges::sort(distinct);
  distinct.erase(std::ranges::unique(distinct).begin(), distinct.end());
  for (const auto word : distinct) ++document_counts_[word];
  documents_.push_back(std::move(document));
}

void Corpus::DropRareWords(std::size_t least) {
  constexpr auto kGone = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> moved(words_.size(), kGone);
  std::uint32_t kept = 0;
  for (std::size_t word = 0; word < words_.size(); ++word) {
    if (document_counts_[word] < least) continue;
    moved[word] = kept;
    if (kept != word) words_[kept] = std::move(words_[word]);
    document_counts_[kept++] = document_counts_[word];
  }
  words_.resize(kept);
  document_counts_.resize(kept);
  numbers_.clear();
  for (std::uint32_t word = 0; word < kept; ++word) numbers_.emplace(words_[word], word);
  for (auto& document : documents_) {
    Document shorter;
    std::size_t at = 0;
    for (const std::size_t end : document.sentence_ends) {
      for (; at < end; ++at) {
        if (const auto word = moved[document.words[at]]; word != kGone)
          shorter.words.push_back(word);
      }
      shorter.sentence_ends.push_back(shorter.words.size());
    }
    document = std::move(shorter);
  }
}

std::size_t Corpus::Find(std::string_view word) const {
  const auto found = numbers_.find(std::string(word));
  return found == numbers_.end() ? n_words() : found->second;
}

std::size_t Corpus::n_occurrences() const {
  std::size_t sum = 0;
  for (const auto& document : documents_) sum += document.words.size();
  return sum;
}

double Corpus::InverseFrequency(std::string_view word) const {
  const auto found = Find(word);
  const double with = found == n_words() ? 0 : static_cast<double>(document_counts_[found]);
  return std::log((static_cast<double>(documents_.size()) + 1) / (with + 1)) + 1;
}

}  // namespace medley::text
