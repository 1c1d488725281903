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

/// A linear autoencoder without self-similarity, solved in closed form: with G = X^T X and P = (G +
/// lambda I)^-1,
///   B(i, j) = -P(i, j) / P(j, j),  B(j, j) = 0,
/// a user's score of j is the sum of w(i) B(i, j) over the items i of their history.
/// It works on the `max_items` items with the most people; the others get -infinity, as does
/// everything for an empty history. Cost: training n^3 multiply-adds and 8 n^2 bytes, the model 4
/// n^2 bytes, for n items; a request, history x n. Source: Steck, Embarrassingly shallow
/// autoencoders for sparse data, WWW 2019, eq. 8.
class Ease : public Recommender {
 public:
  explicit Ease(const Parameters& parameters);
  std::string_view name() const override { return "ease"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return places_.size(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  double lambda_;
  double recency_power_;
  bool use_weights_;
  std::size_t max_items_;

  std::vector<std::uint32_t> kept_;    ///< the items B is of
  std::vector<std::uint32_t> places_;  ///< row of B by item, or kNoIndex
  linalg::Matrix weights_;             ///< B
};

RecommenderKind EaseKind();

}  // namespace medley::recommenders
