#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/top_k.h"
#include "medley/recommenders/item_similarity.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Item-based collaborative filtering: items that the same people were for resemble each other
/// (item_similarity.h says how much), and a user's score of j is the sum of w(i) s(i, j) over the
/// items i of their history, where j keeps the `neighbours` items that say the most for it.
/// Missing: an item without any neighbour, and every item for an empty history, gets -infinity.
/// Cost: training, the sum over users of their history squared; an update, the same over the users
/// of the items that changed, with bm25 (whose weights hang on everything) all of it; a request,
/// history x neighbours. Source: Sarwar et al. 2001; Deshpande and Karypis 2004.
class ItemKnn : public Recommender {
 public:
  explicit ItemKnn(const Parameters& parameters);
  std::string_view name() const override { return "item_knn"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  Status Update(const TrainingData& data,
                const data::Interactions& before,
                Progress& progress) override;
  std::size_t n_items() const override { return known_.size(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  /// An item's neighbours, best first.
  using Lists = std::vector<std::vector<linalg::IndexedScore>>;
  void Store(const Lists& lists);
  Lists Stored() const;

  std::size_t neighbours_;
  double recency_power_;
  SimilaritySettings similarity_;

  std::vector<std::uint32_t> known_;  ///< 1 where the item has a neighbour
  linalg::CsrMatrix by_source_;       ///< rows by history item: whose lists it is on
};

RecommenderKind ItemKnnKind();

}  // namespace medley::recommenders
