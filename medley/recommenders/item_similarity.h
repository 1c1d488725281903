#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/data/interactions.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/top_k.h"

namespace medley::recommenders {

/// How alike two items' audiences are, by what the same users were for. With n(i) the users of i, w
/// an interaction's weight (1 unless weights are used) and sums over the users u of both i and j:
///   cosine       sum w(u, i) w(u, j) / (|w(., i)| |w(., j)| + shrinkage)
///   jaccard      n(i, j) / (n(i) + n(j) - n(i, j) + shrinkage)
///   bm25         sum b(u, i) b(u, j), b(u, i) = log(N / (1 + n(i))) w (k1 + 1) /
///                (w + k1 (1 - b + b len(u) / mean len)): users as documents, items as words
///   conditional  of j given i: sum 1/|w(u, .)| / (n(i) n(j)^popularity_power): popular j are
///                trusted less, users of few items more
/// Sources: Sarwar et al. 2001; shrinkage, Bell and Koren 2007; bm25, Robertson and Zaragoza 2009;
/// conditional, Deshpande and Karypis 2004, eq. 2 and 3.
struct SimilaritySettings {
  std::string measure = "cosine";
  double shrinkage = 10;
  double popularity_power = 0.5;
  double k1 = 1.2;
  double b = 0.75;
  bool use_weights = false;
};
inline constexpr std::string_view kSimilarityMeasures[] = {
    "cosine", "jaccard", "bm25", "conditional"};

/// The audiences of all items, ready to be compared. Threads: const members from any number.
class ItemAudiences {
 public:
  ItemAudiences(const data::Interactions& interactions, const SimilaritySettings& settings);
  std::size_t n_items() const { return by_user_.cols; }

  /// Writes into `out` how much each item says for `target`; -infinity for those that nobody was
  /// for together with it, and for itself. Shapes: all have n_items, or with row.is_sparse only
  /// row.filled's places are written.
  void Compare(std::size_t target, const linalg::GramRow& row, std::span<float> out) const;
  /// The same for one pair: how much `source` says for `target`, `together` being their sum.
  float Of(std::size_t source, std::size_t target, float together) const;

  /// The `k` items that say the most for each target, in no order. `visit(target, row)` sees each
  /// row besides, from several threads. `only`: these targets; empty: all. The other lists are
  /// untouched.
  template <typename Visitor>
  void NearestOf(std::size_t k,
                 std::span<const std::uint32_t> only,
                 std::vector<std::vector<linalg::IndexedScore>>& lists,
                 Visitor&& visit) const {
    linalg::ForEachGramRow(
        by_user_,
        by_item_,
        [&](std::size_t target, const linalg::GramRow& row) {
          lists[target] = Nearest(target, row, k);
          visit(target, row);
        },
        only);
  }

 private:
  std::vector<linalg::IndexedScore> Nearest(std::size_t target,
                                            const linalg::GramRow& row,
                                            std::size_t k) const;
  void WeighByBm25(const SimilaritySettings& settings);
  void WeighByLength();

  bool is_jaccard_;
  float shrinkage_;
  linalg::CsrMatrix by_user_;
  linalg::CsrMatrix by_item_;
  std::vector<float> as_source_;  ///< together / (as_source as_target + shrinkage)
  std::vector<float> as_target_;
};

}  // namespace medley::recommenders
