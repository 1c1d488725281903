#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// How many people were for an item, the same for everyone; where half_life_days is set, one from t
/// days ago counts 2^(-t / half_life_days). Missing: an item nobody was for scores 0. Cost:
/// training and update, one pass over the interactions.
class Popularity : public Recommender {
 public:
  explicit Popularity(const Parameters& parameters)
      : half_life_days_(parameters.Real("half_life_days")) {}
  std::string_view name() const override { return "popularity"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return scores_.size(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  double half_life_days_;
  std::vector<float> scores_;
  std::vector<float> counts_;
};

RecommenderKind PopularityKind();

}  // namespace medley::recommenders
