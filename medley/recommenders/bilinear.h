#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/bilinear_training.h"
#include "medley/recommenders/content_vectors.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// A bilinear form over content: with f(i) an item's vector in `spaces` and u the user, their
/// history's vectors summed over the root of how many they are,
///   R(u, i) = u^T W f(i) + b(i),   b(i) = w . f(i) + c(i),
/// W of low rank, c an item's own bias, 0 where nobody was for it yet. W begins as the similarity
/// of contents and learns from behaviour which differences matter: by pairs of an item the user was
/// for and drawn ones they were not (loss bpr), or by each item alone (logistic). An item nobody
/// has met is scored the moment its vector is there. Missing: items without a vector, and all for
/// a history without any, get -infinity. Load takes the catalogue as it is now. Cost: training,
/// passes x (events x negatives x rank + batches x items x dimension x rank); a request, history x
/// rank + items x rank; memory, items x (dimension + 2 rank). Source: Chu and Park 2009
/// (personalised bilinear models); Kabbur, Ning, Karypis 2013 (users as their history); Rendle et
/// al. 2009 (loss).
class Bilinear : public Recommender {
 public:
  explicit Bilinear(const Parameters& parameters);
  std::string_view name() const override { return "bilinear"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return past_.rows(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  /// From the weights to what every item there is needs.
  void Project();
  struct Part {
    ItemIndex item = 0;
    float weight = 0;  ///< of its vector in u
  };
  std::vector<Part> Described(std::span<const data::Interaction> history) const;

  std::string spaces_;
  BilinearSettings settings_;
  double recency_power_;

  ContentVectors content_;
  BilinearWeights weights_;
  std::vector<std::uint32_t> people_;
  linalg::Matrix past_;      ///< items x rank
  linalg::Matrix target_;    ///< items x rank
  std::vector<float> bias_;  ///< b
};

RecommenderKind BilinearKind();

}  // namespace medley::recommenders
