#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"

namespace medley::training {

struct BoostedTreesOptions {
  std::size_t trees = 300;    ///< at most
  std::size_t depth = 5;      ///< questions a tree asks before it answers
  double rate = 0.05;         ///< what each tree's answer is multiplied by
  double least_weight = 20;   ///< sum of p (1 - p) on either side of a question
  double pull = 5;            ///< L2 on the answers
  std::size_t patience = 20;  ///< trees without a smaller validation loss before it stops; 0: never
};

/// Yes or no from a row of numbers by a sum of small decision trees, each fitted to what those
/// before it got wrong: second-order gradient boosting of the cross-entropy, questions among 64
/// quantiles of each number. Threads: answers from any number at once.
/// Source: Friedman 2001; Chen, Guestrin: XGBoost, KDD 2016, equations 5 to 7; quantiles as in Ke
/// et al.: LightGBM, 2017.
class BoostedTrees {
 public:
  static constexpr std::size_t kMostDepth = 12;

  BoostedTrees() = default;
  /// As they were kept. Errors: kCorrupt where they don't fit together.
  static Result<BoostedTrees> FromArrays(std::size_t depth,
                                         float start,
                                         std::vector<std::uint32_t> numbers,
                                         std::vector<float> bounds,
                                         std::vector<float> answers,
                                         std::size_t width);
  /// Learns from the rows that are not `held_out`, and stops by those that are (none: after all
  /// trees). Deterministic, on all threads. Errors: kInvalidInput without rows to learn from, or
  /// for numbers that are not finite. Shapes: labels (0 or 1) and held_out one a row. Cost: trees x
  /// depth x rows x columns.
  static Result<BoostedTrees> Fit(linalg::ConstMatrixView rows,
                                  std::span<const std::uint32_t> labels,
                                  std::span<const std::uint8_t> held_out,
                                  const BoostedTreesOptions& options,
                                  Progress& progress);

  float LogOdds(std::span<const float> row) const;

  std::size_t depth() const { return depth_; }
  float start() const { return start_; }
  /// A tree's questions level by level, 2^depth - 1: which number, and above which bound one goes
  /// right. Its answers, 2^depth.
  const std::vector<std::uint32_t>& numbers() const { return numbers_; }
  const std::vector<float>& bounds() const { return bounds_; }
  const std::vector<float>& answers() const { return answers_; }

 private:
  friend class BoostingRun;

  std::size_t depth_ = 0;
  float start_ = 0;
  std::vector<std::uint32_t> numbers_;
  std::vector<float> bounds_;
  std::vector<float> answers_;
};

}  // namespace medley::training
