#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "medley/alignment/tape.h"
#include "medley/core/random.h"

namespace medley::alignment {

/// z = t + MHA(t, v, v): the text's vector asks, the tokens of picture, sound and film answer, with
/// 8 heads and a residual. A modality is one vector, unfolded by learned maps into kTokens tokens.
/// Weight of a token: softmax of <query, key> / sqrt(head size) over the tokens that are there,
/// times their modality's factor (0: absent; its quality otherwise). Missing: without a token,
/// z = t. Source: Vaswani et al. 2017.
class CrossModalAttention {
 public:
  static constexpr std::size_t kHeads = 8;
  static constexpr std::size_t kTokens = 2;

  /// What answers, and how much each row of it counts.
  struct Source {
    std::size_t slot = 0;  ///< which of the unfolding maps is its own
    Tape::Node vectors = 0;
    std::span<const float> factors;
  };
  /// Draws the weights of `slots` modalities. What carries values begins near the identity, so that
  /// z begins near t + mean of v. Shapes: `dimension` a multiple of kHeads.
  static void Draw(std::size_t slots,
                   std::size_t dimension,
                   const Random& random,
                   Weights& weights);
  /// Whether `weights` holds what Draw draws, in these shapes.
  static bool Fits(std::size_t slots, std::size_t dimension, const Weights& weights);

  /// `attention`, where asked for, gets each source's share of the weight by row, all heads and
  /// tokens together.
  static Tape::Node Attend(Tape& tape,
                           const Weights& weights,
                           Tape::Node text,
                           std::span<const Source> sources,
                           std::vector<std::vector<float>>* attention = nullptr);
};

}  // namespace medley::alignment
