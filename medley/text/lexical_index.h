#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "medley/linalg/top_k.h"

namespace medley::text {

/// One part of every document, and what a word in it counts for beside the others.
struct LexicalField {
  float weight = 1;
  float length_penalty = 0.75F;  ///< 0: a long field counts as a short one; 1: in proportion
};

/// Ranks documents by the words that they share with a query: BM25 over weighted fields.
/// Threads: immutable once built. Cost: about 3 bytes for each different term of a document; a
/// search adds up the postings of its terms. Source: Robertson, Zaragoza, Taylor, Simple BM25
/// extension to multiple weighted fields, CIKM 2004. A posting's part of the score is kept in 8
/// bits of its greatest possible, so scores differ from the formula by 0.2 % of a term's weight at
/// most.
class LexicalIndex {
 public:
  using TextOf = std::function<std::string(std::size_t document, std::size_t field)>;

  LexicalIndex() = default;
  /// `text_of` is called from several threads, once for each document and field.
  LexicalIndex(std::size_t n_documents,
               const std::vector<LexicalField>& fields,
               const TextOf& text_of);

  std::size_t n_documents() const { return n_documents_; }
  std::size_t n_terms() const { return terms_.size(); }

  /// The `k` best documents that `allowed` lets through (empty function: all), best first, ties by
  /// number. Only those with at least one of the query's terms. Cost: no allocation for a document.
  std::vector<linalg::IndexedScore> Search(
      std::string_view query,
      std::size_t k,
      const std::function<bool(std::uint32_t)>& allowed = {}) const;

 private:
  struct Occurrence;
  struct Term {
    std::size_t begin = 0;  ///< of its postings in bytes
    std::uint32_t documents = 0;
  };
  void AppendPostings(const std::vector<Occurrence>& occurrences,
                      const std::vector<LexicalField>& fields,
                      const std::vector<std::vector<float>>& length_norms);
  float Idf(std::uint32_t documents) const;

  std::size_t n_documents_ = 0;
  std::unordered_map<std::uint64_t, Term> terms_;  ///< by the hash of the term
  std::vector<std::uint8_t>
      postings_;  ///< for each: distance from the document before (varint), then the impact
};

}  // namespace medley::text
