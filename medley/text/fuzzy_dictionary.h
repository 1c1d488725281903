#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace medley::text {

/// Characters to insert, delete, change or swap with their neighbour to make `b` of `a`; more than
/// `limit` is told as limit + 1. Source: optimal string alignment (Damerau 1964). Cost: |a| x (2
/// limit + 1).
std::size_t EditDistance(std::u32string_view a, std::u32string_view b, std::size_t limit);

/// How many slips a text of `length` characters is forgiven: none below 3, one below 7, else two.
std::size_t ForgivenEdits(std::size_t length);

/// Finds the entries of a list that differ from a text by a slip or two.
/// Threads: immutable once built. Cost: memory about 8 bytes a character; a search looks at the
/// entries that share enough trigrams.
class FuzzyDictionary {
 public:
  FuzzyDictionary() = default;
  explicit FuzzyDictionary(const std::vector<std::string>& entries);

  struct Match {
    std::uint32_t entry = 0;
    std::size_t distance = 0;
  };
  /// Entries within ForgivenEdits of `text`, nearest first, ties in the list's order, at most
  /// `limit`.
  std::vector<Match> Nearest(std::string_view text, std::size_t limit) const;

 private:
  struct Posting {
    std::uint64_t trigram;
    std::uint32_t entry;
    auto operator<=>(const Posting&) const = default;
  };
  std::vector<std::u32string> entries_;
  std::vector<Posting> postings_;
};

}  // namespace medley::text
