#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/text/fuzzy_dictionary.h"

namespace medley::graph {

/// Finds nodes by what they are called, exactly or with slips of the pen. Forms are folded as
/// text::FoldTitle does. Threads: immutable once built. Cost: memory about 10 bytes a character.
class NameIndex {
 public:
  struct Entry {
    std::string form;
    std::uint32_t node = 0;
    /// 0: the name itself; greater: a shorter form that people may say, the less sure the greater.
    std::uint8_t looseness = 0;
  };
  NameIndex() = default;
  explicit NameIndex(std::vector<Entry> entries);

  /// Those of exactly this folded form, the least loose first.
  std::span<const Entry> Exact(std::string_view folded) const;
  /// Whether any form begins so.
  bool AnyBegins(std::string_view folded) const;
  struct Near {
    const Entry* entry = nullptr;
    std::size_t distance = 0;
  };
  /// Those within a slip or two, nearest first; not the exact ones.
  std::vector<Near> Nearest(std::string_view folded, std::size_t limit) const;
  /// Words and names of the longest form.
  std::size_t longest_words() const { return longest_words_; }

 private:
  std::vector<Entry> entries_;  ///< sorted by form
  std::size_t longest_words_ = 0;
  std::vector<std::uint32_t> first_;  ///< of each different form
  text::FuzzyDictionary fuzzy_;       ///< of the different forms
};

}  // namespace medley::graph
