#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/recommender.h"
#include "medley/training/fit.h"
#include "medley/training/network.h"
#include "medley/training/sequence_encoder.h"

namespace medley::recommenders {

/// Which content an item's vector is made from besides its own, and how: the vectors of the spaces
/// side by side, each with the mean over all items taken off and brought to length 1; zeros where
/// an item has none in a space.
struct ContentSpec {
  struct Space {
    std::string name;
    std::vector<float> mean;
  };
  std::vector<Space> spaces;  ///< empty: items are known by themselves only

  std::size_t dimension() const;
};
/// `spaces`: "none"; "auto" (the fused space where there is one, else all); or names with commas
/// between. Errors: kInvalidInput for one that the features lack.
Result<ContentSpec> MakeContentSpec(std::string_view spaces, const ItemFeatures* features);
/// Shapes: n_items of the features x dimension; `described` 1 where an item has anything.
struct ItemContent {
  linalg::Matrix vectors;
  std::vector<std::uint8_t> described;
};
/// Errors: kInvalidInput where a space is gone or has another dimension.
Result<ItemContent> ContentOf(const ContentSpec& spec, const ItemFeatures* features);

/// What the recommenders that are networks share: score(history, i) = v(history) . e(i), with v
/// from a training::SequenceEncoder and e(i) from the item's own vector and its content's. A
/// history is the items its user was for, in time order; nothing is kept of users, so that a new
/// one is answered like any other. Missing: an empty history gets -infinity everywhere, as does an
/// item that nobody was for in training, unless something is known of its content. Load takes the
/// catalogue as it is now: items that came after training are scored by content. Explain: past
/// items by how much the item's score falls when each is left out. Cost: a request, one pass of the
/// encoder (sequence_encoder.h) and items x dimension; an explanation, a pass for each of the
/// latest max_length items.
class NetworkRecommender : public Recommender {
 public:
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return tower_.rows(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 protected:
  /// `spaces` as MakeContentSpec takes them; what depends on the data is filled in by Fit.
  NetworkRecommender(training::FitOptions options, std::string spaces)
      : options_(std::move(options)), spaces_(std::move(spaces)) {}
  NetworkRecommender(const NetworkRecommender&) = default;
  NetworkRecommender& operator=(const NetworkRecommender&) = default;

 private:
  /// Becomes what was trained; errors leave it as it was.
  Status Finish(std::shared_ptr<const training::SequenceEncoder> encoder,
                std::vector<std::uint32_t> met,
                ContentSpec spec,
                const ItemContent& content);

  training::FitOptions options_;
  std::string spaces_;

  ContentSpec content_;
  std::shared_ptr<const training::SequenceEncoder> encoder_;
  std::vector<std::uint32_t> met_;   ///< 1 where anyone was for the item in training
  std::vector<std::uint8_t> known_;  ///< 1 where it can be scored
  linalg::Matrix tower_;             ///< n_items x dimension
  std::vector<float> average_;       ///< of its known rows
};

/// What sequential and two_tower let one choose alike: how long and how fast they learn, from what.
std::vector<ParameterSpec> TrainingParameters();
/// Reads those into `options`.
void ReadTrainingParameters(const Parameters& parameters, training::FitOptions& options);

}  // namespace medley::recommenders
