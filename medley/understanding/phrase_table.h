#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "medley/core/ids.h"
#include "medley/understanding/sentence_view.h"
#include "medley/understanding/word_lists.h"

namespace medley::understanding {

/// Finds phrases of a list in sentences: as they are written or, of the last word, as it is counted
/// ("bounty hunters" is "bounty hunter"). Threads: immutable once filled.
class PhraseTable {
 public:
  PhraseTable() = default;
  /// The first form of each, in English and in Chinese, is its name in texts of that language.
  explicit PhraseTable(std::span<const ListedWord> words);

  /// `form`: words with a blank between, whatever their case. A form that is there keeps its name.
  void Add(std::string_view form, std::string_view name);

  struct Match {
    std::string_view name;  ///< empty: none
    std::size_t n_words = 0;
  };
  /// The longest phrase that begins at word `at`.
  Match Longest(const SentenceView& sentence, std::size_t at) const;
  /// The name of a whole phrase; empty: none.
  std::string_view Find(std::string_view form) const;

 private:
  StringMap<std::string> names_;       ///< by form
  StringMap<std::size_t> most_words_;  ///< of the forms that begin with this word
};

}  // namespace medley::understanding
