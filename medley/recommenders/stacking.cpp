#include "medley/recommenders/stacking.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/random.h"
#include "medley/core/threads.h"
#include "medley/data/interactions.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"
#include "medley/metrics/ranking.h"

namespace medley::recommenders {
namespace {
constexpr std::size_t kUsersAtATime = 16;
/// Gains below this are chance.
constexpr double kWorthwhile = 1e-5;
constexpr int kRoundsAtMost = 12;
/// Holds out what is last once `arrange` has put each history in order.
template <typename Arrange>
HistorySplit SplitHistories(const data::Interactions& interactions, double share, Arrange arrange) {
  HistorySplit out;
  out.held_out.resize(interactions.n_users());
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    const auto entries = interactions.OfUser(user);
    std::vector<data::Interaction> history(entries.begin(), entries.end());
    arrange(std::span(history));
    const auto wanted =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(history.size())));
    const std::size_t held = history.size() < 2 ? 0 : std::min(wanted, history.size() - 1);
    const auto [kept, late] =
        std::pair(std::span(history).first(history.size() - held), std::span(history).last(held));
    for (const auto& entry : kept) rows.push_back({user, entry});
    for (const auto& entry : late) {
      if (entry.weight > 0) out.held_out[user].push_back(entry.item);
    }
    std::sort(out.held_out[user].begin(), out.held_out[user].end());
  }
  out.kept = data::Interactions(interactions.n_users(), interactions.n_items(), std::move(rows));
  return out;
}

}  // namespace

ScoreScale ScaleOf(std::span<const float> scores) {
  double sum = 0;
  double squares = 0;
  double n = 0;
  for (const float score : scores) {
    if (!std::isfinite(score)) continue;
    sum += double{score};
    squares += double{score} * double{score};
    n += 1;
  }
  ScoreScale scale;
  if (n == 0) return scale;
  scale.any = true;
  const double mean = sum / n;
  scale.mean = static_cast<float>(mean);
  const double variance = squares / n - mean * mean;
  if (variance > 1e-12 * std::max(1e-12, mean * mean))
    scale.deviation = static_cast<float>(std::sqrt(variance));
  return scale;
}

double StackedNdcg(const HeldOutUsers& users, std::span<const double> weights, std::size_t k) {
  std::vector<double> ndcg(users.relevant.size());
  ParallelFor(users.relevant.size(), kUsersAtATime, [&](std::size_t begin, std::size_t end) {
    std::vector<float> sums;
    for (std::size_t user = begin; user < end; ++user) {
      sums.assign(users.scores.front().cols(), 0);
      for (std::size_t part = 0; part < weights.size(); ++part) {
        // A weight of 0 still has to carry the -infinity of items that are out.
        linalg::Axpy(
            static_cast<float>(std::max(weights[part], 1e-9)), users.scores[part].Row(user), sums);
      }
      std::vector<std::uint32_t> ranking;
      for (const auto& best : linalg::TopK(sums, k)) ranking.push_back(best.index);
      ndcg[user] = metrics::ScoreRanking(ranking, users.relevant[user], k).ndcg;
    }
  });
  double sum = 0;
  for (const double one : ndcg) sum += one;
  return ndcg.empty() ? 0 : sum / static_cast<double>(ndcg.size());
}

std::vector<double> LearnStackingWeights(const HeldOutUsers& users, std::size_t k) {
  std::vector<double> weights(users.scores.size(), 1);
  double best = StackedNdcg(users, weights, k);
  for (double factor = 2; factor > 1.1; factor = std::sqrt(factor)) {
    bool gained = true;
    for (int round = 0; gained && round < kRoundsAtMost; ++round) {
      gained = false;
      for (std::size_t part = 0; part < weights.size(); ++part) {
        for (const double candidate : {weights[part] * factor, weights[part] / factor, 0.0, 0.25}) {
          auto tried = weights;
          tried[part] = candidate;
          if (candidate == weights[part] ||
              std::all_of(tried.begin(), tried.end(), [](double w) { return w == 0; })) {
            continue;
          }
          const double ndcg = StackedNdcg(users, tried, k);
          if (ndcg <= best + kWorthwhile) continue;
          best = ndcg;
          weights = std::move(tried);
          gained = true;
        }
      }
    }
  }
  const double greatest = weights.empty() ? 1 : *std::max_element(weights.begin(), weights.end());
  for (auto& weight : weights) weight /= greatest;
  return weights;
}

HistorySplit SplitByTime(const data::Interactions& interactions, double share) {
  return SplitHistories(interactions, share, [](auto) {});
}

HistorySplit SplitAtRandom(const data::Interactions& interactions,
                           double share,
                           std::uint64_t seed) {
  Random random(seed);
  return SplitHistories(interactions, share, [&](auto history) { random.Shuffle(history); });
}

}  // namespace medley::recommenders
