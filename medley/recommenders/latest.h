#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/parameters.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// The newest items, the same for everyone: an item came to be when the catalogue says, else with
/// its first event. The score is the share of the dated items that are no newer, so that the newest
/// scores 1 and what came at once scores alike. Times after "now" are not believed: such an item
/// counts as coming now. Missing: an item without either time gets -infinity.
/// Cost: training and update, one pass over the interactions.
class Latest : public Recommender {
 public:
  explicit Latest(const Parameters& parameters) : use_created_(parameters.Bool("use_created")) {}
  std::string_view name() const override { return "latest"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return scores_.size(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  bool use_created_;
  std::vector<float> scores_;
  std::vector<float> ages_;  ///< in days
};

RecommenderKind LatestKind();

}  // namespace medley::recommenders
