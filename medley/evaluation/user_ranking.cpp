#include "medley/evaluation/user_ranking.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/interactions.h"
#include "medley/metrics/ranking.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

constexpr std::size_t kUsersAtATime = 16;

/// Ranks for one user at a time, keeping its memory between users.
class UserRanker {
 public:
  UserRanker(const recommenders::Recommender& recommender,
             const data::Interactions& history,
             const RankOptions& options)
      : recommender_(recommender),
        history_(history),
        options_(options),
        scores_(recommender.n_items()) {}

  Status Rank(UserIndex user, std::span<const std::uint32_t> relevant, RankedUsers& out) {
    const auto past = history_.OfUser(user);
    const bool is_new = options_.fitted != nullptr && options_.fitted->OfUser(user).empty();
    MEDLEY_RETURN_IF_ERROR(recommender_.Score({is_new ? kNoIndex : user, past}, scores_));
    if (std::any_of(scores_.begin(), scores_.end(), [](float score) { return std::isnan(score); }))
      return Fail(ErrorCode::kInternal, "the recommender's scores are not numbers");
    open_.assign(scores_.size(), 1);
    if (!options_.candidates.empty())
      open_.assign(options_.candidates.begin(), options_.candidates.end());
    for (const auto& entry : past) open_[entry.item] = 0;
    if (!options_.mask.empty()) {
      for (const auto item : options_.mask[user]) open_[item] = 0;
    }
    if (options_.negatives > 0) KeepSample(user, relevant);
    for (const auto& best : recommenders::TopItems(
             scores_, options_.length, [&](ItemIndex item) { return open_[item] != 0; })) {
      out.lists[user].push_back(best.item);
    }
    out.auc[user] = AucOfOpen(relevant);
    return {};
  }

 private:
  /// Leaves open the relevant items and a sample of the others.
  void KeepSample(UserIndex user, std::span<const std::uint32_t> relevant) {
    others_.clear();
    for (std::uint32_t item = 0; item < open_.size(); ++item) {
      const bool good = std::binary_search(relevant.begin(), relevant.end(), item);
      if (open_[item] != 0 && !good) others_.push_back(item);
    }
    Random random = Random(options_.seed).Fork(user);
    const std::size_t n = std::min(options_.negatives, others_.size());
    for (std::size_t i = 0; i < n; ++i)
      std::swap(others_[i], others_[i + random.Below(others_.size() - i)]);
    for (const auto item : std::span(others_).subspan(n)) open_[item] = 0;
  }

  double AucOfOpen(std::span<const std::uint32_t> relevant) {
    kept_scores_.clear();
    kept_relevant_.clear();
    for (std::uint32_t item = 0; item < open_.size(); ++item) {
      if (open_[item] == 0) continue;
      kept_scores_.push_back(scores_[item]);
      kept_relevant_.push_back(std::binary_search(relevant.begin(), relevant.end(), item) ? 1 : 0);
    }
    return metrics::Auc(kept_scores_, kept_relevant_);
  }

  const recommenders::Recommender& recommender_;
  const data::Interactions& history_;
  const RankOptions& options_;
  std::vector<float> scores_;
  std::vector<std::uint8_t> open_;
  std::vector<std::uint32_t> others_;
  std::vector<float> kept_scores_;
  std::vector<std::uint8_t> kept_relevant_;
};

}  // namespace

Result<RankedUsers> RankForUsers(const recommenders::Recommender& recommender,
                                 const data::Interactions& history,
                                 std::span<const std::vector<std::uint32_t>> relevant,
                                 const RankOptions& options) {
  RankedUsers out;
  out.lists.resize(relevant.size());
  out.auc.resize(relevant.size());
  std::mutex mutex;
  std::optional<Error> error;
  ParallelFor(relevant.size(), kUsersAtATime, [&](std::size_t begin, std::size_t end) {
    UserRanker ranker(recommender, history, options);
    for (auto user = static_cast<UserIndex>(begin); user < end; ++user) {
      if (relevant[user].empty()) continue;
      if (auto ranked = ranker.Rank(user, relevant[user], out); !ranked) {
        const std::lock_guard lock(mutex);
        error = ranked.error();
        return;
      }
    }
  });
  if (error) return tl::unexpected(*std::move(error));
  return out;
}

std::vector<double> UserScores::Values(double metrics::RankingScores::* metric) const {
  std::vector<double> out;
  out.reserve(scores.size());
  for (const auto& one : scores) out.push_back(one.*metric);
  return out;
}

double UserScores::Mean(double metrics::RankingScores::* metric) const {
  double sum = 0;
  for (const auto& one : scores) sum += one.*metric;
  return scores.empty() ? 0 : sum / static_cast<double>(scores.size());
}

UserScores ScoreLists(std::span<const std::vector<std::uint32_t>> lists,
                      std::span<const std::vector<std::uint32_t>> relevant,
                      std::size_t k) {
  UserScores out;
  for (UserIndex user = 0; user < relevant.size(); ++user) {
    if (relevant[user].empty()) continue;
    out.users.push_back(user);
    out.scores.push_back(metrics::ScoreRanking(lists[user], relevant[user], k));
  }
  return out;
}

std::span<const NamedMetric> RankingMetrics() {
  using metrics::RankingScores;
  static constexpr std::array<NamedMetric, 7> kMetrics = {{{"recall", &RankingScores::recall},
                                                           {"ndcg", &RankingScores::ndcg},
                                                           {"precision", &RankingScores::precision},
                                                           {"hit_rate", &RankingScores::hit_rate},
                                                           {"f1", &RankingScores::f1},
                                                           {"map", &RankingScores::map},
                                                           {"mrr", &RankingScores::mrr}}};
  return kMetrics;
}

}  // namespace medley::evaluation
