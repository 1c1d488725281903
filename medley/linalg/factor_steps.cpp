#include "medley/linalg/factor_steps.h"

#include <hwy/cache_control.h>

#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

// Highway includes this very file once for each instruction set, each time with another
// HWY_NAMESPACE.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "medley/linalg/factor_steps.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace medley::linalg::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Rows are padded to 16 floats: two of the 8 lanes of AVX2, one of the 16 of AVX-512.
using Tag = hn::CappedTag<float, 16>;

/// A user who has nearly everything has few negatives to draw: the step is left out then.
constexpr int kMostDraws = 32;

/// <u, i - j>.
HWY_INLINE float DotDifference(const float* HWY_RESTRICT u,
                               const float* HWY_RESTRICT i,
                               const float* HWY_RESTRICT j,
                               std::size_t n) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  auto even = hn::Zero(d);
  auto odd = hn::Zero(d);
  std::size_t k = 0;
  for (; k + 2 * lanes <= n; k += 2 * lanes) {
    even = hn::MulAdd(hn::Load(d, u + k), hn::Sub(hn::Load(d, i + k), hn::Load(d, j + k)), even);
    odd = hn::MulAdd(hn::Load(d, u + k + lanes),
                     hn::Sub(hn::Load(d, i + k + lanes), hn::Load(d, j + k + lanes)),
                     odd);
  }
  if (k < n)
    even = hn::MulAdd(hn::Load(d, u + k), hn::Sub(hn::Load(d, i + k), hn::Load(d, j + k)), even);
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
}

HWY_INLINE float DotPadded(const float* HWY_RESTRICT u,
                           const float* HWY_RESTRICT i,
                           std::size_t n) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  auto even = hn::Zero(d);
  auto odd = hn::Zero(d);
  std::size_t k = 0;
  for (; k + 2 * lanes <= n; k += 2 * lanes) {
    even = hn::MulAdd(hn::Load(d, u + k), hn::Load(d, i + k), even);
    odd = hn::MulAdd(hn::Load(d, u + k + lanes), hn::Load(d, i + k + lanes), odd);
  }
  if (k < n) even = hn::MulAdd(hn::Load(d, u + k), hn::Load(d, i + k), even);
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
}

struct Norms {
  float u;           ///< |u|^2
  float difference;  ///< |i - j|^2
};
HWY_INLINE Norms NormsOf(const float* HWY_RESTRICT u,
                         const float* HWY_RESTRICT i,
                         const float* HWY_RESTRICT j,
                         std::size_t n) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  auto own = hn::Zero(d);
  auto apart = hn::Zero(d);
  for (std::size_t k = 0; k < n; k += lanes) {
    const auto at_u = hn::Load(d, u + k);
    const auto difference = hn::Sub(hn::Load(d, i + k), hn::Load(d, j + k));
    own = hn::MulAdd(at_u, at_u, own);
    apart = hn::MulAdd(difference, difference, apart);
  }
  return {hn::GetLane(hn::SumOfLanes(d, own)), hn::GetLane(hn::SumOfLanes(d, apart))};
}

/// What turns a gradient's mean square into AdaGrad's rate, and remembers it.
HWY_INLINE float RateAfter(float& squares, float mean_square, float rate) {
  squares += mean_square;
  return rate / std::sqrt(squares);
}

/// The three vectors of a pair, and their rates.
struct Pair {
  float* u;
  float* i;
  float* j;
  float rate_u;
  float rate_i;
  float rate_j;
};

/// One pass: u, i and j along their gradients, all of them from what they were before.
template <bool kColumnsFixed>
HWY_INLINE void Move(const Pair& pair, std::size_t n, float gradient, float regularization) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  const auto keep_u = hn::Set(d, 1 - pair.rate_u * regularization);
  const auto keep_i = hn::Set(d, 1 - pair.rate_i * regularization);
  const auto keep_j = hn::Set(d, 1 - pair.rate_j * regularization);
  const auto step_u = hn::Set(d, pair.rate_u * gradient);
  const auto step_i = hn::Set(d, pair.rate_i * gradient);
  const auto step_j = hn::Set(d, pair.rate_j * gradient);
  float* HWY_RESTRICT u = pair.u;
  float* HWY_RESTRICT i = pair.i;
  float* HWY_RESTRICT j = pair.j;
  for (std::size_t k = 0; k < n; k += lanes) {
    const auto was_u = hn::Load(d, u + k);
    const auto was_i = hn::Load(d, i + k);
    const auto was_j = hn::Load(d, j + k);
    hn::Store(hn::MulAdd(step_u, hn::Sub(was_i, was_j), hn::Mul(keep_u, was_u)), d, u + k);
    if constexpr (!kColumnsFixed) {
      hn::Store(hn::MulAdd(step_i, was_u, hn::Mul(keep_i, was_i)), d, i + k);
      hn::Store(hn::NegMulAdd(step_j, was_u, hn::Mul(keep_j, was_j)), d, j + k);
    }
  }
}

/// The step of a pair whose loss has this negative derivative by x(u, i) - x(u, j).
template <bool kColumnsFixed>
HWY_INLINE void Step(const Factors& factors,
                     const PairSteps& steps,
                     const Triplet& positive,
                     std::uint32_t other,
                     float gradient) {
  const std::size_t n = factors.rows.stride;
  Pair pair{factors.rows.data + positive.row * n,
            factors.columns.data + positive.col * n,
            factors.columns.data + other * n,
            steps.rate,
            steps.rate,
            steps.rate};
  if (!factors.row_squares.empty()) {
    const float share = gradient * gradient / static_cast<float>(n);
    const auto norms = NormsOf(pair.u, pair.i, pair.j, n);
    const float u_squared = share * norms.u;
    const float difference_squared = share * norms.difference;
    pair.rate_u = RateAfter(factors.row_squares[positive.row], difference_squared, steps.rate);
    if constexpr (!kColumnsFixed) {
      pair.rate_i = RateAfter(factors.column_squares[positive.col], u_squared, steps.rate);
      pair.rate_j = RateAfter(factors.column_squares[other], u_squared, steps.rate);
    }
  }
  Move<kColumnsFixed>(pair, n, gradient, steps.regularization);
  if constexpr (!kColumnsFixed) {
    float& bias_i = factors.bias[positive.col];
    float& bias_j = factors.bias[other];
    bias_i += pair.rate_i * (gradient - steps.regularization * bias_i);
    bias_j -= pair.rate_j * (gradient + steps.regularization * bias_j);
  }
}

/// The vectors of the step after next are fetched while this one computes.
HWY_INLINE void FetchAhead(const Factors& factors,
                           std::span<const Triplet> positives,
                           std::size_t at) {
  constexpr std::size_t kAhead = 2;
  constexpr std::size_t kFloatsALine = 16;
  if (at + kAhead >= positives.size()) return;
  const auto& next = positives[at + kAhead];
  const std::size_t n = factors.rows.stride;
  for (std::size_t k = 0; k < n; k += kFloatsALine) {
    hwy::Prefetch(factors.rows.data + next.row * n + k);
    hwy::Prefetch(factors.columns.data + next.col * n + k);
  }
}

HWY_INLINE void FetchColumn(const Factors& factors, std::uint32_t column) {
  constexpr std::size_t kFloatsALine = 16;
  const std::size_t n = factors.columns.stride;
  for (std::size_t k = 0; k < n; k += kFloatsALine)
    hwy::Prefetch(factors.columns.data + column * n + k);
}

template <bool kColumnsFixed>
PairCounts BprLoop(const Factors& factors,
                   std::span<const Triplet> positives,
                   const PairSteps& steps) {
  StepRandom random(steps.seed);
  PairCounts counts;
  const std::size_t n = factors.rows.stride;
  const auto bound = static_cast<std::uint32_t>(steps.negatives.size());
  // The negatives of this step and the next: drawn early, so that what they need is fetched by
  // then.
  std::array<std::uint32_t, 2> drawn = {steps.negatives[random.Below(bound)],
                                        steps.negatives[random.Below(bound)]};
  for (std::size_t at = 0; at < positives.size(); ++at) {
    FetchAhead(factors, positives, at);
    const auto& positive = positives[at];
    std::uint32_t other = drawn[at % 2];
    drawn[at % 2] = steps.negatives[random.Below(bound)];
    if (at + 2 < positives.size()) {
      hwy::Prefetch(steps.seen->WordOf(positives[at + 2].row, drawn[at % 2]));
      FetchColumn(factors, drawn[at % 2]);
    }
    int draws = 1;
    while (steps.seen->Contains(positive.row, other) && draws < kMostDraws) {
      other = steps.negatives[random.Below(bound)];
      ++draws;
    }
    if (draws == kMostDraws) continue;
    const float x = factors.bias[positive.col] - factors.bias[other] +
                    DotDifference(factors.rows.data + positive.row * n,
                                  factors.columns.data + positive.col * n,
                                  factors.columns.data + other * n,
                                  n);
    ++counts.pairs;
    counts.wrong += x > 0 ? 0 : 1;
    Step<kColumnsFixed>(factors, steps, positive, other, positive.value / (1 + std::exp(x)));
  }
  return counts;
}

template <bool kColumnsFixed>
PairCounts WarpLoop(const Factors& factors,
                    std::span<const Triplet> positives,
                    const PairSteps& steps) {
  constexpr float kMargin = 1;
  StepRandom random(steps.seed);
  PairCounts counts;
  const std::size_t n = factors.rows.stride;
  const auto bound = static_cast<std::uint32_t>(steps.negatives.size());
  const std::size_t most = steps.weight_after_trials.size() - 1;
  for (std::size_t at = 0; at < positives.size(); ++at) {
    FetchAhead(factors, positives, at);
    const auto& positive = positives[at];
    const float* u = factors.rows.data + positive.row * n;
    const float limit = factors.bias[positive.col] - kMargin +
                        DotPadded(u, factors.columns.data + positive.col * n, n);
    ++counts.pairs;
    std::uint32_t next = steps.negatives[random.Below(bound)];
    for (std::size_t trial = 1; trial <= most; ++trial) {
      const std::uint32_t other = next;
      // Drawn and fetched while this one is multiplied.
      next = steps.negatives[random.Below(bound)];
      hwy::Prefetch(factors.columns.data + next * n);
      const float x = factors.bias[other] + DotPadded(u, factors.columns.data + other * n, n);
      if (!(x > limit) || steps.seen->Contains(positive.row, other)) continue;
      ++counts.wrong;
      Step<kColumnsFixed>(
          factors, steps, positive, other, positive.value * steps.weight_after_trials[trial]);
      break;
    }
  }
  return counts;
}

PairCounts Bpr(const Factors& factors,
               std::span<const Triplet> positives,
               const PairSteps& steps,
               bool columns_fixed) {
  return columns_fixed ? BprLoop<true>(factors, positives, steps)
                       : BprLoop<false>(factors, positives, steps);
}

PairCounts Warp(const Factors& factors,
                std::span<const Triplet> positives,
                const PairSteps& steps,
                bool columns_fixed) {
  return columns_fixed ? WarpLoop<true>(factors, positives, steps)
                       : WarpLoop<false>(factors, positives, steps);
}

double SquaredError(const Factors& factors,
                    std::span<const Triplet> values,
                    const RatingSteps& steps) {
  const Tag d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t n = factors.rows.stride;
  const auto keep = hn::Set(d, 1 - steps.rate * steps.regularization);
  double sum = 0;
  for (std::size_t at = 0; at < values.size(); ++at) {
    FetchAhead(factors, values, at);
    const auto& value = values[at];
    float* HWY_RESTRICT u = factors.rows.data + value.row * n;
    float* HWY_RESTRICT i = factors.columns.data + value.col * n;
    float& bias_u = steps.row_bias[value.row];
    float& bias_i = factors.bias[value.col];
    const float error = value.value - steps.mean - bias_u - bias_i - DotPadded(u, i, n);
    sum += double{error} * double{error};
    bias_u += steps.rate * (error - steps.regularization * bias_u);
    bias_i += steps.rate * (error - steps.regularization * bias_i);
    const auto step = hn::Set(d, steps.rate * error);
    for (std::size_t k = 0; k < n; k += lanes) {
      const auto was_u = hn::Load(d, u + k);
      const auto was_i = hn::Load(d, i + k);
      hn::Store(hn::MulAdd(step, was_i, hn::Mul(keep, was_u)), d, u + k);
      hn::Store(hn::MulAdd(step, was_u, hn::Mul(keep, was_i)), d, i + k);
    }
  }
  return sum;
}

}  // namespace medley::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace medley::linalg {
namespace {

[[maybe_unused]] bool Fit(const Factors& factors) {
  return factors.rows.cols == factors.columns.cols &&
         factors.rows.stride == factors.columns.stride && factors.rows.stride % 16 == 0 &&
         factors.rows.cols == factors.rows.stride && factors.bias.size() == factors.columns.rows;
}

/// The loops for fixed columns are the others with the writes to columns left out when compiling.
Factors Readable(const FixedColumns& fixed, MatrixView rows, std::span<float> row_squares) {
  const auto& columns = fixed.columns;
  return {rows,
          {const_cast<float*>(columns.data), columns.rows, columns.cols, columns.stride},
          {const_cast<float*>(fixed.bias.data()), fixed.bias.size()},
          row_squares,
          {}};
}

}  // namespace

HWY_EXPORT(Bpr);
HWY_EXPORT(Warp);
HWY_EXPORT(SquaredError);

PairCounts BprSteps(const Factors& factors,
                    std::span<const Triplet> positives,
                    const PairSteps& steps) {
  assert(Fit(factors) && steps.seen != nullptr);
  if (steps.negatives.empty()) return {};
  return HWY_DYNAMIC_DISPATCH(Bpr)(factors, positives, steps, false);
}

PairCounts WarpSteps(const Factors& factors,
                     std::span<const Triplet> positives,
                     const PairSteps& steps) {
  assert(Fit(factors) && steps.seen != nullptr && !steps.weight_after_trials.empty());
  if (steps.negatives.empty()) return {};
  return HWY_DYNAMIC_DISPATCH(Warp)(factors, positives, steps, false);
}

PairCounts BprSteps(const FixedColumns& fixed,
                    MatrixView rows,
                    std::span<float> row_squares,
                    std::span<const Triplet> positives,
                    const PairSteps& steps) {
  const auto factors = Readable(fixed, rows, row_squares);
  assert(Fit(factors) && steps.seen != nullptr);
  if (steps.negatives.empty()) return {};
  return HWY_DYNAMIC_DISPATCH(Bpr)(factors, positives, steps, true);
}

PairCounts WarpSteps(const FixedColumns& fixed,
                     MatrixView rows,
                     std::span<float> row_squares,
                     std::span<const Triplet> positives,
                     const PairSteps& steps) {
  const auto factors = Readable(fixed, rows, row_squares);
  assert(Fit(factors) && steps.seen != nullptr && !steps.weight_after_trials.empty());
  if (steps.negatives.empty()) return {};
  return HWY_DYNAMIC_DISPATCH(Warp)(factors, positives, steps, true);
}

double SquaredErrorSteps(const Factors& factors,
                         std::span<const Triplet> values,
                         const RatingSteps& steps) {
  assert(Fit(factors) && steps.row_bias.size() == factors.rows.rows);
  return HWY_DYNAMIC_DISPATCH(SquaredError)(factors, values, steps);
}

}  // namespace medley::linalg
#endif
