#include "medley/metrics/interval.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "medley/core/random.h"

namespace medley::metrics {

Interval BootstrapMean(std::span<const double> values, std::uint64_t seed, std::size_t resamples) {
  Interval out;
  if (values.empty() || resamples == 0) return out;
  const auto n = static_cast<double>(values.size());
  out.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  Random random(seed);
  std::vector<double> means(resamples);
  for (auto& mean : means) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[random.Below(values.size())];
    mean = sum / n;
  }
  std::sort(means.begin(), means.end());
  const auto at = [&](double share) {
    return means[static_cast<std::size_t>(share * static_cast<double>(resamples))];
  };
  out.low = at(0.025);
  out.high = at(0.975);
  return out;
}

Interval PairedBootstrap(std::span<const double> ours,
                         std::span<const double> theirs,
                         std::uint64_t seed,
                         std::size_t resamples) {
  assert(ours.size() == theirs.size());
  std::vector<double> differences(ours.size());
  for (std::size_t i = 0; i < ours.size(); ++i) differences[i] = ours[i] - theirs[i];
  return BootstrapMean(differences, seed, resamples);
}

}  // namespace medley::metrics
