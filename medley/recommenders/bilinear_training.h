#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/content_vectors.h"
#include "medley/recommenders/row_terms.h"

namespace medley::recommenders {

/// What bilinear learns: W = transpose(past) target, and the bias w . f(i) + item_bias(i).
struct BilinearWeights {
  linalg::Matrix past;           ///< rank x dimension: an item as part of a history
  linalg::Matrix target;         ///< rank x dimension: an item to be scored
  std::vector<float> direction;  ///< w
  std::vector<float> item_bias;  ///< 0 for items that nobody was for
};

struct BilinearSettings {
  std::size_t rank = 64;
  std::size_t passes = 20;
  std::size_t negatives = 4;
  double rate = 0.02;
  double regularization = 2e-3;
  bool logistic = false;  ///< the loss is ln(1 + exp(-+x)) of each item, not of pairs
};

/// A history's vectors count 1 over the root of how many there are. Source: Kabbur, Ning, Karypis
/// 2013 (FISM), alpha = 1/2.
double HistoryScale(std::size_t items);

/// AdaGrad on batches of users. An item is never part of the history it is scored for: each
/// positive is predicted from the user's others. Threads: Pass uses all; deterministic for a seed,
/// whatever their number.
class BilinearTraining {
 public:
  /// Views: `content` must live as long.
  BilinearTraining(const ContentVectors& content,
                   const linalg::CsrMatrix& positives,
                   const BilinearSettings& settings,
                   std::uint64_t seed);
  /// One pass over all users; the mean loss.
  double Pass();
  BilinearWeights Take() { return std::move(weights_); }

 private:
  /// Sums of squared gradients, shaped as BilinearWeights.
  struct Squares {
    std::vector<float> past;
    std::vector<float> target;
    std::vector<float> direction;
    std::vector<float> item_bias;
  };
  /// What the users of a batch contribute; a positive's row is its place in the batch.
  struct Batch {
    linalg::Matrix users;      ///< the vector each positive was predicted from
    linalg::Matrix histories;  ///< the gradient by the positive as part of the history
    std::vector<RowTerm> targets;
    std::vector<float> losses;  ///< by positive
  };

  void StartFromPrincipalDirections(std::uint64_t seed);
  std::vector<std::span<const std::uint32_t>> CutIntoBatches() const;
  void Project();
  double RunBatch(std::span<const std::uint32_t> users);
  void RunUser(std::uint32_t user, std::size_t first, Batch& batch) const;
  /// The loss and gradients of one positive.
  void RunPositive(std::uint32_t user, std::size_t place, std::size_t row, Batch& batch) const;
  void Descend(const Batch& batch, std::span<const RowTerm> past_terms);
  void Step(std::span<const float> gradient,
            std::span<float> values,
            std::span<float> squares) const;

  const ContentVectors* content_;
  BilinearSettings settings_;
  std::uint64_t seed_;
  std::uint64_t passes_ = 0;
  linalg::CsrMatrix histories_;  ///< the positives whose items are described
  std::vector<std::uint32_t> negatives_;
  std::vector<std::uint32_t> users_;
  linalg::Matrix transposed_;  ///< dimension x items

  BilinearWeights weights_;
  Squares squares_;
  linalg::Matrix past_;      ///< items x rank
  linalg::Matrix target_;    ///< items x rank
  std::vector<float> bias_;  ///< by item
};

}  // namespace medley::recommenders
