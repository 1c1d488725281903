#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "medley/core/threads.h"
#include "medley/simulation/behaviour.h"
#include "medley/simulation/exposure.h"

namespace medley::simulation {
namespace {

/// What one user took, split in time.
struct Split {
  std::vector<ItemIndex> before;
  std::vector<ItemIndex> held_out;
  TimeMs time = 0;  ///< of the first held out
};

bool Against(const data::Event& event) {
  return event.type == data::EventType::kSkip ||
         (event.type == data::EventType::kRating && event.value <= 2);
}

std::vector<Split> SplitByTime(const Truth& truth, const std::vector<data::Event>& events) {
  struct Taken {
    TimeMs time;
    ItemIndex item;
    auto operator<=>(const Taken&) const = default;
  };
  std::vector<std::map<ItemIndex, TimeMs>> took(truth.users().size());
  std::vector<std::set<ItemIndex>> against(truth.users().size());
  for (const auto& event : events) {
    const auto user = truth.user_ids().Find(event.user);
    const auto item = event.item.empty() ? kNoIndex : truth.item_ids().Find(event.item);
    if (item == kNoIndex || truth.users()[user].role != Role::kPerson) continue;
    took[user].emplace(item, event.time);
    if (Against(event)) against[user].insert(item);
  }
  std::vector<Split> splits(truth.users().size());
  for (std::size_t u = 0; u < took.size(); ++u) {
    std::vector<Taken> order;
    for (const auto& [item, time] : took[u]) {
      if (against[u].contains(item)) {
        splits[u].before.push_back(item);
      } else {
        order.push_back({time, item});
      }
    }
    std::sort(order.begin(), order.end());
    if (order.size() < 5) continue;
    const std::size_t kept = order.size() - std::max<std::size_t>(1, order.size() / 5);
    for (std::size_t i = 0; i < order.size(); ++i) {
      (i < kept ? splits[u].before : splits[u].held_out).push_back(order[i].item);
    }
    splits[u].time = order[kept].time;
  }
  return splits;
}

RankingScore ScoreOne(std::vector<double>& scores, const Split& split) {
  constexpr std::size_t kDepth = 20;
  for (const auto item : split.before) scores[item] = -1e30;
  std::vector<ItemIndex> order(scores.size());
  std::iota(order.begin(), order.end(), 0U);
  const std::size_t depth = std::min(kDepth, order.size());
  std::partial_sort(order.begin(),
                    order.begin() + static_cast<std::ptrdiff_t>(depth),
                    order.end(),
                    [&](ItemIndex a, ItemIndex b) {
                      return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
                    });
  RankingScore score;
  double ideal = 0;
  for (std::size_t rank = 0; rank < depth; ++rank) {
    const double discount = 1 / std::log2(static_cast<double>(rank) + 2);
    if (rank < 10 && rank < split.held_out.size()) ideal += discount;
    if (std::find(split.held_out.begin(), split.held_out.end(), order[rank]) ==
        split.held_out.end())
      continue;
    score.recall_20 += 1;
    if (rank < 10) score.recall_10 += 1, score.ndcg_10 += discount;
  }
  const auto count = static_cast<double>(split.held_out.size());
  return {score.recall_10 / count, score.recall_20 / count, score.ndcg_10 / ideal};
}

void Accumulate(RankingScore& sum, const RankingScore& one, double weight) {
  sum.recall_10 += weight * one.recall_10;
  sum.recall_20 += weight * one.recall_20;
  sum.ndcg_10 += weight * one.ndcg_10;
}

}  // namespace

BestScores ScoreTruth(const Truth& truth, const std::vector<data::Event>& events) {
  const std::vector<Split> splits = SplitByTime(truth, events);
  const std::size_t items = truth.items().size();
  std::vector<double> taken(items);
  for (const auto& split : splits) {
    for (const auto item : split.before) taken[item] += 1;
  }
  const Exposure exposure(truth.items());
  std::vector<BestScores> of_user(splits.size());
  ParallelFor(splits.size(), 8, [&](std::size_t begin, std::size_t end) {
    for (std::size_t u = begin; u < end; ++u) {
      if (splits[u].held_out.empty()) continue;
      const UserTruth& user = truth.users()[u];
      const Taste taste = TasteAt(user, splits[u].time, truth.market_end());
      std::vector<double> preference(items, -1e30);
      std::vector<double> behaviour = exposure.Chances(taste, user.chinese, truth.market_end());
      std::vector<double> popularity = taken;
      for (std::size_t i = 0; i < items; ++i) {
        const ItemLatents& item = truth.items()[i];
        if (item.cold()) continue;
        preference[i] = Utility(taste, item, user.chinese);
        behaviour[i] *= ClickProbability(preference[i]);
      }
      of_user[u] = {ScoreOne(preference, splits[u]),
                    ScoreOne(behaviour, splits[u]),
                    ScoreOne(popularity, splits[u]),
                    1,
                    {}};
    }
  });
  BestScores best;
  for (const auto& one : of_user) best.users += one.users;
  const double weight = best.users > 0 ? 1 / static_cast<double>(best.users) : 0;
  for (const auto& one : of_user) {
    Accumulate(best.preference, one.preference, weight);
    Accumulate(best.behaviour, one.behaviour, weight);
    Accumulate(best.popularity, one.popularity, weight);
  }
  return best;
}

}  // namespace medley::simulation
