#include "medley/recommenders/user_knn.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <span>
#include <string>
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

UserKnn::UserKnn(const Parameters& parameters)
    : similarity_(parameters.Text("similarity")),
      neighbours_(static_cast<std::size_t>(parameters.Int("neighbours"))),
      shrinkage_(parameters.Real("shrinkage")),
      amplify_(parameters.Real("amplify")),
      recency_power_(parameters.Real("recency_power")),
      use_weights_(parameters.Bool("use_weights")) {}

Status UserKnn::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  progress.Begin("train user_knn", 1, "steps");
  by_user_ = PositiveMatrix(*data.interactions, use_weights_);
  Index();
  progress.Advance(1);
  progress.End();
  return {};
}

void UserKnn::Index() {
  by_item_ = linalg::Transpose(by_user_);
  sizes_.resize(by_user_.rows);
  for (std::size_t user = 0; user < by_user_.rows; ++user) {
    double sum = 0;
    for (const float value : by_user_.ValuesOf(user)) sum += double{value} * double{value};
    sizes_[user] = similarity_ == "cosine" ? static_cast<float>(std::sqrt(sum))
                                           : static_cast<float>(by_user_.ColumnsOf(user).size());
  }
}

std::vector<linalg::IndexedScore> UserKnn::NearestTo(
    std::span<const data::Interaction> history) const {
  const bool is_cosine = similarity_ == "cosine";
  const auto profile = Profile(history, recency_power_, use_weights_);
  std::vector<float> common(by_user_.rows);
  double size = 0;
  for (const auto& [item, weight] : profile) {
    const auto users = by_item_.ColumnsOf(item);
    const auto values = by_item_.ValuesOf(item);
    for (std::size_t k = 0; k < users.size(); ++k)
      common[users[k]] += is_cosine ? weight * values[k] : weight;
    size += is_cosine ? double{weight} * double{weight} : double{weight};
  }
  if (is_cosine) size = std::sqrt(size);
  linalg::TopKCollector best(neighbours_);
  for (std::uint32_t user = 0; user < common.size(); ++user) {
    if (!(common[user] > 0)) continue;
    const double together{common[user]};
    const double both{sizes_[user]};
    const double below = is_cosine ? size * both : size + both - together;
    best.Add(user, static_cast<float>(together / (below + shrinkage_)));
  }
  auto nearest = best.Take();
  for (auto& one : nearest) one.score = static_cast<float>(std::pow(double{one.score}, amplify_));
  return nearest;
}

Status UserKnn::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  const auto nearest = NearestTo(user.history);
  for (std::size_t item = 0; item < scores.size(); ++item)
    scores[item] = nearest.empty() || by_item_.ColumnsOf(item).empty() ? kNothingKnown : 0;
  for (const auto& [other, likeness] : nearest) {
    const auto items = by_user_.ColumnsOf(other);
    const auto values = by_user_.ValuesOf(other);
    for (std::size_t k = 0; k < items.size(); ++k) scores[items[k]] += likeness * values[k];
  }
  return {};
}

std::vector<Evidence> UserKnn::Explain(const UserState& user,
                                       ItemIndex item,
                                       std::size_t limit) const {
  if (item >= n_items()) return {};
  // A neighbour's share of the score goes to what it has in common with the history.
  const auto known = [this](const data::Interaction& entry) { return entry.item < n_items(); };
  std::vector<data::Interaction> history;
  std::copy_if(user.history.begin(), user.history.end(), std::back_inserter(history), known);
  const auto profile = Profile(history, recency_power_, use_weights_);
  std::vector<double> shares(profile.size());
  for (const auto& [other, likeness] : NearestTo(history)) {
    const float* value = by_user_.Find(other, item);
    if (value == nullptr) continue;
    const double share = double{likeness} * double{*value};
    std::vector<std::size_t> common;
    double weights = 0;
    for (std::size_t past = 0; past < profile.size(); ++past) {
      if (by_user_.Find(other, profile[past].item) == nullptr) continue;
      common.push_back(past);
      weights += double{profile[past].weight};
    }
    for (const auto past : common) shares[past] += share * double{profile[past].weight} / weights;
  }
  std::vector<Evidence> out;
  for (std::size_t past = 0; past < profile.size(); ++past) {
    if (profile[past].item != item) out.push_back(PastItem(profile[past].item, shares[past]));
  }
  return Strongest(std::move(out), limit);
}

Status UserKnn::Save(const std::filesystem::path& directory) const {
  ModelWriter writer("user_knn",
                     {{"n_items", n_items()},
                      {"n_users", by_user_.rows},
                      {"similarity", similarity_},
                      {"neighbours", neighbours_},
                      {"shrinkage", shrinkage_},
                      {"amplify", amplify_},
                      {"recency_power", recency_power_},
                      {"use_weights", use_weights_}});
  writer.AddSparseRows(by_user_);
  return writer.Write(directory);
}

Status UserKnn::Load(const std::filesystem::path& directory, const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "user_knn"));
  MEDLEY_ASSIGN_OR_RETURN(const auto n_items, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto n_users, reader.Size("n_users"));
  MEDLEY_ASSIGN_OR_RETURN(auto similarity, reader.Text("similarity"));
  MEDLEY_ASSIGN_OR_RETURN(const auto neighbours, reader.Size("neighbours"));
  MEDLEY_ASSIGN_OR_RETURN(const auto shrinkage, reader.Real("shrinkage"));
  MEDLEY_ASSIGN_OR_RETURN(const auto amplify, reader.Real("amplify"));
  MEDLEY_ASSIGN_OR_RETURN(const auto recency_power, reader.Real("recency_power"));
  MEDLEY_ASSIGN_OR_RETURN(const auto use_weights, reader.Bool("use_weights"));
  MEDLEY_ASSIGN_OR_RETURN(auto by_user, reader.SparseRows(n_users, n_items));
  similarity_ = std::move(similarity);
  neighbours_ = neighbours;
  shrinkage_ = shrinkage;
  amplify_ = amplify;
  recency_power_ = recency_power;
  use_weights_ = use_weights;
  by_user_ = std::move(by_user);
  Index();
  return {};
}

RecommenderKind UserKnnKind() {
  RecommenderKind kind;
  kind.name = "user_knn";
  kind.summary = "What the people most like the user were for";
  kind.example = "medley train user_knn --set user_knn.neighbours=100";
  kind.paper =
      "Herlocker, Konstan, Borchers, Riedl: An algorithmic framework for performing collaborative "
      "filtering, SIGIR 1999";
  kind.updating = Updating::kExact;
  kind.parameters = {
      {"similarity",
       std::string("cosine"),
       "How two users are compared by what they were for",
       0,
       0,
       {"cosine", "jaccard"}},
      {"neighbours", std::int64_t{100}, "How many users a score is the sum of", 1, 1'000'000, {}},
      {"shrinkage", 5.0, "Added to the denominator: small overlaps are trusted less", 0, 1e6, {}},
      {"amplify",
       1.0,
       "The power likeness is raised to: greater trusts the nearest more",
       0,
       10,
       {}},
      RecencyPowerSpec(2.0),
      UseWeightsSpec(),
  };
  kind.make = &MakeOf<UserKnn>;
  return kind;
}

}  // namespace medley::recommenders
