#include "medley/evaluation/segments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "medley/evaluation/protocol.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/metrics/interval.h"

namespace medley::evaluation {
namespace {

constexpr std::size_t kHistoryParts = 4;
constexpr std::array kBands = {"head", "middle", "tail", "unseen"};

/// The band of each item.
std::vector<std::uint8_t> Bands(const ListJudge& judge) {
  const auto& counts = judge.popularity();
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  std::vector<std::uint8_t> bands(counts.size());
  double before = 0;
  for (const auto item : judge.by_popularity()) {
    const double third = total > 0 ? std::floor(3 * before / total) : 0;
    bands[item] = counts[item] > 0 ? static_cast<std::uint8_t>(std::min(third, 2.0)) : 3;
    before += counts[item];
  }
  return bands;
}

}  // namespace

std::vector<Segment> ByHistory(const Split& split,
                               const ListJudge& judge,
                               std::span<const UserColumn> columns,
                               std::size_t k,
                               std::uint64_t seed) {
  const auto* ndcg = FindColumn(columns, "ndcg", k);
  if (ndcg == nullptr) return {};
  const auto& users = judge.users();
  const auto length = [&](std::size_t place) {
    return split.HistoryAtTest().OfUser(users[place]).size();
  };
  std::vector<std::size_t> order(users.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(
      order.begin(), order.end(), [&](auto a, auto b) { return length(a) < length(b); });
  std::vector<Segment> out;
  for (std::size_t begin = 0, part = 1; begin < order.size(); ++part) {
    std::size_t end = std::max(begin + 1, part * order.size() / kHistoryParts);
    while (end < order.size() && length(order[end]) == length(order[end - 1])) ++end;
    std::vector<double> values;
    for (std::size_t i = begin; i < end; ++i) values.push_back(ndcg->values[order[i]]);
    const auto from = length(order[begin]);
    const auto to = length(order[end - 1]);
    out.push_back({std::to_string(from) + (to > from ? "-" + std::to_string(to) : ""),
                   end - begin,
                   "ndcg",
                   k,
                   metrics::BootstrapMean(values, seed)});
    begin = end;
  }
  return out;
}

std::vector<Segment> ByPopularity(const Split& split,
                                  const ListJudge& judge,
                                  std::span<const std::vector<std::uint32_t>> lists,
                                  std::size_t k,
                                  std::uint64_t seed) {
  const auto bands = Bands(judge);
  const auto cut = judge.Cut(lists, k);
  std::vector<Segment> out;
  for (std::size_t band = 0; band < kBands.size(); ++band) {
    std::vector<double> hits;
    std::vector<double> relevant;
    for (std::size_t i = 0; i < judge.users().size(); ++i) {
      double in_band = 0;
      double found = 0;
      for (const auto item : split.test[judge.users()[i]]) {
        if (bands[item] != band) continue;
        in_band += 1;
        found += std::find(cut[i].begin(), cut[i].end(), item) != cut[i].end() ? 1 : 0;
      }
      if (in_band == 0) continue;
      hits.push_back(found);
      relevant.push_back(in_band);
    }
    if (relevant.empty()) continue;
    const auto items = std::count(bands.begin(), bands.end(), band);
    out.push_back({kBands[band],
                   static_cast<std::size_t>(items),
                   "recall",
                   k,
                   metrics::BootstrapRatio(hits, relevant, seed)});
  }
  return out;
}

}  // namespace medley::evaluation
