#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/linalg/factor_steps.h"
#include "medley/linalg/padded_matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/sparse_lookup.h"
#include "medley/recommenders/block_schedule.h"
#include "medley/recommenders/item_factors.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Learns users' and items' vectors from pairs, pass by pass over all positives.
/// Threads: Pass uses all; deterministic for a seed, whatever their number.
class PairTraining {
 public:
  /// Views: `positives` must live as long. Its values multiply the steps.
  PairTraining(const linalg::CsrMatrix& positives,
               const PairSettings& settings,
               std::uint64_t seed);
  /// One pass over all positives; the share of pairs drawn that was wrong.
  double Pass();
  /// Scores of all items for a row of the training.
  void ScoreRow(std::size_t row, std::span<float> scores) const;
  bool AllFinite() const;
  /// The items' side; this is of no use afterwards.
  ItemFactors TakeItems();

 private:
  const linalg::CsrMatrix* positives_;
  PairSettings settings_;
  std::vector<std::uint32_t> people_;
  BlockSchedule schedule_;
  linalg::SparseLookup seen_;
  std::vector<float> weights_;
  linalg::PaddedMatrix users_;
  linalg::PaddedMatrix items_;
  std::vector<float> bias_;
  std::vector<float> user_squares_;
  std::vector<float> item_squares_;
};

/// What bpr and warp are, but for their loss: vectors learned by PairTraining, kept as ItemFactors.
/// With `holdout` > 0 a first training leaves out that last share of each history and looks after
/// every few passes how high it ranks it; the model is then trained on everything with the number
/// of passes that was best.
class PairRecommender : public Recommender {
 public:
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return model_.n_items(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

  /// Those both have, with the losses' own defaults.
  static std::vector<ParameterSpec> Specs(const PairSettings& defaults);

 protected:
  PairRecommender(PairLoss loss, const Parameters& parameters);

 private:
  std::size_t BestPasses(const TrainingData& data, Progress& progress) const;

  PairSettings settings_;
  double holdout_;
  std::size_t patience_;
  ItemFactors model_;
};

}  // namespace medley::recommenders
