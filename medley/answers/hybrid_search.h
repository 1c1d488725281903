#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/alignment/word_space.h"
#include "medley/answers/cross_modal.h"
#include "medley/answers/item_filter.h"
#include "medley/answers/search.h"
#include "medley/index/nearest_index.h"
#include "medley/index/quantised_index.h"
#include "medley/text/lexical_index.h"
#include "medley/text/title_index.h"

namespace medley::answers {

/// The one SearchIndex, in which items that lack what is searched by stand among the others in
/// proportion to their number: words over title (weight 3), categories, tags and attributes (2),
/// description and other texts (1); vectors compared with every item's. Cost: building about 0.1 ms
/// an item; a search about 1 ms for 10,000 items, linear in their number. Source: Cormack, Clarke,
/// Buettcher, Reciprocal rank fusion, SIGIR 2009.
class HybridSearch : public SearchIndex {
 public:
  /// As SearchIndex::Build.
  HybridSearch(std::shared_ptr<const pipeline::Catalogue> catalogue,
               std::optional<index::VectorCode> code,
               std::shared_ptr<const alignment::WordSpace> words);
  Result<std::vector<SearchHit>> Search(const SearchQuery& query) const override;

 private:
  /// One source's answer, best first.
  struct Ranking {
    std::string name;
    std::vector<ItemIndex> items;
    double pace = 1;  ///< ranks from one of these items to the next
  };
  /// Which items may be found, and how many a source need give.
  struct Scope {
    std::function<bool(std::uint32_t)> allowed;
    std::size_t depth = 0;
  };

  Status Check(const SearchQuery& query) const;
  Ranking ByWords(std::string_view text, const Scope& scope) const;
  Ranking ByMisspeltTitle(std::string_view text, const Scope& scope) const;
  Ranking ByVector(const SearchQuery::VectorQuery& query, const Scope& scope) const;
  /// Items that lack what they are asked by.
  std::vector<Ranking> AcrossModalities(const SearchQuery& query, const Scope& scope) const;
  static std::vector<SearchHit> Fuse(const std::vector<ItemIndex>& exact,
                                     const std::vector<Ranking>& rankings,
                                     std::size_t n);

  std::shared_ptr<const pipeline::Catalogue> catalogue_;
  ItemFilter filter_;
  text::LexicalIndex words_;
  text::TitleIndex titles_;
  std::map<std::string, std::unique_ptr<index::NearestIndex>> vectors_;  ///< by space
  CrossModal across_;
};

}  // namespace medley::answers
