#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/linalg/padded_matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

enum class PairLoss : std::uint8_t { kBpr, kWarp };

/// How vectors are learned from pairs of an item the user was for and one they were not.
struct PairSettings {
  PairLoss loss = PairLoss::kBpr;
  std::size_t factors = 64;
  std::size_t passes = 30;
  double rate = 0.05;
  double regularization = 0.01;
  bool adagrad = false;
  std::size_t most_trials = 1;  ///< draws for a violation, WARP
  double recency_power = 0;
};

/// L(rank) = sum of 1/k for k = 1 .. rank, over L(n_items - 1), at the rank floor((n_items - 1) /
/// n) that a violation at the n-th draw speaks for. Shapes: most_trials + 1, the first unused.
/// Source: Weston, Bengio, Usunier 2011, equations 2 and 6.
std::vector<float> WarpWeights(std::size_t n_items, std::size_t most_trials);

/// AdaGrad's sums start here: small against a gradient of these losses, above 0.
inline constexpr float kFirstSquare = 1e-3F;

/// Items' vectors q and biases b that were learned with users' vectors, without the users: a user's
/// vector p is found from their history when they ask, by the very steps that trained the model
/// with q and b fixed, so that new users and new events count at once; score = b + <p, q>.
/// The steps' draws are seeded by the model: equal histories get equal scores. The vector is the
/// mean over the later half of the passes. Missing: items that nobody was for, and all items for a
/// history without known ones, get -infinity. Cost: a request, history x passes x factors (at
/// most kMostSteps steps) + items x factors. Threads: const members from any.
class ItemFactors {
 public:
  ItemFactors() = default;
  /// `people`: how many were for each item. `scored`: 1 for items that have a vector though nobody
  /// was for them; empty: there is none.
  ItemFactors(linalg::PaddedMatrix vectors,
              std::vector<float> bias,
              std::vector<std::uint32_t> people,
              const PairSettings& settings,
              std::vector<std::uint8_t> scored = {});

  std::size_t n_items() const { return bias_.size(); }
  std::span<const float> Vector(ItemIndex item) const { return vectors_.Row(item); }
  Status Score(std::span<const data::Interaction> history, std::span<float> scores) const;
  /// p; empty for a history without known items.
  std::vector<float> UserVector(std::span<const data::Interaction> history) const;
  /// Past items by their part of <p, vector>. At the optimum p is a sum over past items h of g(h)
  /// (q(h) - mean q), g the slope of the loss where h stands now: h contributes its summand's
  /// product with `vector`, scaled so that the sum is as long as p. Source: Yeh, Kim, Yen,
  /// Ravikumar 2018 (representer points).
  std::vector<Evidence> PastItems(std::span<const data::Interaction> history,
                                  std::span<const float> user,
                                  std::span<const float> vector) const;
  /// How many people were for the item, by how far its bias is above the mean.
  Evidence Popularity(ItemIndex item) const;
  /// The strongest of both.
  std::vector<Evidence> Explain(std::span<const data::Interaction> history,
                                ItemIndex item,
                                std::size_t limit) const;

  /// Writes and reads a whole model of that name. Errors: kIo; kNotFound, kCorrupt.
  Status Save(const std::filesystem::path& directory, std::string_view name) const;
  static Result<ItemFactors> Load(const std::filesystem::path& directory,
                                  std::string_view name,
                                  PairLoss loss);

 private:
  static constexpr std::size_t kMostSteps = 20'000;

  void FindKnown();
  /// The known part of a history, weighed.
  std::vector<linalg::Triplet> Positives(std::span<const data::Interaction> history) const;
  std::vector<float> FoldIn(std::span<const linalg::Triplet> positives) const;

  PairSettings settings_;
  linalg::PaddedMatrix vectors_;  ///< n_items x factors
  std::vector<float> bias_;
  std::vector<std::uint32_t> people_;
  std::vector<std::uint8_t> scored_;

  std::vector<std::uint32_t> known_;  ///< items with people, ascending
  std::vector<float> mean_vector_;    ///< of the known
  float mean_bias_ = 0;
  std::vector<float> weights_;  ///< WarpWeights
};

}  // namespace medley::recommenders
