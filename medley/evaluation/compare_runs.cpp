#include "medley/evaluation/compare_runs.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/evaluation/comparison.h"
#include "medley/evaluation/run.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/metrics/interval.h"

namespace medley::evaluation {
namespace {

std::map<std::string, std::vector<std::string>> Differing(const std::vector<SavedRun>& runs) {
  std::set<std::string> names;
  for (const auto& run : runs) {
    for (const auto& [name, value] : run.settings) names.insert(name);
  }
  std::map<std::string, std::vector<std::string>> out;
  const auto add = [&](const std::string& name, const auto& text_of) {
    std::vector<std::string> texts;
    texts.reserve(runs.size());
    for (const auto& run : runs) texts.push_back(text_of(run));
    const bool alike = std::all_of(
        texts.begin(), texts.end(), [&](const auto& text) { return text == texts.front(); });
    if (!alike) out[name] = std::move(texts);
  };
  for (const auto& name : names) {
    add(name, [&](const SavedRun& run) {
      const auto found = run.settings.find(name);
      return found == run.settings.end() ? std::string() : found->second;
    });
  }
  add("data fingerprint", [](const SavedRun& run) { return run.data; });
  add("split fingerprint", [](const SavedRun& run) { return run.split; });
  return out;
}

/// Empty where they can be compared user by user.
std::string WhyNot(const SavedRun& first, const SavedRun& other) {
  if (other.split != first.split) return "its test part is another one";
  if (other.ranking != first.ranking)
    return "it ranks '" + other.ranking + "', not '" + first.ranking + "'";
  if (other.users != first.users) return "its users are others";
  return "";
}

}  // namespace

RunComparison CompareRuns(std::vector<SavedRun> runs, std::uint64_t seed) {
  assert(!runs.empty());
  RunComparison out;
  out.runs = std::move(runs);
  out.differing = Differing(out.runs);
  const auto& first = out.runs.front();
  for (std::size_t i = 1; i < out.runs.size(); ++i) {
    const auto& other = out.runs[i];
    if (auto why = WhyNot(first, other); !why.empty()) {
      out.refused.push_back(other.label + ": " + why);
      continue;
    }
    for (const auto& ours : other.columns) {
      const auto* theirs = FindColumn(first.columns, ours.metric, ours.k);
      if (theirs != nullptr)
        out.gains.push_back(CompareColumns(other.label, ours, first.label, *theirs, seed));
    }
  }
  AdjustForMany(out.gains);
  return out;
}

Json ToJson(const RunComparison& comparison) {
  Json out = {{"runs", Json::array()},
              {"differing", comparison.differing},
              {"gains", Json::array()},
              {"refused", comparison.refused}};
  for (const auto& run : comparison.runs) {
    Json one = {{"label", run.label},
                {"protocol", run.protocol},
                {"ranking", run.ranking},
                {"users", run.users.size()},
                {"fingerprints", {{"data", run.data}, {"split", run.split}}},
                {"settings", run.settings}};
    for (const auto& metric : run.metrics)
      one["metrics"][MetricLabel(metric.metric, metric.k)] = ToJson(metric.value);
    out["runs"].push_back(std::move(one));
  }
  for (const auto& one : comparison.gains) {
    auto gain = GainToJson(one);
    gain.update(
        {{"ours", one.ours}, {"theirs", one.theirs}, {"metric", MetricLabel(one.metric, one.k)}});
    out["gains"].push_back(std::move(gain));
  }
  return out;
}

}  // namespace medley::evaluation
