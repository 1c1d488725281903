#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "medley/core/ids.h"

namespace medley::rerank {

/// Items of one catalogue, a bit each. Missing: an item beyond the size is not in it.
class ItemSet {
 public:
  ItemSet() = default;
  explicit ItemSet(std::size_t n_items, bool all = false)
      : n_(n_items), words_((n_items + 63) / 64, all ? ~std::uint64_t{0} : 0) {
    if (all && n_ % 64 != 0) words_.back() = (std::uint64_t{1} << (n_ % 64)) - 1;
  }

  std::size_t size() const { return n_; }
  bool Has(ItemIndex item) const {
    return item < n_ && ((words_[item / 64] >> (item % 64)) & 1) != 0;
  }
  void Add(ItemIndex item) { words_[item / 64] |= std::uint64_t{1} << (item % 64); }
  void Remove(ItemIndex item) { words_[item / 64] &= ~(std::uint64_t{1} << (item % 64)); }
  /// Shapes (both): sets of as many items.
  void Keep(const ItemSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }
  void Remove(const ItemSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
  }
  std::size_t Count() const {
    std::size_t count = 0;
    for (const auto word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
  }

 private:
  std::size_t n_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace medley::rerank
