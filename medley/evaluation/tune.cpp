#include <algorithm>
#include <cstddef>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/user_ranking.h"
#include "medley/metrics/ranking.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

struct Choice {
  const char* parameter;
  std::vector<const char*> values;
};

/// What is worth trying, the most important first. One parameter is tried after the other, the rest
/// at their best so far.
const std::map<std::string, std::vector<Choice>>& Choices() {
  static const std::map<std::string, std::vector<Choice>> choices = {
      {"popularity", {{"half_life_days", {"0", "7", "30", "90", "365"}}}},
      {"item_knn",
       {{"similarity", {"cosine", "jaccard", "bm25", "conditional"}},
        {"recency_power", {"0", "2", "4", "6"}},
        {"neighbours", {"50", "100", "200", "400"}},
        {"shrinkage", {"5", "10", "20", "50"}}}},
      {"user_knn",
       {{"recency_power", {"0", "2", "4", "6", "8"}},
        {"neighbours", {"50", "100", "200", "400"}},
        {"amplify", {"1", "2", "3"}},
        {"shrinkage", {"0", "5", "20"}},
        {"similarity", {"cosine", "jaccard"}}}},
      {"session_knn",
       {{"recent", {"5", "10", "20", "50"}},
        {"gap_hours", {"0", "1", "24"}},
        {"fade_items", {"3", "10", "30"}},
        {"fade_places", {"0", "5", "20", "50"}},
        {"neighbours", {"100", "200", "500"}},
        {"rarity_power", {"0", "0.5", "1"}}}},
      {"ease",
       {{"recency_power", {"0", "2", "4", "6", "8"}},
        {"lambda", {"100", "200", "400", "800", "1600"}}}},
      {"als",
       {{"regularization", {"1", "3", "10", "30", "100"}},
        {"alpha", {"1", "3", "10", "30"}},
        {"factors", {"32", "64", "128"}}}},
      {"bpr",
       {{"recency_power", {"0", "2", "4", "8"}},
        {"regularization", {"0.005", "0.01", "0.02", "0.04"}},
        {"factors", {"32", "64", "128"}}}},
      {"warp",
       {{"recency_power", {"0", "2", "4", "8"}},
        {"regularization", {"0.025", "0.05", "0.1", "0.2"}},
        {"factors", {"32", "64", "128"}}}},
      {"bilinear",
       {{"recency_power", {"0", "2", "4"}},
        {"regularization", {"0.0001", "0.0005", "0.002", "0.004"}}}},
      {"factorisation_machine", {{"regularization", {"0.005", "0.01", "0.02", "0.04"}}}},
      {"sequence",
       {{"window", {"1", "2", "3", "5", "10"}},
        {"backward", {"0", "0.5", "1"}},
        {"recent", {"5", "10", "20", "40"}},
        {"fade", {"0.8", "0.9", "0.95"}},
        {"shrinkage", {"10", "50", "200"}}}},
      {"content", {{"recency_power", {"0", "1", "2", "4"}}}},
      {"graph",
       {{"hops", {"1", "2", "3", "4"}},
        {"epochs", {"8", "16", "24"}},
        {"recency_power", {"0", "2", "4"}},
        {"media", {"0", "0.15", "0.3"}}}},
      {"hybrid", {{"held_out", {"last", "random"}}}},
      {"graph_embedding", {{"epochs", {"8", "16", "24"}}, {"recency_power", {"0", "2", "4"}}}},
  };
  return choices;
}

Result<double> Validate(const std::string& name,
                        const std::map<std::string, std::string>& settings,
                        const Split& split,
                        const recommenders::ItemFeatures* features,
                        const EvaluationRequest& request,
                        Progress& progress) {
  MEDLEY_ASSIGN_OR_RETURN(const auto recommender, recommenders::MakeRecommender(name, settings));
  MEDLEY_RETURN_IF_ERROR(recommender->Fit({&split.train, features, 0, request.seed}, progress));
  MEDLEY_ASSIGN_OR_RETURN(
      const auto ranked,
      RankForUsers(*recommender,
                   split.HistoryWhileTuning(),
                   split.valid,
                   {split.valid_candidates, split.mask, request.k(), &split.train}));
  return ScoreLists(ranked.lists, split.valid, request.k()).Mean(&metrics::RankingScores::ndcg);
}

/// The settings of the hybrid's components, each tuned by itself.
Status TuneComponents(const Split& split,
                      const recommenders::ItemFeatures* features,
                      const EvaluationRequest& request,
                      Progress& progress,
                      std::map<std::string, std::string>& hybrid) {
  if (hybrid.contains("settings")) return {};
  auto components = AllParameters("hybrid", hybrid).at("components");
  std::replace(components.begin(), components.end(), ',', ' ');
  std::istringstream words(components);
  std::string settings;
  for (std::string name; words >> name;) {
    if (name == "content" && features == nullptr) continue;
    MEDLEY_ASSIGN_OR_RETURN(const auto best, Tune(name, {}, split, features, request, progress));
    for (const auto& [parameter, value] : best.settings)
      settings += (settings.empty() ? "" : " ") + name + "." + parameter + "=" + value;
  }
  if (!settings.empty()) hybrid["settings"] = settings;
  return {};
}

}  // namespace

Result<Tuned> Tune(const std::string& name,
                   const std::map<std::string, std::string>& fixed,
                   const Split& split,
                   const recommenders::ItemFeatures* features,
                   const EvaluationRequest& request,
                   Progress& progress) {
  Tuned best{fixed, 0};
  if (name == "hybrid") {
    MEDLEY_RETURN_IF_ERROR(TuneComponents(split, features, request, progress, best.settings));
  }
  MEDLEY_ASSIGN_OR_RETURN(best.ndcg,
                          Validate(name, best.settings, split, features, request, progress));
  const auto choices = Choices().find(name);
  if (choices == Choices().end()) return best;
  for (const auto& choice : choices->second) {
    if (fixed.contains(choice.parameter)) continue;
    const auto start = best;
    for (const char* value : choice.values) {
      auto tried = start.settings;
      tried[choice.parameter] = value;
      MEDLEY_ASSIGN_OR_RETURN(const double ndcg,
                              Validate(name, tried, split, features, request, progress));
      if (ndcg > best.ndcg) best = {std::move(tried), ndcg};
    }
  }
  return best;
}

}  // namespace medley::evaluation
