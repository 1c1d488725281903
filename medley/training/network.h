#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/training/weights.h"

namespace medley::training {

/// How a history becomes a vector.
enum class Block : std::uint8_t {
  kSasrec,  ///< x <- N(x + A(x)), x <- N(x + F(x)): causal self-attention, then a wide layer with
            ///< GELU. Kang, McAuley: Self-attentive sequential recommendation, ICDM 2018
  kLigr,    ///< x <- x + A(N(x)) sigmoid(G x), x <- x + F(N(x)) sigmoid(H x), F SwiGLU: gated
          ///< residuals. Borisyuk et al.: From features to transformers, 2025; with sampled softmax
          ///< it is eSASRec (Tikhonovich et al., RecSys 2025)
  kBsarec,  ///< as kSasrec, with the sum of attention and a Fourier filter in place of attention:
            ///< share N(x + L x + beta^2 (x - L x)) + (1 - share) N(x + A(x)), L keeping the lowest
            ///< waves of the history. Shin et al.: An attentive inductive bias, AAAI 2024
  kPooled,  ///< the mean of the history and its mean weighed by recency, through one wide layer:
            ///< the user tower of Covington, Adams, Sargin: Deep neural networks for YouTube, 2016
};

/// Everything that the sizes of a network's weights and its arithmetic depend on.
struct NetworkShape {
  Block block = Block::kSasrec;
  /// Each history in a row of exactly max_length places, its end at the row's, blank ones before
  /// it; filters see the whole row. Otherwise places are counted from the start and nothing looks
  /// ahead.
  bool fixed_length = false;
  bool relative_places = false;  ///< attention knows distances instead of places
  std::size_t dimension = 64;
  std::size_t layers = 2;
  std::size_t heads = 1;  ///< divides dimension
  std::size_t widening = 4;
  std::size_t max_length = 50;
  double filter_share = 0.7;     ///< kBsarec
  std::size_t filter_waves = 3;  ///< kBsarec: the constant and filter_waves - 1 waves
  double fade = 0.8;             ///< kPooled: what each step into the past multiplies by
  std::size_t n_items = 0;
  std::size_t content_dimension = 0;  ///< 0: items are known by themselves only
};

struct WeightSpec {
  enum class Start : std::uint8_t { kNormal, kWide, kZeros, kOnes };
  std::string name;
  std::size_t rows = 0;
  std::size_t cols = 0;
  Start start = Start::kNormal;  ///< kNormal: deviation 0.02; kWide: 1
};
/// What a network of this shape has. Linear maps are stored output x input.
std::vector<WeightSpec> WeightsOf(const NetworkShape& shape);
/// Errors: kInvalidInput for a shape that can't be: nothing of it, heads that don't divide.
Status CheckShape(const NetworkShape& shape);
/// Each weight drawn from its own stream, so that one more changes none of the others.
Weights DrawWeights(const std::vector<WeightSpec>& specs, const Random& random);
Weights DrawWeights(const NetworkShape& shape, const Random& random);

/// What the low-pass filter of kBsarec multiplies the item `distance` places away by: the row of
/// the projection on the lowest waves of max_length places. Shapes: max_length.
std::vector<float> FilterKernel(const NetworkShape& shape);

/// One vector an item: its own, plus its content's through the map "content".
/// Shapes: content n_items x content_dimension, or 0 x 0; `own` 0 leaves an item's own vector out
/// (empty: none is).
linalg::Matrix ItemTower(const Weights& weights,
                         linalg::ConstMatrixView content,
                         const std::vector<std::uint8_t>& own);

inline constexpr float kNormEpsilon = 1e-8F;

}  // namespace medley::training
