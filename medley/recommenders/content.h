#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/feature_kernel.h"
#include "medley/recommenders/growing.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Likes what resembles what the user was for, in attributes, texts, pictures, sounds and films:
/// kernel ridge regression of each user's 0/1 behaviour on items, for all users at once. With K the
/// weighted sum of similarities of FeatureKernel's parts,
///   score(u, j) = sum over the items i of the history of w(i) C(i, j),
///   C = ((1 - e) I + e B) (K(warm, warm) + I)^-1 K(warm, all),
/// B the weights of EASE among the warm items, e `expansion`: a history counts for what it goes
/// with, too, so that a few actions already say much.
/// How much each part counts is learned by leaving items out (kernel_weights.h), so that an item
/// nobody has met yet is scored by what has proved to carry over. `warm` are the `max_items` items
/// with the most people; others in a history say nothing. Missing: items of which nothing is known,
/// and everything for a history without warm items, get -infinity. Modalities may be absent item by
/// item. Load takes the features of the catalogue as it is now: items that came after training are
/// scored too. Cost: training, warm^3 + the learning of weights on at most learn_items; memory, 4 x
/// warm x items bytes; a request, history x items. Source: Saunders, Gammerman, Vovk 1998 (kernel
/// ridge); Lanckriet et al. 2004 (weights of kernels); Steck 2019 (B).
class Content : public Recommender, public Growing {
 public:
  explicit Content(const Parameters& parameters);
  std::string_view name() const override { return "content"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return places_.size(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;
  std::shared_ptr<Recommender> Grown(const ItemFeatures& features) const override;

  /// What was learned: how much each part counts, for reports.
  struct PartWeight {
    std::string part;
    double weight = 0;
  };
  std::vector<PartWeight> Weights() const;

 private:
  linalg::Matrix Weighted(std::span<const std::uint32_t> rows,
                          std::span<const std::uint32_t> cols) const;
  Status LearnWeights(const TrainingData& data, Progress& progress);
  Status Expand(const data::Interactions& interactions, linalg::Matrix& inverse) const;
  linalg::Matrix Spread(std::size_t begin, std::size_t end) const;
  void SpreadToAll();
  std::size_t n_first() const { return coefficients_ == nullptr ? 0 : coefficients_->cols(); }
  double Coefficient(std::size_t place, ItemIndex item) const {
    return double{item < n_first() ? (*coefficients_)(place, item)
                                   : later_(place, item - n_first())};
  }
  void AddTokens(std::size_t part,
                 ItemIndex past,
                 ItemIndex item,
                 double share,
                 std::map<std::uint32_t, Evidence>& by_token) const;
  std::uint64_t Fingerprint() const;

  std::string spaces_;
  double recency_power_;
  bool use_weights_;
  bool products_;
  double expansion_;
  double expansion_lambda_;
  std::size_t max_items_;
  std::size_t learn_items_;
  int steps_;

  const ItemFeatures* features_ = nullptr;
  FeatureKernel kernel_;
  std::vector<double> weights_;  ///< of each part
  std::vector<std::uint32_t> warm_;
  /// ((1 - e) I + e B) (K(warm, warm) + I)^-1
  std::shared_ptr<const linalg::Matrix> inverse_;
  std::vector<std::uint32_t> places_;  ///< row of C by item, or kNoIndex
  std::vector<std::uint8_t> described_;
  /// C, warm x items: of the items there were first, and of those that came since. Models grown
  /// from one another share the first.
  std::shared_ptr<const linalg::Matrix> coefficients_;
  linalg::Matrix later_;
};

RecommenderKind ContentKind();

}  // namespace medley::recommenders
