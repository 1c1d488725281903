#include "medley/recommenders/item_knn.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/top_k.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

ItemKnn::ItemKnn(const Parameters& parameters)
    : neighbours_(static_cast<std::size_t>(parameters.Int("neighbours"))),
      shrinkage_(parameters.Real("shrinkage")),
      recency_power_(parameters.Real("recency_power")),
      use_weights_(parameters.Bool("use_weights")) {}

Status ItemKnn::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  const std::size_t n = data.interactions->n_items();
  progress.Begin("train item_knn", n, "items");
  const auto users = PositiveMatrix(*data.interactions, use_weights_);
  const auto items = linalg::Transpose(users);
  std::vector<float> norms(n);
  for (std::size_t item = 0; item < n; ++item) {
    double sum = 0;
    for (const float value : items.ValuesOf(item)) sum += double{value} * double{value};
    norms[item] = static_cast<float>(std::sqrt(sum));
  }
  std::vector<std::vector<linalg::IndexedScore>> lists(n);
  linalg::ForEachGramRow(users, items, [&](std::size_t item, std::span<const float> together) {
    linalg::TopKCollector best(neighbours_);
    for (std::uint32_t other = 0; other < n; ++other) {
      if (together[other] > 0 && other != item) {
        best.Add(other,
                 together[other] / (norms[item] * norms[other] + static_cast<float>(shrinkage_)));
      }
    }
    lists[item] = best.Take();
    progress.Advance(1);
  });
  std::vector<linalg::Triplet> triplets;
  known_.assign(n, 0);
  for (std::uint32_t item = 0; item < n; ++item) {
    known_[item] = lists[item].empty() ? 0 : 1;
    for (const auto& [other, similarity] : lists[item])
      triplets.push_back({other, item, similarity});
  }
  auto rows = linalg::FromTriplets(n, n, std::move(triplets));
  starts_.assign(rows.starts.begin(), rows.starts.end());
  targets_ = std::move(rows.columns);
  similarities_ = std::move(rows.values);
  progress.End();
  return {};
}

Status ItemKnn::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  const auto profile = Profile(user.history, recency_power_, use_weights_);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i] = known_[i] != 0 && !profile.empty() ? 0 : kNothingKnown;
  }
  for (const auto& [item, weight] : profile) {
    for (std::size_t k = starts_[item]; k < starts_[item + 1]; ++k)
      scores[targets_[k]] += weight * similarities_[k];
  }
  return {};
}

std::vector<Evidence> ItemKnn::Explain(const UserState& user,
                                       ItemIndex item,
                                       std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items()) return out;
  for (const auto& [past, weight] : Profile(user.history, recency_power_, use_weights_)) {
    if (past >= n_items()) continue;
    const auto begin = targets_.begin() + static_cast<std::ptrdiff_t>(starts_[past]);
    const auto end = targets_.begin() + static_cast<std::ptrdiff_t>(starts_[past + 1]);
    const auto found = std::lower_bound(begin, end, item);
    if (found == end || *found != item) continue;
    Evidence evidence;
    evidence.kind = Evidence::Kind::kPastItem;
    evidence.item = past;
    evidence.contribution =
        double{weight} * double{similarities_[static_cast<std::size_t>(found - targets_.begin())]};
    out.push_back(evidence);
  }
  return Strongest(std::move(out), limit);
}

Status ItemKnn::Save(const std::filesystem::path& directory) const {
  ModelWriter writer(
      "item_knn",
      {{"n_items", n_items()}, {"recency_power", recency_power_}, {"use_weights", use_weights_}});
  writer.Add("known", known_);
  writer.Add("starts", starts_);
  writer.Add("targets", targets_);
  writer.Add("similarities", similarities_);
  return writer.Write(directory);
}

Status ItemKnn::Load(const std::filesystem::path& directory, const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "item_knn"));
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto recency_power, reader.Real("recency_power"));
  MEDLEY_ASSIGN_OR_RETURN(const auto use_weights, reader.Bool("use_weights"));
  MEDLEY_ASSIGN_OR_RETURN(auto known, reader.Indices("known", n));
  MEDLEY_ASSIGN_OR_RETURN(auto rows, reader.SparseRows(n, n));
  recency_power_ = recency_power;
  use_weights_ = use_weights;
  known_ = std::move(known);
  starts_ = std::move(rows.starts);
  targets_ = std::move(rows.targets);
  similarities_ = std::move(rows.values);
  return {};
}

RecommenderKind ItemKnnKind() {
  RecommenderKind kind;
  kind.name = "item_knn";
  kind.summary =
      "Items that the same people were for as the items of the history (cosine of audiences)";
  kind.example = "medley train item_knn --set item_knn.neighbours=100 --set item_knn.shrinkage=10";
  kind.paper =
      "Sarwar, Karypis, Konstan, Riedl: Item-based collaborative filtering recommendation "
      "algorithms, WWW 2001";
  kind.parameters = {
      {"neighbours", std::int64_t{200}, "How many similar items each item keeps", 1, 100'000, {}},
      {"shrinkage",
       10.0,
       "Added to the cosine's denominator: small audiences are trusted less",
       0,
       1e6,
       {}},
      {"recency_power",
       2.0,
       "Of n past items the r-th weighs (.5 + .5 r/n)^power; 0: all alike",
       0,
       100,
       {}},
      {"use_weights",
       false,
       "Weigh interactions by what the events say instead of alike",
       {},
       {},
       {}},
  };
  kind.make = [](const Parameters& parameters) -> std::unique_ptr<Recommender> {
    return std::make_unique<ItemKnn>(parameters);
  };
  return kind;
}

}  // namespace medley::recommenders
