#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::recommenders {

/// What a factorisation machine learns: a vector of `rank` numbers for everything that can be said
/// of a user and an item, and a weight for what can be said of an item (those of users would be the
/// same for all items). The vectors of content dimensions are kept turned, rank x dimension.
struct MachineWeights {
  linalg::Matrix users;
  linalg::Matrix items;
  linalg::Matrix attributes;
  linalg::Matrix content;
  std::vector<float> item_weights;
  std::vector<float> attribute_weights;
  std::vector<float> content_weights;

  /// All of it, for loops that treat every number alike.
  std::vector<std::span<float>> Arrays();
};
/// Of the same shapes, all `value`.
MachineWeights Filled(const MachineWeights& shapes, float value);

/// What is said of the items: x of each attribute (an item's row has length 1), and a content row.
struct MachineInputs {
  const linalg::CsrMatrix* attributes = nullptr;  ///< items x attributes
  linalg::ConstMatrixView content;                ///< items x dimension; 0 columns: none
  linalg::ConstMatrixView turned_content;         ///< its transpose, for LossAndGradient
};

/// With x all inputs of (u, i), one-hot user and item, attributes, content, and v their vectors,
///   y(u, i) = sum w x + sum over pairs of inputs of <v, v'> x x'
///           = c(i) + <v(u), e(i)>,
///   e(i) = sum over the item's inputs of v x,
///   c(i) = sum w x + (|e(i)|^2 - sum |v x|^2) / 2,
/// and terms of the user alone, which rank nothing: linear in the inputs though it has all pairs.
/// Shapes: items x rank. Source: Rendle 2010, lemma 3.1.
struct MachineItems {
  linalg::Matrix vectors;   ///< e
  std::vector<float> bias;  ///< c
};
MachineItems Combine(const MachineWeights& weights, const MachineInputs& inputs);

/// A user, an item they were for, and one they were not.
struct MachinePair {
  std::uint32_t user = 0;
  std::uint32_t item = 0;
  std::uint32_t other = 0;
};

enum class MachineLoss : std::uint8_t {
  kPairwise,  ///< ln(1 + exp(y(u, other) - y(u, item)))
  kLogistic,  ///< ln(1 + exp(-y(u, item))) + ln(1 + exp(y(u, other)))
};

/// The mean loss of the pairs, and into `gradient` (shaped as `weights`, overwritten) its
/// derivative by every weight. Threads: uses all, with the same bits for any number. Cost: pairs x
/// rank + (all inputs of all items) x rank.
double LossAndGradient(const MachineWeights& weights,
                       const MachineInputs& inputs,
                       std::span<const MachinePair> pairs,
                       MachineLoss loss,
                       MachineWeights& gradient);

}  // namespace medley::recommenders
