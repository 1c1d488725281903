#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/padded_matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Matrix factorisation of ratings: every interaction's weight, whatever its sign, is a rating r to
/// be predicted as
///   mu + b(u) + b(i) + <p(u), q(i)>,
/// by stochastic steps down the sum of (r - prediction)^2 + regularization (b(u)^2 + b(i)^2 +
/// |p(u)|^2 + |q(i)|^2). Scores are predicted ratings, in the ratings' own units, judged by RMSE:
/// it says how much someone would like an item, not whether they would turn to it. Only items'
/// numbers are kept: a user's b and p are solved for exactly from their history when they ask. Of
/// repeats in a history the latest counts. Missing: items that nobody has rated, and all for an
/// empty history, get -infinity. Threads: training uses all, with the same bits for any number
/// (BlockSchedule). Cost: training, passes x events x factors; a request, history x factors^2 +
/// factors^3 / 3 + items x factors. Source: Koren, Bell, Volinsky 2009, equations 4 and 5.
class BiasedMf : public Recommender {
 public:
  explicit BiasedMf(const Parameters& parameters);
  std::string_view name() const override { return "biased_mf"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return bias_.size(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  /// Ratings by item, the latest of each.
  using Ratings = std::vector<std::pair<ItemIndex, float>>;
  Ratings Known(std::span<const data::Interaction> history) const;
  /// The normal equations of a user's (p, b), and q(item) with a 1 behind it as a row.
  linalg::Matrix NormalEquations(const Ratings& ratings) const;
  linalg::Matrix WithOne(ItemIndex item) const;

  std::size_t factors_;
  std::size_t passes_;
  double rate_;
  double decay_;
  double regularization_;

  double mean_ = 0;
  linalg::PaddedMatrix items_;
  std::vector<float> bias_;
  std::vector<std::uint32_t> people_;  ///< how many rated the item
};

RecommenderKind BiasedMfKind();

}  // namespace medley::recommenders
