#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/evaluation/protocol.h"
#include "medley/metrics/interval.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {

/// Parameters by recommender, as text.
using Settings = std::map<std::string, std::map<std::string, std::string>>;

struct EvaluationRequest {
  std::vector<std::string> recommenders;
  Settings settings;
  bool tune = false;  ///< choose parameters that are not set by what ranks the validation part best
  std::size_t k = kDefaultPlaces;
  std::size_t length = 50;  ///< of the lists kept, at least k
  std::uint64_t seed = 1;
};

/// One recommender, fitted on training and validation and judged on the test part.
struct Evaluated {
  std::string name;
  std::map<std::string, std::string> settings;  ///< those that were set or tuned
  std::optional<double> validation;             ///< NDCG@k that tuning reached
  Json learned;  ///< what the model says of itself (weights), or null
  std::vector<std::pair<std::string, metrics::Interval>> metrics;  ///< over users, 95 %
  std::vector<std::pair<std::string, double>> properties;  ///< coverage, gini, novelty, diversity
  std::vector<std::vector<std::uint32_t>> lists;
  UserScores scores;
  double fit_seconds = 0;
};

/// The gain of one ranking over another, user by user.
struct Comparison {
  std::string ours;
  std::string theirs;
  std::string metric;
  metrics::Interval gain;
};

/// Fits and judges each recommender asked for. The test part is read once, after all choices are
/// made. Errors: those of the recommenders, with the name.
Result<std::vector<Evaluated>> Evaluate(const Split& split,
                                        const recommenders::ItemFeatures* features,
                                        const EvaluationRequest& request,
                                        Progress& progress);

/// The first recommender against each other one, and every one against `baseline` where it has
/// lists.
std::vector<Comparison> Compare(const Split& split,
                                const std::vector<Evaluated>& evaluated,
                                std::size_t k,
                                const std::vector<std::vector<std::uint32_t>>& baseline);

/// Parameters for which `name` ranks the validation part best, starting from `fixed`, which stay. A
/// hybrid's are its components'. Returns them with the NDCG@k reached.
struct Tuned {
  std::map<std::string, std::string> settings;
  double ndcg = 0;
};
Result<Tuned> Tune(const std::string& name,
                   const std::map<std::string, std::string>& fixed,
                   const Split& split,
                   const recommenders::ItemFeatures* features,
                   const EvaluationRequest& request,
                   Progress& progress);

}  // namespace medley::evaluation
