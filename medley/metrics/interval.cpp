#include "medley/metrics/interval.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/random.h"

namespace medley::metrics {
namespace {

/// The statistic of `resamples` draws of n out of n, ascending. `add(i)` is told every user drawn,
/// `take()` gives the statistic of those since the last call.
template <typename Add, typename Take>
std::vector<double> Resampled(
    std::size_t n, std::uint64_t seed, std::size_t resamples, const Add& add, const Take& take) {
  Random random(seed);
  std::vector<double> out(resamples);
  for (auto& value : out) {
    for (std::size_t i = 0; i < n; ++i) add(random.Below(n));
    value = take();
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<double> ResampledMeans(std::span<const double> values,
                                   std::uint64_t seed,
                                   std::size_t resamples) {
  double sum = 0;
  return Resampled(
      values.size(),
      seed,
      resamples,
      [&](std::size_t i) { sum += values[i]; },
      [&] {
        const double mean = sum / static_cast<double>(values.size());
        sum = 0;
        return mean;
      });
}

Interval IntervalOf(double mean, std::span<const double> sorted) {
  const auto at = [&](double share) {
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size()))];
  };
  return {mean, at(0.025), at(0.975)};
}

double Mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<double> Differences(std::span<const double> ours, std::span<const double> theirs) {
  assert(ours.size() == theirs.size());
  std::vector<double> out(ours.size());
  for (std::size_t i = 0; i < ours.size(); ++i) out[i] = ours[i] - theirs[i];
  return out;
}

}  // namespace

Json ToJson(const Interval& interval) {
  return {{"mean", interval.mean}, {"low", interval.low}, {"high", interval.high}};
}

Interval BootstrapMean(std::span<const double> values, std::uint64_t seed, std::size_t resamples) {
  if (values.empty() || resamples == 0) return {};
  return IntervalOf(Mean(values), ResampledMeans(values, seed, resamples));
}

Interval BootstrapRatio(std::span<const double> parts,
                        std::span<const double> wholes,
                        std::uint64_t seed,
                        std::size_t resamples) {
  assert(parts.size() == wholes.size());
  if (parts.empty() || resamples == 0) return {};
  double part = 0;
  double whole = 0;
  const auto ratio = [&] {
    const double value = whole > 0 ? part / whole : 0;
    part = whole = 0;
    return value;
  };
  const auto add = [&](std::size_t i) {
    part += parts[i];
    whole += wholes[i];
  };
  for (std::size_t i = 0; i < parts.size(); ++i) add(i);
  const double all = ratio();
  return IntervalOf(all, Resampled(parts.size(), seed, resamples, add, ratio));
}

PairedTest TestPaired(std::span<const double> ours,
                      std::span<const double> theirs,
                      std::uint64_t seed,
                      std::size_t resamples) {
  if (ours.empty() || resamples == 0) return {};
  const auto differences = Differences(ours, theirs);
  const auto means = ResampledMeans(differences, seed, resamples);
  PairedTest out;
  out.gain = IntervalOf(Mean(differences), means);
  const auto not_above = std::upper_bound(means.begin(), means.end(), 0.0) - means.begin();
  const auto not_below = means.end() - std::lower_bound(means.begin(), means.end(), 0.0);
  const auto fewer = static_cast<double>(std::min(not_above, not_below));
  out.p = std::min(1.0, 2 * (fewer + 1) / static_cast<double>(resamples + 1));
  return out;
}

std::vector<double> HolmAdjusted(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) {
    return p[a] != p[b] ? p[a] < p[b] : a < b;
  });
  std::vector<double> out(p.size());
  double floor = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double raised = p[order[rank]] * static_cast<double>(order.size() - rank);
    floor = std::max(floor, std::min(1.0, raised));
    out[order[rank]] = floor;
  }
  return out;
}

}  // namespace medley::metrics
