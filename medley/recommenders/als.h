#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Matrix factorisation for implicit feedback by alternating least squares. With confidence 1 +
/// alpha w of what a user was for and 1 of all else, users' and items' vectors x, y of `factors`
/// numbers minimise
///   sum over all (u, i) of confidence (p(u, i) - x(u) . y(i))^2 + regularization (|x|^2 + |y|^2),
/// each side in turn, by a few conjugate-gradient steps or exactly by Cholesky factorisation
/// (als_solver.h). Only items' vectors are kept: a user's is solved for exactly from their history
/// when they ask, so that new users and new events count at once. An update folds items in: those
/// whose audience has changed by a tenth or more are solved for anew against the users' vectors,
/// the others stay. Missing: an item nobody was for, and every item for an empty history, gets
/// -infinity. Cost: training, iterations x (interactions x factors x cg_steps + (users + items) x
/// factors^2); an update, the users of the items that are folded in x (their histories x factors^2
/// + factors^3 / 6); a request, history x factors^2 + factors^3 / 6 + items x factors. Source: Hu,
/// Koren, Volinsky 2008; conjugate gradient as in Takács, Pilászy, Tikk 2011; contributions: Hu et
/// al., section 5.
class Als : public Recommender {
 public:
  explicit Als(const Parameters& parameters);
  std::string_view name() const override { return "als"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  Status Update(const TrainingData& data,
                const data::Interactions& before,
                Progress& progress) override;
  std::size_t n_items() const override { return items_.rows(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  /// What of a history anyone was for in training.
  std::vector<ProfileEntry> KnownPart(std::span<const data::Interaction> history) const;
  /// The user's normal equations, d x d.
  linalg::Matrix NormalEquations(std::span<const ProfileEntry> past) const;

  /// What the items and users came to be in Fit: false where the numbers ran away.
  bool Alternate(const linalg::CsrMatrix& by_user,
                 const linalg::CsrMatrix& by_item,
                 linalg::Matrix& users,
                 linalg::Matrix& items,
                 Progress& progress) const;
  /// A user's vector, exactly; false, and 0, where nothing of the history is known.
  bool SolveUser(std::span<const data::Interaction> history, std::span<float> vector) const;
  /// The sum over the changed users of what x x^T has become.
  void ShiftUsersGram(const data::Interactions& before,
                      const data::Interactions& now,
                      std::span<const UserIndex> changed);
  /// Solves for `items` against the vectors of their users.
  void FoldIn(const data::Interactions& now,
              const linalg::CsrMatrix& by_item,
              std::span<const std::uint32_t> items);

  std::size_t factors_;
  std::size_t iterations_;
  std::size_t cg_steps_;
  double alpha_;
  double regularization_;
  bool use_weights_;
  bool use_cholesky_;

  linalg::Matrix items_;              ///< n_items x factors
  linalg::Matrix gram_;               ///< transpose(items_) items_ + regularization I
  linalg::Matrix users_gram_;         ///< the same of the users' vectors
  std::vector<std::uint32_t> known_;  ///< 1 where anyone was for the item
};

RecommenderKind AlsKind();

}  // namespace medley::recommenders
