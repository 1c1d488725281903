#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "medley/answers/search.h"
#include "medley/pipeline/snapshot.h"

namespace medley::answers {

/// Answers which items of a catalogue a filter lets through. Kinds, categories and languages are
/// compared without case, accents and width; a language is that of the title or of a translation,
/// by its first part ("zh" takes "zh-CN"). An item without a price is outside every price range.
/// Threads: immutable once built. Cost: a few ns an item.
class ItemFilter {
 public:
  explicit ItemFilter(const pipeline::Catalogue& catalogue);

  /// 1 for every item that is visible and that `filter`, rules included, lets through.
  std::vector<std::uint8_t> Allowed(const SearchFilter& filter) const;

 private:
  using Names = std::vector<std::uint32_t>;
  struct Traits {
    std::uint32_t kind = kNoIndex;
    Names categories;
    Names languages;
    double price;  ///< NaN: none
  };
  bool LetsThrough(const Traits& traits,
                   const SearchFilter& filter,
                   std::uint32_t kind,
                   std::uint32_t category,
                   std::uint32_t language) const;

  IdMap names_;
  std::vector<Traits> traits_;
  std::vector<std::uint8_t> visible_;
};

}  // namespace medley::answers
