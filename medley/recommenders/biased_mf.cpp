#include "medley/recommenders/biased_mf.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <unordered_set>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/factor_steps.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/padded_matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/block_schedule.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/padded_vectors.h"
#include "medley/recommenders/positives.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

linalg::CsrMatrix RatingMatrix(const data::Interactions& interactions) {
  linalg::CsrMatrix out{interactions.n_users(), interactions.n_items(), {0}, {}, {}};
  std::vector<std::pair<std::uint32_t, float>> row;
  for (UserIndex user = 0; user < out.rows; ++user) {
    row.clear();
    for (const auto& entry : interactions.OfUser(user)) row.emplace_back(entry.item, entry.weight);
    std::sort(row.begin(), row.end());
    for (const auto& [item, rating] : row) {
      out.columns.push_back(item);
      out.values.push_back(rating);
    }
    out.starts.push_back(out.columns.size());
  }
  return out;
}

double MeanOf(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += double{value};
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

}  // namespace

BiasedMf::BiasedMf(const Parameters& parameters)
    : factors_(static_cast<std::size_t>(parameters.Int("factors"))),
      passes_(static_cast<std::size_t>(parameters.Int("passes"))),
      rate_(parameters.Real("learning_rate")),
      decay_(parameters.Real("decay")),
      regularization_(parameters.Real("regularization")) {}

Status BiasedMf::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  const auto ratings = RatingMatrix(*data.interactions);
  const Random random(data.seed);
  auto people = CountPeople(ratings);
  BlockSchedule schedule(ratings, KnownItems(people), random.Fork("schedule"));
  auto users = DrawVectors(ratings.rows, factors_, random.Fork("users").Next());
  auto items = DrawVectors(ratings.cols, factors_, random.Fork("items").Next());
  std::vector<float> user_bias(ratings.rows);
  std::vector<float> bias(ratings.cols);
  const double mean = MeanOf(ratings.values);
  const linalg::Factors factors{users.PaddedView(), items.PaddedView(), bias, {}, {}};
  linalg::RatingSteps steps{static_cast<float>(rate_),
                            static_cast<float>(regularization_),
                            static_cast<float>(mean),
                            user_bias};
  std::vector<double> errors(schedule.blocks() * schedule.blocks());
  progress.Begin("train biased_mf", passes_, "passes");
  for (std::size_t pass = 0; pass < passes_; ++pass) {
    schedule.Pass([&](const BlockSchedule::Block& block) {
      errors[block.slot] = linalg::SquaredErrorSteps(factors, block.entries, steps);
    });
    double sum = 0;
    for (const double error : errors) sum += error;
    progress.Note("RMSE", std::sqrt(sum / std::max(1.0, static_cast<double>(ratings.size()))));
    steps.rate *= static_cast<float>(decay_);
    progress.Advance(1);
  }
  for (std::size_t item = 0; item < items.rows(); ++item) {
    if (!linalg::AllFinite(items.Row(item)) || !std::isfinite(bias[item])) {
      return Fail(ErrorCode::kInvalidInput,
                  "biased_mf did not converge: lower biased_mf.learning_rate");
    }
  }
  mean_ = mean;
  items_ = std::move(items);
  bias_ = std::move(bias);
  people_ = std::move(people);
  progress.End();
  return {};
}

BiasedMf::Ratings BiasedMf::Known(std::span<const data::Interaction> history) const {
  Ratings out;
  std::unordered_set<ItemIndex> met;
  for (auto entry = history.rbegin(); entry != history.rend(); ++entry) {
    if (entry->item < n_items() && people_[entry->item] > 0 && met.insert(entry->item).second)
      out.emplace_back(entry->item, entry->weight);
  }
  return out;
}

linalg::Matrix BiasedMf::WithOne(ItemIndex item) const {
  linalg::Matrix out(1, factors_ + 1, 1);
  std::copy_n(items_.Row(item).begin(), factors_, out.Row(0).begin());
  return out;
}

// Each step of the training pays the penalty once: a user's is as many times as there are ratings.
linalg::Matrix BiasedMf::NormalEquations(const Ratings& ratings) const {
  linalg::Matrix system(factors_ + 1, factors_ + 1);
  const double penalty = std::max(regularization_, 1e-6) * static_cast<double>(ratings.size());
  for (std::size_t i = 0; i <= factors_; ++i) system(i, i) = static_cast<float>(penalty);
  for (const auto& [item, rating] : ratings) {
    const auto row = WithOne(item);
    for (std::size_t i = 0; i <= factors_; ++i)
      linalg::Axpy(row(0, i), row.Row(0).first(i + 1), system.Row(i).first(i + 1));
  }
  return system;
}

Status BiasedMf::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  const auto ratings = Known(user.history);
  if (ratings.empty()) {
    std::fill(scores.begin(), scores.end(), kNothingKnown);
    return {};
  }
  auto system = NormalEquations(ratings);
  linalg::Matrix solution(1, factors_ + 1);
  for (const auto& [item, rating] : ratings) {
    const float error = rating - static_cast<float>(mean_) - bias_[item];
    linalg::Axpy(error, WithOne(item).Row(0), solution.Row(0));
  }
  MEDLEY_RETURN_IF_ERROR(linalg::SolvePositiveDefinite(system.View(), solution.View()));
  linalg::TimesVector(items_.View(), solution.Row(0).first(factors_), scores);
  const float base = static_cast<float>(mean_) + solution(0, factors_);
  for (std::size_t item = 0; item < scores.size(); ++item)
    scores[item] = people_[item] == 0 ? kNothingKnown : scores[item] + base + bias_[item];
  return {};
}

// b(u) + <p(u), q(i)> = (q(i), 1) . A^-1 . sum over past items h of (r - mu - b(h)) (q(h), 1): one
// solve for the left product, then each past item's share.
std::vector<Evidence> BiasedMf::Explain(const UserState& user,
                                        ItemIndex item,
                                        std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items() || people_[item] == 0) return out;
  const auto ratings = Known(user.history);
  if (ratings.empty()) return out;
  auto system = NormalEquations(ratings);
  auto left = WithOne(item);
  if (!linalg::SolvePositiveDefinite(system.View(), left.View())) return out;
  for (const auto& [past, rating] : ratings) {
    out.push_back(PastItem(past,
                           (double{rating} - mean_ - double{bias_[past]}) *
                               double{linalg::Dot(left.Row(0), WithOne(past).Row(0))}));
  }
  out.push_back(ByPopularity(people_[item], bias_[item]));
  return Strongest(std::move(out), limit);
}

Status BiasedMf::Save(const std::filesystem::path& directory) const {
  ModelWriter writer("biased_mf",
                     {{"n_items", n_items()},
                      {"factors", factors_},
                      {"regularization", regularization_},
                      {"mean", mean_}});
  const auto vectors = Unpadded(items_);
  writer.Add("items", vectors);
  writer.Add("bias", bias_);
  writer.Add("people", people_);
  return writer.Write(directory);
}

Status BiasedMf::Load(const std::filesystem::path& directory, const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "biased_mf"));
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto factors, reader.Size("factors"));
  MEDLEY_ASSIGN_OR_RETURN(const auto regularization, reader.Real("regularization"));
  MEDLEY_ASSIGN_OR_RETURN(const auto mean, reader.Real("mean"));
  MEDLEY_ASSIGN_OR_RETURN(const auto items, reader.Dense("items", n, factors));
  MEDLEY_ASSIGN_OR_RETURN(auto bias, reader.Floats("bias", n));
  MEDLEY_ASSIGN_OR_RETURN(auto people, reader.Indices("people", n));
  factors_ = factors;
  regularization_ = regularization;
  mean_ = mean;
  items_ = Padded(items);
  bias_ = std::move(bias);
  people_ = std::move(people);
  return {};
}

RecommenderKind BiasedMfKind() {
  RecommenderKind kind;
  kind.name = "biased_mf";
  kind.summary =
      "Predicts ratings by matrix factorisation with biases: how much someone would like an item";
  kind.example = "medley train biased_mf --set biased_mf.factors=64";
  kind.ranks = false;
  kind.paper =
      "Koren, Bell, Volinsky: Matrix factorization techniques for recommender systems, Computer "
      "42(8), 2009";
  kind.parameters = {
      {"factors", std::int64_t{64}, "Numbers in each vector", 1, 2048, {}},
      {"passes", std::int64_t{60}, "Passes over all events", 1, 100'000, {}},
      {"learning_rate", 0.02, "Length of a step in the first pass", 1e-6, 10, {}},
      {"decay", 0.95, "What each pass multiplies the learning rate by", 0.01, 1, {}},
      {"regularization", 0.1, "Penalty on biases and the length of vectors", 0, 10, {}},
  };
  kind.make = &MakeOf<BiasedMf>;
  return kind;
}

}  // namespace medley::recommenders
