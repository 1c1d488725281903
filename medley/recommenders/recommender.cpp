#include "medley/recommenders/recommender.h"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/linalg/top_k.h"
#include "medley/recommenders/als.h"
#include "medley/recommenders/biased_mf.h"
#include "medley/recommenders/bilinear.h"
#include "medley/recommenders/boosted_trees.h"
#include "medley/recommenders/bpr.h"
#include "medley/recommenders/content.h"
#include "medley/recommenders/ease.h"
#include "medley/recommenders/factorisation_machine.h"
#include "medley/recommenders/graph.h"
#include "medley/recommenders/graph_embedding.h"
#include "medley/recommenders/hybrid.h"
#include "medley/recommenders/interest.h"
#include "medley/recommenders/item_knn.h"
#include "medley/recommenders/knowledge.h"
#include "medley/recommenders/latest.h"
#include "medley/recommenders/likelihood.h"
#include "medley/recommenders/logistic.h"
#include "medley/recommenders/popularity.h"
#include "medley/recommenders/sequence.h"
#include "medley/recommenders/sequential.h"
#include "medley/recommenders/session_knn.h"
#include "medley/recommenders/two_tower.h"
#include "medley/recommenders/user_knn.h"
#include "medley/recommenders/warp.h"

namespace medley::recommenders {

const std::vector<RecommenderKind>& Recommenders() {
  static const std::vector<RecommenderKind> kinds = {
      PopularityKind(),
      LatestKind(),
      ItemKnnKind(),
      UserKnnKind(),
      EaseKind(),
      AlsKind(),
      BprKind(),
      WarpKind(),
      BiasedMfKind(),
      SequenceKind(),
      SessionKnnKind(),
      ContentKind(),
      KnowledgeKind(),
      GraphKind(),
      GraphEmbeddingKind(),
      BilinearKind(),
      FactorisationMachineKind(),
      TwoTowerKind(),
      SequentialKind(),
      LogisticKind(),
      BoostedTreesKind(),
      InterestKind(),
      LikelihoodKind(),
      HybridKind(),
  };
  return kinds;
}

std::vector<std::string> NamesOf(std::vector<std::string> names) {
  const bool all = names == std::vector<std::string>{"all"};
  if (!all && names != std::vector<std::string>{"served"}) return names;
  names.clear();
  for (const auto& kind : Recommenders())
    if (all || kind.serving > 0) names.push_back(kind.name);
  return names;
}

Result<std::unique_ptr<Recommender>> MakeRecommender(
    std::string_view name, const std::map<std::string, std::string>& settings) {
  std::string names;
  for (const auto& kind : Recommenders()) {
    if (kind.name == name) {
      auto parameters = Parameters::FromText(kind.parameters, settings);
      if (!parameters) return Wrap("recommender '" + kind.name + "'", parameters.error());
      return kind.make(*parameters);
    }
    names += (names.empty() ? "" : ", ") + kind.name;
  }
  return Fail(ErrorCode::kNotFound,
              "there is no recommender '" + std::string(name) + "'; there are " + names);
}

std::vector<ScoredItem> TopItems(std::span<const float> scores,
                                 std::size_t n,
                                 const std::function<bool(ItemIndex)>& allowed) {
  std::vector<ScoredItem> out;
  for (const auto& [index, score] : linalg::TopK(scores, n, allowed)) out.push_back({index, score});
  return out;
}

}  // namespace medley::recommenders
