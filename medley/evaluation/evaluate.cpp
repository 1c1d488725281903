#include "medley/evaluation/evaluate.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/evaluation/protocol.h"
#include "medley/metrics/beyond_accuracy.h"
#include "medley/metrics/interval.h"
#include "medley/metrics/ranking.h"
#include "medley/recommenders/content.h"
#include "medley/recommenders/hybrid.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

Json Learned(const recommenders::Recommender& recommender) {
  Json out;
  if (const auto* hybrid = dynamic_cast<const recommenders::Hybrid*>(&recommender)) {
    for (const auto& one : hybrid->Weights()) out[one.component] = one.weight;
  } else if (const auto* content = dynamic_cast<const recommenders::Content*>(&recommender)) {
    for (const auto& one : content->Weights()) out[one.part] = one.weight;
  }
  return out;
}

/// The space in which lists are compared for diversity.
const recommenders::FeatureSpace* DiversitySpace(const recommenders::ItemFeatures* features) {
  if (features == nullptr || features->spaces.empty()) return nullptr;
  const auto* fused = features->Find("fused");
  return fused != nullptr ? fused : &features->spaces.front();
}

void AddProperties(const Split& split,
                   const recommenders::ItemFeatures* features,
                   std::size_t k,
                   Evaluated& out) {
  std::vector<std::vector<std::uint32_t>> cut;
  for (const auto user : out.scores.users) {
    const auto& list = out.lists[user];
    cut.emplace_back(list.begin(),
                     list.begin() + static_cast<std::ptrdiff_t>(std::min(k, list.size())));
  }
  const std::size_t n_items = split.full.n_items();
  out.properties.emplace_back("coverage", metrics::Coverage(cut, n_items));
  out.properties.emplace_back("gini", metrics::Gini(cut, n_items));
  out.properties.emplace_back(
      "novelty",
      metrics::Novelty(cut, recommenders::PositiveCounts(split.full), split.full.n_users()));
  if (const auto* space = DiversitySpace(features); space != nullptr && !cut.empty()) {
    double sum = 0;
    for (const auto& list : cut) sum += metrics::Diversity(list, space->vectors);
    out.properties.emplace_back("diversity", sum / static_cast<double>(cut.size()));
  }
}

Result<Evaluated> EvaluateOne(const std::string& name,
                              const Split& split,
                              const recommenders::ItemFeatures* features,
                              const EvaluationRequest& request,
                              Progress& progress) {
  Evaluated out;
  out.name = name;
  if (const auto given = request.settings.find(name); given != request.settings.end())
    out.settings = given->second;
  if (request.tune) {
    MEDLEY_ASSIGN_OR_RETURN(auto tuned,
                            Tune(name, out.settings, split, features, request, progress));
    out.settings = std::move(tuned.settings);
    out.validation = tuned.ndcg;
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto recommender,
                          recommenders::MakeRecommender(name, out.settings));
  const Stopwatch watch;
  MEDLEY_RETURN_IF_ERROR(recommender->Fit({&split.full, features, 0, request.seed}, progress));
  out.fit_seconds = watch.Seconds();
  out.learned = Learned(*recommender);
  const RankOptions options{split.candidates, split.mask, std::max(request.k, request.length)};
  MEDLEY_ASSIGN_OR_RETURN(auto ranked, RankForUsers(*recommender, split.full, split.test, options));
  out.lists = std::move(ranked.lists);
  out.scores = ScoreLists(out.lists, split.test, request.k);
  for (const auto& metric : RankingMetrics()) {
    out.metrics.emplace_back(metric.name,
                             metrics::BootstrapMean(out.scores.Values(metric.value), request.seed));
  }
  std::vector<double> aucs;
  for (const auto user : out.scores.users) aucs.push_back(ranked.auc[user]);
  out.metrics.emplace_back("auc", metrics::BootstrapMean(aucs, request.seed));
  AddProperties(split, features, request.k, out);
  return out;
}

}  // namespace

Result<std::vector<Evaluated>> Evaluate(const Split& split,
                                        const recommenders::ItemFeatures* features,
                                        const EvaluationRequest& request,
                                        Progress& progress) {
  const bool nobody = std::all_of(
      split.test.begin(), split.test.end(), [](const auto& items) { return items.empty(); });
  if (nobody)
    return Fail(ErrorCode::kInvalidInput, "the test part is empty: there is nothing to judge by");
  std::vector<Evaluated> out;
  for (const auto& name : request.recommenders) {
    auto one = EvaluateOne(name, split, features, request, progress);
    if (!one) return Wrap(name, one.error());
    out.push_back(*std::move(one));
  }
  return out;
}

std::vector<Comparison> Compare(const Split& split,
                                const std::vector<Evaluated>& evaluated,
                                std::size_t k,
                                const std::vector<std::vector<std::uint32_t>>& baseline) {
  std::vector<Comparison> out;
  const auto add = [&](const Evaluated& ours, const std::string& theirs, const UserScores& scores) {
    for (const auto& metric : RankingMetrics().first(2)) {
      out.push_back({ours.name,
                     theirs,
                     metric.name,
                     metrics::PairedBootstrap(ours.scores.Values(metric.value),
                                              scores.Values(metric.value))});
    }
  };
  for (std::size_t i = 1; i < evaluated.size(); ++i)
    add(evaluated[0], evaluated[i].name, evaluated[i].scores);
  if (!baseline.empty()) {
    const auto scores = ScoreLists(baseline, split.test, k);
    for (const auto& one : evaluated) add(one, "baseline", scores);
  }
  return out;
}

}  // namespace medley::evaluation
