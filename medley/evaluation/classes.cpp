#include "medley/evaluation/classes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/ids.h"
#include "medley/core/learning_curve.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/ratings.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/metrics/classification_report.h"
#include "medley/metrics/interval.h"
#include "medley/recommenders/pair_classifier.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

constexpr float kSaysNothing = -std::numeric_limits<float>::infinity();

/// Values less this are above 0 where they are positive.
std::optional<double> MiddleOf(const data::Interactions& values, double from) {
  double below = -std::numeric_limits<double>::infinity();
  double above = std::numeric_limits<double>::infinity();
  for (UserIndex user = 0; user < values.n_users(); ++user) {
    for (const auto& entry : values.OfUser(user)) {
      const auto value = static_cast<double>(entry.weight);
      if (value >= from) {
        above = std::min(above, value);
      } else {
        below = std::max(below, value);
      }
    }
  }
  if (!std::isfinite(below) || !std::isfinite(above)) return std::nullopt;
  return (below + above) / 2;
}

data::Interactions Shifted(const data::Interactions& values, double middle) {
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < values.n_users(); ++user) {
    for (auto entry : values.OfUser(user)) {
      entry.weight -= static_cast<float>(middle);
      rows.push_back({user, entry});
    }
  }
  return {values.n_users(), values.n_items(), std::move(rows)};
}

std::vector<std::uint32_t> LabelsOf(std::span<const Rated> pairs, double from) {
  std::vector<std::uint32_t> out;
  for (const auto& pair : pairs) out.push_back(pair.rating >= from ? 1 : 0);
  return out;
}

/// Scores of pairs that stand by user.
Result<std::vector<float>> ScorePairs(const recommenders::Recommender& recommender,
                                      const data::Interactions& history,
                                      std::span<const Rated> pairs) {
  const auto* some = dynamic_cast<const recommenders::ScoresSome*>(&recommender);
  std::vector<float> out;
  std::vector<float> all;
  std::vector<ItemIndex> items;
  for (std::size_t i = 0; i < pairs.size();) {
    const UserIndex user = pairs[i].user;
    items.clear();
    for (; i < pairs.size() && pairs[i].user == user; ++i) items.push_back(pairs[i].item);
    const auto own = history.OfUser(user);
    const recommenders::UserState state{own.empty() ? kNoIndex : user, own};
    std::vector<float> scores(items.size());
    if (some != nullptr) {
      MEDLEY_RETURN_IF_ERROR(some->ScoreSome(state, items, scores));
    } else {
      all.resize(recommender.n_items());
      MEDLEY_RETURN_IF_ERROR(recommender.Score(state, all));
      for (std::size_t k = 0; k < items.size(); ++k) scores[k] = all[items[k]];
    }
    if (std::ranges::any_of(scores, [](float score) { return std::isnan(score); }))
      return Fail(ErrorCode::kInternal, "the recommender's scores are not numbers");
    out.insert(out.end(), scores.begin(), scores.end());
  }
  return out;
}

/// What is counted of each judged user, means over seeds.
struct Counts {
  explicit Counts(std::size_t n) : right(n), pairs(n), hits(n), predicted(n), positive(n) {}
  std::vector<double> right;
  std::vector<double> pairs;
  std::vector<double> hits;
  std::vector<double> predicted;
  std::vector<double> positive;
};

void Count(std::span<const Rated> pairs,
           std::span<const std::uint32_t> truth,
           std::span<const std::uint32_t> predicted,
           double share,
           Counts& counts) {
  std::size_t place = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (i > 0 && pairs[i].user != pairs[i - 1].user) ++place;
    counts.right[place] += truth[i] == predicted[i] ? share : 0;
    counts.pairs[place] += share;
    counts.hits[place] += truth[i] != 0 && predicted[i] != 0 ? share : 0;
    counts.predicted[place] += predicted[i] != 0 ? share : 0;
    counts.positive[place] += truth[i] != 0 ? share : 0;
  }
}

void AddFigure(const std::string& metric,
               const std::vector<double>& parts,
               const std::vector<double>& wholes,
               std::uint64_t seed,
               Evaluated& out) {
  out.metrics.push_back({metric, 0, metrics::BootstrapRatio(parts, wholes, seed)});
  UserColumn column{metric, 0, {}};
  for (std::size_t i = 0; i < parts.size(); ++i)
    column.values.push_back(wholes[i] > 0 ? parts[i] / wholes[i]
                                          : std::numeric_limits<double>::quiet_NaN());
  out.columns.push_back(std::move(column));
}

void Finish(const Counts& counts, std::uint64_t seed, Evaluated& out) {
  std::vector<double> twice;
  std::vector<double> both;
  for (std::size_t i = 0; i < counts.hits.size(); ++i) {
    twice.push_back(2 * counts.hits[i]);
    both.push_back(counts.predicted[i] + counts.positive[i]);
  }
  AddFigure("accuracy", counts.right, counts.pairs, seed, out);
  AddFigure("precision", counts.hits, counts.predicted, seed, out);
  AddFigure("recall", counts.hits, counts.positive, seed, out);
  AddFigure("f1", twice, both, seed, out);
}

/// One recommender under the protocol.
class ClassesRun {
 public:
  ClassesRun(const RatingSplit& split,
             double from,
             double middle,
             const recommenders::ItemFeatures* features,
             const EvaluationRequest& request)
      : split_(split),
        tuning_(Shifted(split.tuning, middle)),
        full_(Shifted(split.train, middle)),
        valid_labels_(LabelsOf(split.valid, from)),
        test_labels_(LabelsOf(split.test, from)),
        features_(features),
        request_(request) {
    std::size_t positive = 0;
    for (UserIndex user = 0; user < full_.n_users(); ++user)
      for (const auto& entry : full_.OfUser(user)) positive += entry.weight > 0 ? 1 : 0;
    common_ = 2 * positive >= full_.size() ? 1 : 0;
  }

  Result<Evaluated> Evaluate(const std::string& name, Progress& progress) const {
    Evaluated out = BeginEvaluation(name, request_);
    Counts counts(JudgedUsers(split_).size());
    double silent = 0;
    for (std::size_t number = 0; number < out.seeds; ++number) {
      MEDLEY_ASSIGN_OR_RETURN(const auto predicted,
                              PredictOnce(name, number, progress, out, silent));
      const double share = 1 / static_cast<double>(out.seeds);
      Count(split_.test, test_labels_, predicted, share, counts);
      if (number == 0) out.report = metrics::ReportClasses(test_labels_, predicted, 2);
    }
    Finish(counts, request_.seed, out);
    const double positive = std::accumulate(test_labels_.begin(), test_labels_.end(), 0.0);
    out.properties = {{"pairs", 0, static_cast<double>(split_.test.size())},
                      {"positive", 0, positive / static_cast<double>(split_.test.size())},
                      {"of_which_nothing_is_said", 0, silent}};
    return out;
  }

 private:
  Result<std::vector<std::uint32_t>> PredictOnce(const std::string& name,
                                                 std::size_t number,
                                                 Progress& progress,
                                                 Evaluated& out,
                                                 double& silent) const {
    const std::uint64_t seed = request_.seed + number;
    MEDLEY_ASSIGN_OR_RETURN(auto recommender, recommenders::MakeRecommender(name, out.settings));
    MEDLEY_RETURN_IF_ERROR(recommender->Fit({&tuning_, features_, 0, seed}, progress));
    MEDLEY_ASSIGN_OR_RETURN(auto valid, ScorePairs(*recommender, tuning_, split_.valid));
    const float bound = BestBound(valid, valid_labels_);
    if (number == 0) {
      const auto told = Decide(valid, bound);
      double right = 0;
      for (std::size_t i = 0; i < told.size(); ++i) right += told[i] == valid_labels_[i] ? 1 : 0;
      out.learned = {{"says_yes_above", bound},
                     {"validation_accuracy", right / static_cast<double>(told.size())}};
    }
    MEDLEY_ASSIGN_OR_RETURN(recommender, recommenders::MakeRecommender(name, out.settings));
    RecordingProgress recording(progress);
    const Stopwatch watch;
    MEDLEY_RETURN_IF_ERROR(recommender->Fit({&full_, features_, 0, seed}, recording));
    out.fit_seconds += watch.Seconds() / static_cast<double>(out.seeds);
    if (number == 0) out.learning = recording.Curves();
    MEDLEY_ASSIGN_OR_RETURN(const auto scores, ScorePairs(*recommender, full_, split_.test));
    silent += static_cast<double>(std::ranges::count(scores, kSaysNothing)) /
              static_cast<double>(out.seeds);
    return Decide(scores, bound);
  }

  std::vector<std::uint32_t> Decide(std::span<const float> scores, float bound) const {
    std::vector<std::uint32_t> out;
    for (const float score : scores)
      out.push_back(score == kSaysNothing ? common_ : score > bound ? 1 : 0);
    return out;
  }

  const RatingSplit& split_;
  data::Interactions tuning_;
  data::Interactions full_;
  std::vector<std::uint32_t> valid_labels_;
  std::vector<std::uint32_t> test_labels_;
  const recommenders::ItemFeatures* features_;
  const EvaluationRequest& request_;
  std::uint32_t common_ = 0;
};

}  // namespace

float BestBound(std::span<const float> scores, std::span<const std::uint32_t> labels) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return scores[i]; });
  // With nobody refused all positives are right; each score refused moves the count by one.
  std::ptrdiff_t right = std::ranges::count(labels, 1U);
  std::ptrdiff_t best = right;
  float bound = -std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < order.size(); ++i) {
    right += labels[order[i]] == 0 ? 1 : -1;
    const float score = scores[order[i]];
    const float next =
        i + 1 < order.size() ? scores[order[i + 1]] : std::numeric_limits<float>::infinity();
    if (next == score || right <= best) continue;
    best = right;
    bound = std::isfinite(score) && std::isfinite(next) ? score + (next - score) / 2 : score;
  }
  return bound;
}

Result<std::vector<Evaluated>> EvaluateClasses(const RatingSplit& split,
                                               double from,
                                               const recommenders::ItemFeatures* features,
                                               const EvaluationRequest& request,
                                               Progress& progress) {
  if (request.tune || request.negatives > 0) {
    return Fail(ErrorCode::kInvalidInput,
                "--tune and --negatives look at rankings, and --interested-from judges pairs: "
                "leave them out, and set parameters with --set");
  }
  if (split.test.empty())
    return Fail(ErrorCode::kInvalidInput, "the test part is empty: there is no pair to judge");
  if (split.valid.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "the validation part is empty, by which it is chosen where \"yes\" begins: name "
                "one with --valid");
  }
  const auto middle = MiddleOf(split.tuning, from);
  if (!middle) {
    return Fail(ErrorCode::kInvalidInput,
                "--interested-from: all values of the training part are on one side of it");
  }
  const ClassesRun run(split, from, *middle, features, request);
  std::vector<Evaluated> out;
  for (const auto& name : request.recommenders) {
    auto one = run.Evaluate(name, progress);
    if (!one) return Wrap(name, one.error());
    out.push_back(*std::move(one));
  }
  return out;
}

}  // namespace medley::evaluation
