#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "medley/alignment/word_space.h"
#include "medley/core/result.h"
#include "medley/index/quantised_index.h"
#include "medley/pipeline/snapshot.h"
#include "medley/rerank/rule_book.h"

namespace medley::answers {

/// What a search may be narrowed to. Empty or absent: anything.
/// `rules`: what the operator lets this user be offered (Engine::Rules, pipeline::LoadVerdict); who
/// searches for somebody must set it. The default: no rules.
struct SearchFilter {
  std::string kind;
  std::string category;
  std::string language;
  std::optional<double> min_price;
  std::optional<double> max_price;
  rerank::Verdict rules;
};

/// A query: words, or vectors already made from words, a picture or a sound, or both.
struct SearchQuery {
  std::string text;
  struct VectorQuery {
    std::string space;  ///< "text", "image", "audio"
    std::vector<float> vector;
  };
  std::vector<VectorQuery> vectors;
  SearchFilter filter;
  std::size_t n = 10;
};

struct SearchHit {
  ItemIndex item = kNoIndex;
  double score = 0;
  /// Why it is here: "title" (exact), "words", or the space of a vector ("text", "image", "audio",
  /// "video").
  std::vector<std::string> matched_by;
};

/// Hybrid search over one catalogue: exact titles first, then words (BM25) and vectors joined by
/// reciprocal rank. Threads: immutable once built.
class SearchIndex {
 public:
  /// `code`: what of the items' vectors is compared before the best are compared whole; none:
  /// whole ones at once. `words`: what LoadWords gives; without it items that lack what is searched
  /// by are not found.
  static std::shared_ptr<const SearchIndex> Build(
      std::shared_ptr<const pipeline::Catalogue> catalogue,
      std::optional<index::VectorCode> code = {},
      std::shared_ptr<const alignment::WordSpace> words = nullptr);
  /// Errors: kInvalidInput for an empty query, a vector of another dimension, n outside 1 .. 1000.
  virtual Result<std::vector<SearchHit>> Search(const SearchQuery& query) const = 0;
  virtual ~SearchIndex() = default;
};

}  // namespace medley::answers
