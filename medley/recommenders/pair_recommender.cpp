#include "medley/recommenders/pair_recommender.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/factor_steps.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/padded_matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/top_k.h"
#include "medley/metrics/ranking.h"
#include "medley/recommenders/block_schedule.h"
#include "medley/recommenders/item_factors.h"
#include "medley/recommenders/padded_vectors.h"
#include "medley/recommenders/positives.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"
#include "medley/recommenders/stacking.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kJudgedUsers = 1000;
constexpr std::size_t kJudgedPlaces = 20;
/// How often the held-out part is looked at while the most passes run.
constexpr std::size_t kLooks = 20;

/// Mean NDCG of what was held out, for at most kJudgedUsers evenly spread users.
double RankHeldOut(const PairTraining& training,
                   const linalg::CsrMatrix& early,
                   const std::vector<std::vector<std::uint32_t>>& late) {
  std::vector<std::uint32_t> users;
  for (std::uint32_t user = 0; user < late.size(); ++user) {
    if (!late[user].empty()) users.push_back(user);
  }
  const std::size_t judged = std::min(kJudgedUsers, users.size());
  std::vector<double> ndcg(judged);
  ParallelFor(judged, 16, [&](std::size_t begin, std::size_t end) {
    std::vector<float> scores(early.cols);
    for (std::size_t k = begin; k < end; ++k) {
      const auto user = users[k * users.size() / judged];
      training.ScoreRow(user, scores);
      for (const auto item : early.ColumnsOf(user)) scores[item] = kNothingKnown;
      std::vector<std::uint32_t> ranking;
      for (const auto& best : linalg::TopK(scores, kJudgedPlaces)) ranking.push_back(best.index);
      ndcg[k] = metrics::ScoreRanking(ranking, late[user], kJudgedPlaces).ndcg;
    }
  });
  double sum = 0;
  for (const double one : ndcg) sum += one;
  return judged == 0 ? 0 : sum / static_cast<double>(judged);
}

}  // namespace

PairTraining::PairTraining(const linalg::CsrMatrix& positives,
                           const PairSettings& settings,
                           std::uint64_t seed)
    : positives_(&positives),
      settings_(settings),
      people_(CountPeople(positives)),
      schedule_(positives, KnownItems(people_), Random(seed).Fork("schedule")),
      seen_(positives),
      weights_(WarpWeights(KnownItems(people_).size(), settings.most_trials)),
      users_(DrawVectors(positives.rows, settings.factors, Random(seed).Fork("users").Next())),
      items_(DrawVectors(positives.cols, settings.factors, Random(seed).Fork("items").Next())),
      bias_(positives.cols),
      user_squares_(settings.adagrad ? positives.rows : 0, kFirstSquare),
      item_squares_(settings.adagrad ? positives.cols : 0, kFirstSquare) {}

double PairTraining::Pass() {
  const linalg::Factors factors{
      users_.PaddedView(), items_.PaddedView(), bias_, user_squares_, item_squares_};
  std::vector<linalg::PairCounts> counts(schedule_.blocks() * schedule_.blocks());
  schedule_.Pass([&](const BlockSchedule::Block& block) {
    linalg::PairSteps steps;
    steps.rate = static_cast<float>(settings_.rate);
    steps.regularization = static_cast<float>(settings_.regularization);
    steps.negatives = block.columns;
    steps.seen = &seen_;
    steps.seed = block.seed;
    steps.weight_after_trials = weights_;
    counts[block.slot] = settings_.loss == PairLoss::kBpr
                             ? linalg::BprSteps(factors, block.entries, steps)
                             : linalg::WarpSteps(factors, block.entries, steps);
  });
  linalg::PairCounts sum;
  for (const auto& one : counts) sum += one;
  return static_cast<double>(sum.wrong) / std::max(1.0, static_cast<double>(sum.pairs));
}

void PairTraining::ScoreRow(std::size_t row, std::span<float> scores) const {
  linalg::TimesVector(items_.View(), users_.Row(row), scores);
  for (std::size_t item = 0; item < scores.size(); ++item) {
    scores[item] = people_[item] == 0 ? kNothingKnown : scores[item] + bias_[item];
  }
}

bool PairTraining::AllFinite() const {
  for (std::size_t item = 0; item < items_.rows(); ++item) {
    if (!linalg::AllFinite(items_.Row(item))) return false;
  }
  return linalg::AllFinite(bias_);
}

ItemFactors PairTraining::TakeItems() {
  return {std::move(items_), std::move(bias_), std::move(people_), settings_};
}

PairRecommender::PairRecommender(PairLoss loss, const Parameters& parameters)
    : holdout_(parameters.Real("holdout")),
      patience_(static_cast<std::size_t>(parameters.Int("patience"))) {
  settings_.loss = loss;
  settings_.factors = static_cast<std::size_t>(parameters.Int("factors"));
  settings_.passes = static_cast<std::size_t>(parameters.Int("passes"));
  settings_.rate = parameters.Real("learning_rate");
  settings_.regularization = parameters.Real("regularization");
  settings_.adagrad = parameters.Text("optimizer") == "adagrad";
  settings_.recency_power = parameters.Real("recency_power");
  if (loss == PairLoss::kWarp)
    settings_.most_trials = static_cast<std::size_t>(parameters.Int("max_trials"));
}

std::size_t PairRecommender::BestPasses(const TrainingData& data, Progress& progress) const {
  const auto split = SplitByTime(*data.interactions, holdout_);
  const auto early = WeighedPositives(split.kept, settings_.recency_power);
  PairTraining training(early, settings_, data.seed);
  const std::size_t stride = std::max<std::size_t>(1, settings_.passes / kLooks);
  std::size_t best = settings_.passes;
  double best_ndcg = 0;
  progress.Begin("choose passes", settings_.passes, "passes");
  for (std::size_t pass = 1; pass <= settings_.passes; ++pass) {
    training.Pass();
    progress.Advance(1);
    if (pass % stride != 0) continue;
    const double ndcg = RankHeldOut(training, early, split.held_out);
    if (ndcg > best_ndcg) {
      best_ndcg = ndcg;
      best = pass;
    } else if (pass >= best + patience_ * stride) {
      break;
    }
  }
  progress.End();
  return best;
}

Status PairRecommender::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  auto settings = settings_;
  if (holdout_ > 0) settings.passes = BestPasses(data, progress);
  const auto positives = WeighedPositives(*data.interactions, settings.recency_power);
  PairTraining training(positives, settings, data.seed);
  progress.Begin("train " + std::string(name()), settings.passes, "passes");
  for (std::size_t pass = 0; pass < settings.passes; ++pass) {
    progress.Note("pairs wrong", training.Pass());
    progress.Advance(1);
  }
  if (!training.AllFinite()) {
    return Fail(ErrorCode::kInvalidInput,
                std::string(name()) + " did not converge: lower its learning_rate");
  }
  model_ = training.TakeItems();
  progress.End();
  return {};
}

Status PairRecommender::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  return model_.Score(user.history, scores);
}

std::vector<Evidence> PairRecommender::Explain(const UserState& user,
                                               ItemIndex item,
                                               std::size_t limit) const {
  return model_.Explain(user.history, item, limit);
}

Status PairRecommender::Save(const std::filesystem::path& directory) const {
  return model_.Save(directory, name());
}

Status PairRecommender::Load(const std::filesystem::path& directory,
                             const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(model_, ItemFactors::Load(directory, name(), settings_.loss));
  return {};
}

std::vector<ParameterSpec> PairRecommender::Specs(const PairSettings& defaults) {
  ParameterSpec optimizer{"optimizer",
                          std::string(defaults.adagrad ? "adagrad" : "sgd"),
                          "sgd: every step at learning_rate; adagrad: divided by the root of the "
                          "sum of a vector's squared gradients"};
  optimizer.choices = {"sgd", "adagrad"};
  return {
      {"factors",
       static_cast<std::int64_t>(defaults.factors),
       "Numbers in each vector",
       1,
       2048,
       {}},
      {"passes",
       static_cast<std::int64_t>(defaults.passes),
       "Passes over all events; the most of them with holdout",
       1,
       100'000,
       {}},
      {"learning_rate", defaults.rate, "Length of a step", 1e-6, 10, {}},
      {"regularization", defaults.regularization, "Penalty on the length of vectors", 0, 10, {}},
      optimizer,
      RecencyPowerSpec(defaults.recency_power),
      {"holdout",
       0.0,
       "Share at the end of each history by which the number of passes is chosen; 0: all passes",
       0,
       0.5,
       {}},
      {"patience",
       std::int64_t{3},
       "How many looks at the held-out share in a row may bring nothing before it stops",
       1,
       1000,
       {}},
  };
}

}  // namespace medley::recommenders
