#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/sparse_lookup.h"

namespace medley::linalg {

/// Stochastic gradient steps of matrix factorisation, the whole loop compiled for several
/// instruction sets (see kernels.h): no allocation, lock or call through a pointer inside. A row is
/// a user, a column an item; x(u, i) = bias(i) + <row u, column i>.
/// Shapes: both views padded (PaddedMatrix::PaddedView) and equally wide. Threads: calls that share
/// no row and no column may run side by side. Deterministic for a seed.

/// Numbers enough to draw negatives by: SplitMix64's increment with one round of mixing, a
/// nanosecond a draw. Not for statistics of their own: Random is.
class StepRandom {
 public:
  explicit StepRandom(std::uint64_t seed) : state_(seed * 0xd1342543de82ef95ULL + 1) {}
  std::uint32_t Next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = (state_ ^ (state_ >> 32)) * 0xd6e8feb86659fd93ULL;
    mixed = (mixed ^ (mixed >> 32)) * 0xd6e8feb86659fd93ULL;
    return static_cast<std::uint32_t>(mixed >> 32);
  }
  /// In 0 .. bound-1, with a bias below bound / 2^32.
  std::uint32_t Below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((std::uint64_t{Next()} * bound) >> 32);
  }
  template <typename T>
  void Shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[Below(static_cast<std::uint32_t>(i))]);
  }
  /// Uniform in [-1, 1).
  float Signed() { return static_cast<float>(static_cast<std::int32_t>(Next())) * 0x1p-31F; }

 private:
  std::uint64_t state_;
};

/// What is learned. The sums of squared gradients are AdaGrad's, one a vector: a vector's rate is
/// rate / sqrt(its sum). Empty: plain steps at `rate`.
struct Factors {
  MatrixView rows;
  MatrixView columns;
  std::span<float> bias;
  std::span<float> row_squares;
  std::span<float> column_squares;
};

/// Columns that have learned and stay as they are while a new row finds its place among them.
struct FixedColumns {
  ConstMatrixView columns;
  std::span<const float> bias;
};

struct PairSteps {
  float rate = 0.05F;
  float regularization = 0.01F;
  std::span<const std::uint32_t> negatives;  ///< columns to draw from, each place alike
  const SparseLookup* seen = nullptr;        ///< never drawn as a negative
  std::uint64_t seed = 1;
  /// WARP only: weight_after_trials[n] is the weight of a pair whose n-th draw was the first to
  /// violate the margin; its size less one is the most draws.
  std::span<const float> weight_after_trials;
};

/// How often the pair drawn was the wrong way round (bpr) or closer than the margin (warp).
struct PairCounts {
  std::uint64_t pairs = 0;
  std::uint64_t wrong = 0;
  PairCounts& operator+=(const PairCounts& other) {
    pairs += other.pairs;
    wrong += other.wrong;
    return *this;
  }
};

/// One step for every positive (row, column), its value multiplying the step: descends
/// -ln sigma(x(u, i) - x(u, j)) + regularization / 2 (|row u|^2 + |column i|^2 + |column j|^2)
/// for a drawn j. Source: Rendle et al. 2009.
PairCounts BprSteps(const Factors& factors,
                    std::span<const Triplet> positives,
                    const PairSteps& steps);

/// The same with the hinge max(0, 1 - x(u, i) + x(u, j)) for the first j of several draws for which
/// it is above 0, weighed by how early that was. Source: Weston, Bengio, Usunier 2011.
PairCounts WarpSteps(const Factors& factors,
                     std::span<const Triplet> positives,
                     const PairSteps& steps);

/// The same steps where only rows learn; `row_squares` as in Factors.
PairCounts BprSteps(const FixedColumns& fixed,
                    MatrixView rows,
                    std::span<float> row_squares,
                    std::span<const Triplet> positives,
                    const PairSteps& steps);
PairCounts WarpSteps(const FixedColumns& fixed,
                     MatrixView rows,
                     std::span<float> row_squares,
                     std::span<const Triplet> positives,
                     const PairSteps& steps);

struct RatingSteps {
  float rate = 0.01F;
  float regularization = 0.02F;
  float mean = 0;
  std::span<float> row_bias;
};
/// One step for every value: descends (value - x)^2 / 2 + regularization / 2 (|row|^2 + |column|^2
/// + biases^2), x = mean + row_bias + bias + <row, column>; always plain. Returns the sum of
/// squared errors before each step. Source: Koren, Bell, Volinsky 2009.
double SquaredErrorSteps(const Factors& factors,
                         std::span<const Triplet> values,
                         const RatingSteps& steps);

}  // namespace medley::linalg
