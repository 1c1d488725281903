#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/alignment/word_space.h"
#include "medley/answers/search.h"
#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/workspace.h"

namespace medley::answers {

/// The name of the published model that says what vectors mean in words.
inline constexpr const char* kWordsModel = "words";

/// What `medley encode` learned; heads that learned from another encoder's vectors are left out.
/// Missing: nullptr where it learned nothing. Errors: kIo, kCorrupt.
Result<std::shared_ptr<const alignment::WordSpace>> LoadWords(const storage::Workspace& workspace,
                                                              const pipeline::Catalogue& catalogue);

/// Finds items by what they show or sound like where they lack what they are asked by: photos
/// without a text by words, sounds without a picture by a picture, texts by a sound. All meet in
/// the words of the catalogue (alignment/word_space.h); without a learned WordSpace nothing is
/// found. Threads: immutable once built. Cost: building, 2 words x dimension operations for each
/// vector of an item that lacks another modality; a search, one dot product for each.
class CrossModal {
 public:
  /// `words`: nullptr where nothing was learned.
  CrossModal(std::shared_ptr<const pipeline::Catalogue> catalogue,
             std::shared_ptr<const alignment::WordSpace> words);

  struct Found {
    std::string space;             ///< that answered
    std::vector<ItemIndex> items;  ///< best first
    /// Items that have what is asked by, for each of these that lack it, at least 1: as many of
    /// them a fair list shows between two of these.
    double others = 1;
  };
  using Allowed = std::function<bool(std::uint32_t)>;
  /// What answers a query's words, or where none of them is known their vector. `vector`: nullptr
  /// where there is none.
  std::vector<Found> ByText(std::string_view text,
                            const SearchQuery::VectorQuery* vector,
                            std::size_t depth,
                            const Allowed& allowed) const;
  std::vector<Found> ByVector(const SearchQuery::VectorQuery& vector,
                              std::size_t depth,
                              const Allowed& allowed) const;

 private:
  /// The items of a space that lack another.
  struct Answering {
    std::vector<ItemIndex> items;
    std::vector<alignment::WordSpace::Reading> readings;
  };
  std::vector<Found> ByShares(std::string_view asked_by,
                              std::span<const float> shares,
                              std::size_t depth,
                              const Allowed& allowed) const;

  std::shared_ptr<const pipeline::Catalogue> catalogue_;
  std::shared_ptr<const alignment::WordSpace> words_;
  std::map<std::string, Answering> answering_;
};

}  // namespace medley::answers
