#include "medley/evaluation/evaluate.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/learning_curve.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/evaluation/comparison.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/segments.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/evaluation/user_ranking.h"
#include "medley/metrics/beyond_accuracy.h"
#include "medley/metrics/interval.h"
#include "medley/metrics/ranking.h"
#include "medley/recommenders/content.h"
#include "medley/recommenders/hybrid.h"
#include "medley/recommenders/knowledge.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

constexpr std::size_t kLorenzPoints = 100;

Json Learned(const recommenders::Recommender& recommender) {
  Json out;
  if (const auto* hybrid = dynamic_cast<const recommenders::Hybrid*>(&recommender)) {
    for (const auto& one : hybrid->Weights()) out[one.component] = one.weight;
  } else if (const auto* content = dynamic_cast<const recommenders::Content*>(&recommender)) {
    for (const auto& one : content->Weights()) out[one.part] = one.weight;
  } else if (const auto* knowledge = dynamic_cast<const recommenders::Knowledge*>(&recommender)) {
    for (const auto& one : knowledge->Weights()) out[one.reason] = one.weight;
  }
  return out;
}

/// AUC of all, users weighed by how many relevant items they have.
MetricValue Gauc(const UserColumn& auc,
                 const Split& split,
                 const ListJudge& judge,
                 std::uint64_t seed) {
  std::vector<double> parts;
  std::vector<double> weights;
  for (std::size_t i = 0; i < judge.users().size(); ++i) {
    weights.push_back(static_cast<double>(split.test[judge.users()[i]].size()));
    parts.push_back(auc.values[i] * weights.back());
  }
  return {"gauc", 0, metrics::BootstrapRatio(parts, weights, seed)};
}

/// Fits one recommender, once a seed, and judges it.
class Evaluation {
 public:
  Evaluation(const Split& split,
             const recommenders::ItemFeatures* features,
             const EvaluationRequest& request)
      : split_(split),
        features_(features),
        request_(request),
        judge_(split, features, request.ks) {}

  Result<Evaluated> Run(const std::string& name, Progress& progress) {
    Evaluated out = BeginEvaluation(name, request_);
    if (request_.tune) {
      MEDLEY_ASSIGN_OR_RETURN(auto tuned,
                              Tune(name, out.settings, split_, features_, request_, progress));
      out.settings = std::move(tuned.settings);
      out.parameters = AllParameters(name, out.settings);
      out.validation = tuned.ndcg;
    }
    runs_.clear();
    properties_.clear();
    for (std::size_t i = 0, n = out.seeds; i < n; ++i) {
      MEDLEY_ASSIGN_OR_RETURN(const bool alike, RunSeed(i, out, progress));
      if (alike) break;
    }
    Finish(out);
    return out;
  }

 private:
  /// True where the model ranks as the one before it.
  Result<bool> RunSeed(std::size_t number, Evaluated& out, Progress& progress) {
    MEDLEY_ASSIGN_OR_RETURN(const auto recommender,
                            recommenders::MakeRecommender(out.name, out.settings));
    RecordingProgress recording(progress);
    const Stopwatch watch;
    MEDLEY_RETURN_IF_ERROR(
        recommender->Fit({&split_.full, features_, 0, request_.seed + number}, recording));
    out.fit_seconds += watch.Seconds();
    const auto k = *std::max_element(request_.ks.begin(), request_.ks.end());
    const RankOptions options{split_.candidates,
                              split_.mask,
                              std::max(k, request_.length),
                              &split_.full,
                              request_.negatives,
                              request_.seed};
    MEDLEY_ASSIGN_OR_RETURN(
        auto ranked, RankForUsers(*recommender, split_.HistoryAtTest(), split_.test, options));
    const bool alike = number > 0 && ranked.lists == out.lists;
    runs_.push_back(judge_.Columns(ranked.lists, ranked.auc));
    properties_.push_back(judge_.Properties(ranked.lists));
    if (number == 0) {
      out.learned = Learned(*recommender);
      out.learning = recording.Curves();
      out.lists = std::move(ranked.lists);
    }
    return alike;
  }

  void Finish(Evaluated& out) const {
    out.seeds = runs_.size();
    out.fit_seconds /= static_cast<double>(out.seeds);
    out.columns = MeanOverRuns(runs_);
    out.metrics = Summarize(out.columns, request_.seed);
    if (const auto* auc = FindColumn(out.columns, "auc", 0); auc != nullptr)
      out.metrics.push_back(Gauc(*auc, split_, judge_, request_.seed));
    out.properties = properties_.front();
    for (std::size_t i = 0; i < out.properties.size(); ++i) {
      double sum = 0;
      for (const auto& run : properties_) sum += run[i].value;
      out.properties[i].value = sum / static_cast<double>(properties_.size());
    }
    out.precision_recall = metrics::PrecisionRecallCurve(
        out.lists, split_.test, std::max(request_.length, request_.k()));
    out.lorenz = metrics::LorenzCurve(
        judge_.Cut(out.lists, request_.k()), split_.full.n_items(), kLorenzPoints);
    out.by_history = ByHistory(split_, judge_, out.columns, request_.k(), request_.seed);
    out.by_popularity = ByPopularity(split_, judge_, out.lists, request_.k(), request_.seed);
  }

  const Split& split_;
  const recommenders::ItemFeatures* features_;
  const EvaluationRequest& request_;
  ListJudge judge_;
  std::vector<std::vector<UserColumn>> runs_;
  std::vector<std::vector<ListJudge::Property>> properties_;
};

}  // namespace

std::map<std::string, std::string> AllParameters(
    const std::string& name, const std::map<std::string, std::string>& settings) {
  std::map<std::string, std::string> out;
  for (const auto& kind : recommenders::Recommenders()) {
    if (kind.name != name) continue;
    for (const auto& parameter : kind.parameters) {
      const auto given = settings.find(parameter.name);
      const Json value = std::visit([](const auto& v) { return Json(v); }, parameter.default_value);
      out[parameter.name] = given != settings.end() ? given->second
                            : value.is_string()     ? value.get<std::string>()
                                                    : value.dump();
    }
  }
  return out;
}

Evaluated BeginEvaluation(const std::string& name, const EvaluationRequest& request) {
  Evaluated out;
  out.name = name;
  if (const auto given = request.settings.find(name); given != request.settings.end())
    out.settings = given->second;
  out.parameters = AllParameters(name, out.settings);
  out.seeds = std::max<std::size_t>(request.seeds, 1);
  return out;
}

Result<std::vector<Evaluated>> Evaluate(const Split& split,
                                        const recommenders::ItemFeatures* features,
                                        const EvaluationRequest& request,
                                        Progress& progress) {
  if (JudgedUsers(split).empty())
    return Fail(ErrorCode::kInvalidInput, "the test part is empty: there is nothing to judge by");
  Evaluation evaluation(split, features, request);
  std::vector<Evaluated> out;
  for (const auto& name : request.recommenders) {
    auto one = evaluation.Run(name, progress);
    if (!one) return Wrap(name, one.error());
    out.push_back(*std::move(one));
  }
  return out;
}

Evaluated JudgeLists(const std::string& name,
                     const Split& split,
                     const std::vector<std::vector<std::uint32_t>>& lists,
                     const EvaluationRequest& request) {
  Evaluated out;
  out.name = name;
  out.lists = lists;
  const ListJudge judge(split, nullptr, request.ks);
  out.columns = judge.Columns(lists, {});
  out.metrics = Summarize(out.columns, request.seed);
  return out;
}

std::vector<Comparison> Compare(const std::vector<Evaluated>& evaluated,
                                const Evaluated* baseline,
                                const EvaluationRequest& request) {
  std::vector<Comparison> out;
  const auto add = [&](const Evaluated& ours, const Evaluated& theirs) {
    for (const auto& [metric, k] : {std::pair{"recall", request.k()},
                                    std::pair{"ndcg", request.k()},
                                    std::pair{"accuracy", std::size_t{0}},
                                    std::pair{"f1", std::size_t{0}},
                                    std::pair{"rmse", std::size_t{0}},
                                    std::pair{"mae", std::size_t{0}}}) {
      const auto* a = FindColumn(ours.columns, metric, k);
      const auto* b = FindColumn(theirs.columns, metric, k);
      if (a != nullptr && b != nullptr)
        out.push_back(CompareColumns(ours.name, *a, theirs.name, *b, request.seed));
    }
  };
  for (std::size_t i = 1; i < evaluated.size(); ++i) add(evaluated[0], evaluated[i]);
  if (baseline != nullptr) {
    for (const auto& one : evaluated) add(one, *baseline);
  }
  AdjustForMany(out);
  return out;
}

}  // namespace medley::evaluation
