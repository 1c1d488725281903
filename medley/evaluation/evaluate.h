#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/learning_curve.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/evaluation/comparison.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/ratings.h"
#include "medley/evaluation/segments.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/evaluation/user_ranking.h"
#include "medley/metrics/classification_report.h"
#include "medley/metrics/ranking.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {

/// Parameters by recommender, as text.
using Settings = std::map<std::string, std::map<std::string, std::string>>;

struct EvaluationRequest {
  std::vector<std::string> recommenders;
  Settings settings;
  bool tune = false;  ///< choose parameters that are not set by what ranks the validation part best
  /// Where lists are cut; the first is what tuning, segments and comparisons look at.
  std::vector<std::size_t> ks = {kDefaultPlaces};
  std::size_t length = 50;  ///< of the lists kept; at least the greatest k
  std::uint64_t seed = 1;   ///< of the first model, of intervals and sampling
  /// Models fitted with seed, seed + 1 ...; each user's values are averaged over them first. When
  /// the second ranks like the first for everyone, the seed does not matter and no more are fitted.
  std::size_t seeds = 1;
  std::size_t negatives = 0;  ///< RankOptions::negatives, at the test only

  std::size_t k() const { return ks.front(); }
};

/// One recommender, fitted on training and validation and judged on the test part.
struct Evaluated {
  std::string name;
  std::map<std::string, std::string> settings;    ///< those that were set or tuned
  std::map<std::string, std::string> parameters;  ///< all, defaults included
  std::optional<double> validation;               ///< NDCG@k that tuning reached
  Json learned;                      ///< what the first model says of itself (weights), or null
  std::vector<MetricValue> metrics;  ///< with their intervals
  std::vector<ListJudge::Property> properties;
  std::vector<UserColumn> columns;                ///< what `metrics` are the means of
  std::vector<std::vector<std::uint32_t>> lists;  ///< by user, of the first model
  std::vector<metrics::PrecisionRecall> precision_recall;
  std::vector<double> lorenz;  ///< at k
  std::vector<Segment> by_history;
  std::vector<Segment> by_popularity;
  std::vector<LearningCurve> learning;
  std::optional<metrics::ClassificationReport> report;  ///< of classifiers, of the first model
  std::size_t seeds = 1;                                ///< models fitted
  double fit_seconds = 0;                               ///< of one, on average
};

/// Fits and judges each recommender asked for. The test part is read once, after all choices are
/// made. Errors: those of the recommenders, with the name.
Result<std::vector<Evaluated>> Evaluate(const Split& split,
                                        const recommenders::ItemFeatures* features,
                                        const EvaluationRequest& request,
                                        Progress& progress);

/// The same for predicted ratings: RMSE and MAE over all pairs, intervals over users; the columns
/// are each user's own RMSE and MAE; no lists. Errors: kInvalidInput too for what is of lists:
/// `tune` and `negatives`.
Result<std::vector<Evaluated>> EvaluateRatings(const RatingSplit& split,
                                               const recommenders::ItemFeatures* features,
                                               const EvaluationRequest& request,
                                               Progress& progress);

/// All parameters of a recommender as text: what is set, else the defaults.
std::map<std::string, std::string> AllParameters(
    const std::string& name, const std::map<std::string, std::string>& settings);
/// What is known of a recommender's evaluation before it has begun: its name, settings, parameters
/// and the number of seeds.
Evaluated BeginEvaluation(const std::string& name, const EvaluationRequest& request);

/// Recall and NDCG of the lists of `name`, to compare with.
Evaluated JudgeLists(const std::string& name,
                     const Split& split,
                     const std::vector<std::vector<std::uint32_t>>& lists,
                     const EvaluationRequest& request);

/// The first recommender against each other one, and every one against `baseline` where there is
/// one: recall and NDCG at k, RMSE and MAE, or accuracy and F1.
std::vector<Comparison> Compare(const std::vector<Evaluated>& evaluated,
                                const Evaluated* baseline,
                                const EvaluationRequest& request);

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
