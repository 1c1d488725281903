#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "medley/core/json.h"
#include "medley/evaluation/comparison.h"
#include "medley/evaluation/run.h"

namespace medley::evaluation {

/// Several runs side by side.
struct RunComparison {
  std::vector<SavedRun> runs;
  /// What is not alike in all, by name; one text a run, empty where it has no such setting.
  std::map<std::string, std::vector<std::string>> differing;
  /// Every later run against the first, over the same users; of metrics that both have at the same
  /// cut. Holm's correction among the runs, metric by metric.
  std::vector<Comparison> gains;
  /// Why a run was not compared with the first ("B: its split is another one"), one line each.
  std::vector<std::string> refused;
};

/// Gains need the same split, judged in the same way: a difference between other things would look
/// like one. Shapes: at least one run.
RunComparison CompareRuns(std::vector<SavedRun> runs, std::uint64_t seed);

Json ToJson(const RunComparison& comparison);

}  // namespace medley::evaluation
