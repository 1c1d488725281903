#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// What people turned to within a few steps of an item. Over all histories in time order, i and the
/// item j that follows it after d = 1 .. window steps add decay^(d-1) to c(i, j) and `backward`
/// times as much to c(j, i);
///   s(i, j) = c(i, j) / sqrt((sum c(i, .) + shrinkage) (sum c(., j) + shrinkage)).
/// A user's score of j is the sum over the last `recent` items of their history of fade^(age in
/// items) s(i, j). Missing: an item that is near nothing, and every item for an empty history, gets
/// -infinity. Cost: training, interactions x window; an update, the same over the users of the
/// items that changed; a request, recent x the items near them. Source: co-visit counts, Davidson
/// et al. 2010; steps, direction and shrinkage are ours.
class Sequence : public Recommender {
 public:
  explicit Sequence(const Parameters& parameters);
  std::string_view name() const override { return "sequence"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  Status Update(const TrainingData& data,
                const data::Interactions& before,
                Progress& progress) override;
  std::size_t n_items() const override { return known_.size(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  struct RecentItem {
    ItemIndex item;
    float weight;
  };
  /// Counts the rows of `items` (empty: all) anew, keeps the others as they are.
  void Count(const data::Interactions& interactions,
             std::span<const std::uint32_t> items,
             Progress& progress);
  void Normalise();
  /// The latest first.
  std::vector<RecentItem> RecentItems(std::span<const data::Interaction> history) const;

  std::size_t window_;
  double decay_;
  double backward_;
  double shrinkage_;
  std::size_t recent_;
  double fade_;

  std::vector<std::uint32_t> known_;  ///< 1 where the item is near any
  linalg::CsrMatrix counts_;          ///< c, rows by history item
  std::vector<float> out_;            ///< 1 / sqrt(sum c(i, .) + shrinkage)
  std::vector<float> in_;             ///< 1 / sqrt(sum c(., j) + shrinkage)
};

RecommenderKind SequenceKind();

}  // namespace medley::recommenders
