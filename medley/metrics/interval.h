#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace medley::metrics {

/// A mean over users and the interval that holds 95 % of the means of users drawn again with
/// replacement.
struct Interval {
  double mean = 0;
  double low = 0;
  double high = 0;
  bool ExcludesZero() const { return low > 0 || high < 0; }
};

inline constexpr std::size_t kResamples = 2000;

/// Percentile bootstrap. Missing: all zero without values. The same seed gives the same interval.
/// Cost: values x resamples. Source: Efron, 1979.
Interval BootstrapMean(std::span<const double> values,
                       std::uint64_t seed = 1,
                       std::size_t resamples = kResamples);

/// Of the differences ours - theirs, user by user. Shapes: equal sizes, the same users in the same
/// order.
Interval PairedBootstrap(std::span<const double> ours,
                         std::span<const double> theirs,
                         std::uint64_t seed = 1,
                         std::size_t resamples = kResamples);

}  // namespace medley::metrics
