#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/json.h"

namespace medley::metrics {

/// A mean over users and the interval that holds 95 % of the means of users drawn again with
/// replacement.
struct Interval {
  double mean = 0;
  double low = 0;
  double high = 0;
  bool ExcludesZero() const { return low > 0 || high < 0; }
};

/// {"mean", "low", "high"}
Json ToJson(const Interval& interval);

inline constexpr std::size_t kResamples = 2000;

/// Percentile bootstrap. Missing: all zero without values. The same seed gives the same interval.
/// Cost: values x resamples. Source: Efron, 1979.
Interval BootstrapMean(std::span<const double> values,
                       std::uint64_t seed = 1,
                       std::size_t resamples = kResamples);

/// Of a share that is counted over all users together: sum of parts / sum of wholes, users drawn
/// again with both their numbers. Shapes: equal sizes. Missing: 0 where the wholes sum to 0.
Interval BootstrapRatio(std::span<const double> parts,
                        std::span<const double> wholes,
                        std::uint64_t seed = 1,
                        std::size_t resamples = kResamples);

/// A paired gain and how surprising it would be if there were none.
struct PairedTest {
  Interval gain;  ///< of the differences ours - theirs
  /// Two-sided: twice the smaller share of resampled gains that lie on one side of 0 or on it, and
  /// never below 2 / (resamples + 1), which is all that so many resamples can tell.
  double p = 1;
};
/// User by user. Shapes: equal sizes, the same users in the same order. Source: Efron and
/// Tibshirani, An Introduction to the Bootstrap, 1993, chapter 15.
PairedTest TestPaired(std::span<const double> ours,
                      std::span<const double> theirs,
                      std::uint64_t seed = 1,
                      std::size_t resamples = kResamples);

/// The p values of many comparisons, each raised so that the chance of even one false discovery
/// among all stays below the threshold they are held against. In the order given. Source: Holm,
/// 1979.
std::vector<double> HolmAdjusted(std::span<const double> p);

}  // namespace medley::metrics
