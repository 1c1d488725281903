#include "medley/evaluation/comparison.h"

#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/metrics/interval.h"

namespace medley::evaluation {

Comparison CompareColumns(const std::string& ours,
                          const UserColumn& our_values,
                          const std::string& theirs,
                          const UserColumn& their_values,
                          std::uint64_t seed) {
  assert(our_values.values.size() == their_values.values.size());
  std::vector<double> a;
  std::vector<double> b;
  for (std::size_t i = 0; i < our_values.values.size(); ++i) {
    if (std::isnan(our_values.values[i]) || std::isnan(their_values.values[i])) continue;
    a.push_back(our_values.values[i]);
    b.push_back(their_values.values[i]);
  }
  const auto test = metrics::TestPaired(a, b, seed);
  return {ours, theirs, our_values.metric, our_values.k, test.gain, test.p, test.p};
}

void AdjustForMany(std::vector<Comparison>& comparisons) {
  std::map<std::pair<std::string, std::size_t>, std::vector<std::size_t>> families;
  for (std::size_t i = 0; i < comparisons.size(); ++i)
    families[{comparisons[i].metric, comparisons[i].k}].push_back(i);
  for (const auto& [metric, members] : families) {
    std::vector<double> p;
    for (const auto i : members) p.push_back(comparisons[i].p);
    const auto adjusted = metrics::HolmAdjusted(p);
    for (std::size_t i = 0; i < members.size(); ++i) comparisons[members[i]].p_holm = adjusted[i];
  }
}

Json GainToJson(const Comparison& comparison) {
  return {{"gain", ToJson(comparison.gain)},
          {"excludes_0", comparison.gain.ExcludesZero()},
          {"p", comparison.p},
          {"p_holm", comparison.p_holm}};
}

}  // namespace medley::evaluation
