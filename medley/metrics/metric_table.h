#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace medley::metrics {

/// What a metric is a figure of.
enum class MetricScope : std::uint8_t {
  kUser,     ///< one user's list; reported as the mean over users, with its interval
  kLists,    ///< everyone's lists together
  kLabels,   ///< pairs of a true yes or no and a predicted one, or its probability
  kRatings,  ///< pairs of a true and a predicted rating
};

enum class Better : std::uint8_t { kHigher, kLower, kNeither };

/// One row of the table of metrics: reports take names and directions from it, and
/// docs/reference/metrics.md is made from it.
struct MetricKind {
  std::string_view name;  ///< in reports and JSON
  std::string_view title;
  std::string_view title_zh;
  MetricScope scope;
  bool cut;  ///< depends on how many places count: reported as name@k
  Better better;
  std::string_view range;
  std::string_view meaning;  ///< how it is worked out
  std::string_view edges;    ///< ties, nothing there, repeats
  std::string_view source;
};
std::span<const MetricKind> Metrics();

/// nullptr where there is no such metric.
const MetricKind* FindMetric(std::string_view name);

/// docs/reference/metrics.md as the table says it.
std::string MetricsReference();

}  // namespace medley::metrics
