#include "medley/metrics/ranking.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
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
  std::vector<Score> good;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (relevant[i] != 0) good.push_back(scores[i]);
  }
  if (good.empty() || good.size() == scores.size()) return 0.5;
  std::sort(good.begin(), good.end());
  double pairs = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (relevant[i] != 0) continue;
    const auto [alike, above] = std::equal_range(good.begin(), good.end(), scores[i]);
    pairs += static_cast<double>(good.end() - above) + static_cast<double>(above - alike) / 2;
  }
  const auto positives = static_cast<double>(good.size());
  return pairs / (positives * (static_cast<double>(scores.size()) - positives));
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
