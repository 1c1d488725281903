#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/top_k.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// User-based collaborative filtering: the `neighbours` users v most like the history h,
///   cosine   s(h, v) = sum over common i of w(h, i) w(v, i) / (|h| |v| + shrinkage)
///   jaccard  s(h, v) = c / (n(h) + n(v) - c + shrinkage), c the sum of w(h, i) over common i and
///            n(h) the sum of w(h, .)
/// and a score of j that is the sum of s(h, v)^amplify w(v, j) over them. Users are compared when
/// one asks: what is kept is who was for what, from either side, never users x users. Missing:
/// items that none of the neighbours was for score 0, below the rest; an item nobody was for, and
/// every item for an empty history, gets -infinity. Cost: training and update, one pass over the
/// interactions; a request, the interactions of all users of the history's items, then those of the
/// neighbours. Source: Herlocker, Konstan, Borchers, Riedl 1999; amplification, Breese, Heckerman,
/// Kadie 1998.
class UserKnn : public Recommender {
 public:
  explicit UserKnn(const Parameters& parameters);
  std::string_view name() const override { return "user_knn"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return by_user_.cols; }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  void Index();
  /// Users and how much each counts, best first.
  std::vector<linalg::IndexedScore> NearestTo(std::span<const data::Interaction> history) const;

  std::string similarity_;
  std::size_t neighbours_;
  double shrinkage_;
  double amplify_;
  double recency_power_;
  bool use_weights_;

  linalg::CsrMatrix by_user_;
  linalg::CsrMatrix by_item_;
  std::vector<float> sizes_;  ///< |v|, or n(v)
};

RecommenderKind UserKnnKind();

}  // namespace medley::recommenders
