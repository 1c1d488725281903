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
#include "medley/recommenders/growing.h"
#include "medley/recommenders/recommender.h"
#include "medley/recommenders/stacking.h"

namespace medley::recommenders {

/// Several recommenders as one: each one's scores are brought to mean 0 and deviation 1 over the
/// items a user may still get, then added with weights. The weights are those that rank best
/// (NDCG@20) the part of each user's history that is held out, `holdout` of it, when the components
/// know only the rest; then the components are fitted again on everything. Missing: a component
/// that can say nothing of an item counts as its average, 0; where none can, -infinity. A user of
/// whom only unweighted components know anything gets those, weighed alike. Components that the
/// data can't carry (content without features) are left out. An update updates each component and
/// keeps the weights. Cost: twice the components' training,
/// and the search for weights on at most `learn_users` users. Source: stacking, Wolpert 1992.
class Hybrid : public Recommender, public Growing {
 public:
  explicit Hybrid(const Parameters& parameters);
  std::string_view name() const override { return "hybrid"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  Status Update(const TrainingData& data,
                const data::Interactions& before,
                Progress& progress) override;
  std::size_t n_items() const override;
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;
  std::shared_ptr<Recommender> Grown(const ItemFeatures& features) const override;

  /// What was learned, for reports.
  struct ComponentWeight {
    std::string component;
    double weight = 0;
  };
  std::vector<ComponentWeight> Weights() const;

 private:
  struct Component {
    std::string name;
    std::shared_ptr<Recommender> recommender;
    double weight = 1;
  };

  Result<std::vector<Component>> MakeComponents() const;
  Status FitComponents(const TrainingData& data,
                       Progress& progress,
                       std::vector<Component>& components) const;
  Result<HeldOutUsers> ScoreHeldOut(const HistorySplit& split,
                                    std::span<const Component> components,
                                    std::uint64_t seed) const;
  std::vector<double> WeightsFor(std::span<const std::uint8_t> speaks) const;

  std::string names_;
  std::string settings_;
  double holdout_;
  bool holds_out_last_;
  std::size_t learn_users_;
  std::vector<Component> components_;
};

RecommenderKind HybridKind();

}  // namespace medley::recommenders
