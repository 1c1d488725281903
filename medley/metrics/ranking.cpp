#include "medley/metrics/ranking.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace medley::metrics {

RankingScores ScoreRanking(std::span<const std::uint32_t> ranking,
                           std::span<const std::uint32_t> relevant,
                           std::size_t k) {
  assert(!relevant.empty() && k > 0 && std::is_sorted(relevant.begin(), relevant.end()));
  RankingScores out;
  std::size_t hits = 0;
  double gain = 0;
  double precisions = 0;
  for (std::size_t place = 0; place < std::min(k, ranking.size()); ++place) {
    if (!std::binary_search(relevant.begin(), relevant.end(), ranking[place])) continue;
    ++hits;
    if (hits == 1) out.mrr = 1 / static_cast<double>(place + 1);
    gain += 1 / std::log2(static_cast<double>(place + 2));
    precisions += static_cast<double>(hits) / static_cast<double>(place + 1);
  }
  const std::size_t reachable = std::min(k, relevant.size());
  double ideal = 0;
  for (std::size_t place = 0; place < reachable; ++place)
    ideal += 1 / std::log2(static_cast<double>(place + 2));
  out.precision = static_cast<double>(hits) / static_cast<double>(k);
  out.recall = static_cast<double>(hits) / static_cast<double>(relevant.size());
  out.hit_rate = hits > 0 ? 1 : 0;
  out.f1 = hits > 0 ? 2 * out.precision * out.recall / (out.precision + out.recall) : 0;
  out.ndcg = gain / ideal;
  out.map = precisions / static_cast<double>(reachable);
  return out;
}

namespace {

template <typename Score>
double AucOf(std::span<const Score> scores, std::span<const std::uint8_t> relevant) {
  assert(scores.size() == relevant.size());
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return scores[a] < scores[b]; });
  double below = 0;  // others seen so far, all of which score less than the current group
  double pairs = 0;
  double positives = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    double good = 0;
    while (end < order.size() && scores[order[end]] == scores[order[begin]]) {
      good += relevant[order[end]] != 0 ? 1 : 0;
      ++end;
    }
    const double others = static_cast<double>(end - begin) - good;
    pairs += good * (below + others / 2);
    below += others;
    positives += good;
    begin = end;
  }
  return positives > 0 && below > 0 ? pairs / (positives * below) : 0.5;
}

}  // namespace

double Auc(std::span<const float> scores, std::span<const std::uint8_t> relevant) {
  return AucOf(scores, relevant);
}

double Auc(std::span<const double> scores, std::span<const std::uint8_t> relevant) {
  return AucOf(scores, relevant);
}

std::vector<PrecisionRecall> PrecisionRecallCurve(
    std::span<const std::vector<std::uint32_t>> lists,
    std::span<const std::vector<std::uint32_t>> relevant,
    std::size_t depth) {
  assert(lists.size() == relevant.size());
  std::vector<PrecisionRecall> curve(depth);
  double users = 0;
  for (std::size_t user = 0; user < relevant.size(); ++user) {
    const auto& good = relevant[user];
    if (good.empty()) continue;
    users += 1;
    double hits = 0;
    for (std::size_t place = 0; place < depth; ++place) {
      const bool hit = place < lists[user].size() &&
                       std::binary_search(good.begin(), good.end(), lists[user][place]);
      hits += hit ? 1 : 0;
      curve[place].precision += hits / static_cast<double>(place + 1);
      curve[place].recall += hits / static_cast<double>(good.size());
    }
  }
  for (auto& point : curve) {
    point.precision /= std::max(users, 1.0);
    point.recall /= std::max(users, 1.0);
  }
  return curve;
}

}  // namespace medley::metrics
