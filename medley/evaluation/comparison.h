#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "medley/core/json.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/metrics/interval.h"

namespace medley::evaluation {

/// The gain of one ranking over another, user by user.
struct Comparison {
  std::string ours;
  std::string theirs;
  std::string metric;
  std::size_t k = 0;
  metrics::Interval gain;
  double p = 1;       ///< by itself
  double p_holm = 1;  ///< among the comparisons by the same metric
};

/// Over the users for whom both have a value. Shapes: the same metric, cut and users in both.
Comparison CompareColumns(const std::string& ours,
                          const UserColumn& our_values,
                          const std::string& theirs,
                          const UserColumn& their_values,
                          std::uint64_t seed);

/// Fills in p_holm, metric by metric: the metrics of one pair say nearly the same, and correcting
/// for them too would leave nothing that 2,000 resamples could show.
void AdjustForMany(std::vector<Comparison>& comparisons);

/// {"gain", "excludes_0", "p", "p_holm"}: without what was compared, which each file says its way.
Json GainToJson(const Comparison& comparison);

}  // namespace medley::evaluation
