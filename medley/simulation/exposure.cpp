#include "medley/simulation/exposure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace medley::simulation {
namespace {

constexpr int kListLength = 14;
constexpr double kByTaste = 0.5;
constexpr double kByPopularity = 0.3;  // the rest at random
/// How sharply the shop knows its users' tastes: 1 would show in proportion to exp(utility).
constexpr double kSharpness = 1.0;

std::size_t DrawFrom(const std::vector<double>& cumulative, Random& random) {
  const double at = random.Uniform() * cumulative.back();
  const auto found = std::upper_bound(cumulative.begin(), cumulative.end(), at);
  return std::min(static_cast<std::size_t>(found - cumulative.begin()), cumulative.size() - 1);
}

}  // namespace

double ClickProbability(double utility) { return 1 / (1 + std::exp(-1.4 * (utility - 1.5))); }

Exposure::Exposure(const std::vector<ItemLatents>& items) : items_(items), popular_(items.size()) {
  std::transform(items.begin(), items.end(), popular_.begin(), [](const ItemLatents& item) {
    return item.popularity;
  });
  std::partial_sum(popular_.begin(), popular_.end(), popular_.begin());
}

std::vector<double> Exposure::TasteWeights(const Taste& taste, bool chinese, TimeMs now) const {
  std::vector<double> weights(items_.size());
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const ItemLatents& item = items_[i];
    const bool there = !item.cold() && item.created <= now;
    weights[i] = there ? std::exp(kSharpness * Utility(taste, item, chinese)) : 0;
  }
  return weights;
}

ExposureList Exposure::Show(const Taste& taste,
                            bool chinese,
                            int sought,
                            TimeMs now,
                            const std::unordered_set<ItemIndex>& seen,
                            Random& random) const {
  std::vector<double> fitting = TasteWeights(taste, chinese, now);
  if (sought >= 0) {
    for (std::size_t i = 0; i < fitting.size(); ++i) {
      if (items_[i].category != sought) fitting[i] = 0;
    }
  }
  std::partial_sum(fitting.begin(), fitting.end(), fitting.begin());
  ExposureList list;
  std::unordered_set<ItemIndex> taken;
  for (int slot = 0; slot < kListLength; ++slot) {
    for (int attempt = 0; attempt < 4; ++attempt) {
      const double way = sought >= 0 ? 0 : random.Uniform();
      Shown shown{0, sought >= 0 ? "search" : "for_you"};
      if (way < kByTaste) {
        if (fitting.back() <= 0) return list;
        shown.item = static_cast<ItemIndex>(DrawFrom(fitting, random));
      } else if (way < kByTaste + kByPopularity) {
        shown = {static_cast<ItemIndex>(DrawFrom(popular_, random)), "popular"};
      } else {
        shown = {static_cast<ItemIndex>(random.Below(items_.size())), "new"};
      }
      const ItemLatents& item = items_[shown.item];
      if (item.cold() || item.created > now || seen.contains(shown.item) ||
          !taken.insert(shown.item).second)
        continue;
      list.push_back(shown);
      break;
    }
  }
  return list;
}

std::vector<double> Exposure::Chances(const Taste& taste, bool chinese, TimeMs now) const {
  std::vector<double> chances = TasteWeights(taste, chinese, now);
  const double sum = std::accumulate(chances.begin(), chances.end(), 0.0);
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (chances[i] <= 0) continue;
    chances[i] = kByTaste * chances[i] / sum +
                 kByPopularity * items_[i].popularity / popular_.back() +
                 (1 - kByTaste - kByPopularity) / static_cast<double>(items_.size());
  }
  return chances;
}

}  // namespace medley::simulation
