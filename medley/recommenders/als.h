#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Matrix factorisation for implicit feedback by alternating least squares. With confidence 1 +
/// alpha w of what a user was for and 1 of all else, users' and items' vectors x, y of `factors`
/// numbers minimise
///   sum over all (u, i) of confidence (p(u, i) - x(u) . y(i))^2 + regularization (|x|^2 + |y|^2),
/// each side in turn by a few conjugate-gradient steps. Only items' vectors are kept: a user's is
/// solved for exactly from their history when they ask, so that new users and new events count at
/// once. Missing: an item nobody was for, and every item for an empty history, gets -infinity.
/// Cost: training, iterations x (interactions x factors x cg_steps + (users + items) x factors^2);
/// a request, history x factors^2 + factors^3 / 3 + items x factors. Source: Hu, Koren, Volinsky
/// 2008; conjugate gradient as in Takács, Pilászy, Tikk 2011; contributions: Hu et al., section 5.
class Als : public Recommender {
 public:
  explicit Als(const Parameters& parameters);
  std::string_view name() const override { return "als"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return items_.rows(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  /// Fills `system` with the user's normal equations, d x d. Returns false where nothing of the
  /// history is known.
  bool NormalEquations(std::span<const data::Interaction> history, linalg::MatrixView system) const;

  std::size_t factors_;
  std::size_t iterations_;
  std::size_t cg_steps_;
  double alpha_;
  double regularization_;
  bool use_weights_;

  linalg::Matrix items_;              ///< n_items x factors
  linalg::Matrix gram_;               ///< transpose(items_) items_
  std::vector<std::uint32_t> known_;  ///< 1 where anyone was for the item
};

RecommenderKind AlsKind();

}  // namespace medley::recommenders
