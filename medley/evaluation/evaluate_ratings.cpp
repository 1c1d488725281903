#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/learning_curve.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/ratings.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/metrics/interval.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

/// Sums over each judged user's ratings, means over seeds.
struct Errors {
  explicit Errors(std::size_t n_users) : squared(n_users), absolute(n_users), ratings(n_users) {}
  std::vector<double> squared;
  std::vector<double> absolute;
  std::vector<double> ratings;
};

void AddErrors(const RatingSplit& split,
               std::span<const double> predicted,
               double share,
               Errors& errors) {
  std::size_t place = 0;
  for (std::size_t i = 0; i < split.test.size(); ++i) {
    if (i > 0 && split.test[i].user != split.test[i - 1].user) ++place;
    const double difference = predicted[i] - split.test[i].rating;
    errors.squared[place] += share * difference * difference;
    errors.absolute[place] += share * std::abs(difference);
    errors.ratings[place] += share;
  }
}

metrics::Interval Root(metrics::Interval interval) {
  return {std::sqrt(interval.mean), std::sqrt(interval.low), std::sqrt(interval.high)};
}

void Finish(const Errors& errors, std::uint64_t seed, Evaluated& out) {
  UserColumn rmse{"rmse", 0, {}};
  UserColumn mae{"mae", 0, {}};
  for (std::size_t i = 0; i < errors.ratings.size(); ++i) {
    rmse.values.push_back(std::sqrt(errors.squared[i] / errors.ratings[i]));
    mae.values.push_back(errors.absolute[i] / errors.ratings[i]);
  }
  out.columns = {std::move(rmse), std::move(mae)};
  out.metrics = {{"rmse", 0, Root(metrics::BootstrapRatio(errors.squared, errors.ratings, seed))},
                 {"mae", 0, metrics::BootstrapRatio(errors.absolute, errors.ratings, seed)}};
}

Result<Evaluated> EvaluateOne(const std::string& name,
                              const RatingSplit& split,
                              const recommenders::ItemFeatures* features,
                              const EvaluationRequest& request,
                              Progress& progress) {
  Evaluated out = BeginEvaluation(name, request);
  const double share = 1 / static_cast<double>(out.seeds);
  Errors errors(JudgedUsers(split).size());
  double fallbacks = 0;
  for (std::size_t number = 0; number < out.seeds; ++number) {
    MEDLEY_ASSIGN_OR_RETURN(const auto recommender,
                            recommenders::MakeRecommender(name, out.settings));
    RecordingProgress recording(progress);
    const Stopwatch watch;
    MEDLEY_RETURN_IF_ERROR(
        recommender->Fit({&split.train, features, 0, request.seed + number}, recording));
    out.fit_seconds += share * watch.Seconds();
    MEDLEY_ASSIGN_OR_RETURN(const auto predictions, PredictRatings(*recommender, split));
    AddErrors(split, predictions.values, share, errors);
    fallbacks += share * static_cast<double>(predictions.fallbacks);
    if (number == 0) out.learning = recording.Curves();
  }
  Finish(errors, request.seed, out);
  out.properties = {{"ratings", 0, static_cast<double>(split.test.size())},
                    {"predicted_by_the_mean", 0, fallbacks}};
  return out;
}

}  // namespace

Result<std::vector<Evaluated>> EvaluateRatings(const RatingSplit& split,
                                               const recommenders::ItemFeatures* features,
                                               const EvaluationRequest& request,
                                               Progress& progress) {
  if (request.tune) {
    return Fail(ErrorCode::kInvalidInput,
                "--tune looks at how the validation part is ranked, which says nothing of ratings: "
                "leave it out, and set parameters with --set");
  }
  if (request.negatives > 0) {
    return Fail(ErrorCode::kInvalidInput,
                "--negatives samples what is ranked, and --ratings ranks nothing: leave it out");
  }
  if (split.test.empty())
    return Fail(ErrorCode::kInvalidInput, "the test part is empty: there is no rating to predict");
  std::vector<Evaluated> out;
  for (const auto& name : request.recommenders) {
    auto one = EvaluateOne(name, split, features, request, progress);
    if (!one) return Wrap(name, one.error());
    out.push_back(*std::move(one));
  }
  return out;
}

}  // namespace medley::evaluation
