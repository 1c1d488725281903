#include "medley/rerank/slate.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/random.h"
#include "medley/fusion/fusion.h"
#include "medley/recommenders/recommender.h"

namespace medley::rerank {
namespace {

using recommenders::FeatureSpace;
using recommenders::ScoredItem;

/// 0.1 x 10 places is one place, whatever the last bit of 0.1 says.
constexpr double kRounding = 1e-9;

float Similarity(const FeatureSpace& space, ItemIndex a, ItemIndex b) {
  if (a >= space.vectors.rows || b >= space.vectors.rows) return 0;
  const auto x = space.vectors.Row(a);
  const auto y = space.vectors.Row(b);
  float sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
  return sum;
}

/// The candidates not placed yet, with how like each is to the nearest item placed.
class Pool {
 public:
  Pool(std::span<const ScoredItem> candidates, const FeatureSpace* space, double diversity)
      : candidates_(candidates),
        space_(space),
        diversity_(diversity),
        nearest_(candidates.size(), 0.0F) {
    for (std::size_t i = 0; i < candidates.size(); ++i) left_.push_back(i);
    if (candidates.empty()) return;
    const auto [low, high] =
        std::minmax_element(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
          return a.score < b.score;
        });
    low_ = low->score;
    range_ = std::max(high->score - low->score, std::numeric_limits<float>::min());
  }

  std::size_t size() const { return left_.size(); }

  /// The place in the pool of the best of what is left.
  std::size_t Best() const {
    std::size_t best = 0;
    double best_value = -std::numeric_limits<double>::infinity();
    for (std::size_t place = 0; place < left_.size(); ++place) {
      const std::size_t i = left_[place];
      const double relevance = (candidates_[i].score - low_) / range_;
      const double value = (1 - diversity_) * relevance - diversity_ * nearest_[i];
      if (value > best_value) {
        best_value = value;
        best = place;
      }
    }
    return best;
  }

  ScoredItem At(std::size_t place) const { return candidates_[left_[place]]; }

  /// The item stands in the list now, wherever it came from.
  void Place(ItemIndex item) {
    std::erase_if(left_, [&](std::size_t i) { return candidates_[i].item == item; });
    if (space_ == nullptr || diversity_ == 0) return;
    for (const std::size_t i : left_) {
      nearest_[i] = std::max(nearest_[i], Similarity(*space_, item, candidates_[i].item));
    }
  }

 private:
  std::span<const ScoredItem> candidates_;
  const FeatureSpace* space_;
  double diversity_;
  float low_ = 0;
  float range_ = 1;
  std::vector<float> nearest_;
  std::vector<std::size_t> left_;
};

}  // namespace

std::vector<Placed> BuildSlate(std::span<const ScoredItem> candidates,
                               std::span<const ScoredItem> newcomers,
                               const FeatureSpace* space,
                               const SlateOptions& options,
                               Random& random) {
  Pool pool(candidates, space, options.diversity);
  Pool fresh(newcomers, space, options.diversity);
  std::size_t newcomers_placed = 0;
  std::vector<Placed> slate;
  while (slate.size() < options.n && pool.size() + fresh.size() > 0) {
    const double kept = options.newcomers * static_cast<double>(slate.size() + 1) + kRounding;
    const bool is_kept = fresh.size() > 0 && newcomers_placed < static_cast<std::size_t>(kept);
    if (!is_kept && pool.size() == 0) break;
    const Pool& from = is_kept ? fresh : pool;
    const std::size_t best = from.Best();
    const double each = options.exploration / static_cast<double>(from.size());
    std::size_t place = best;
    if (options.exploration > 0 && random.Bernoulli(options.exploration))
      place = random.Below(from.size());
    const double propensity = each + (place == best ? 1 - options.exploration : 0);
    const ScoredItem taken = from.At(place);
    const auto same = [&](const ScoredItem& one) { return one.item == taken.item; };
    if (std::any_of(newcomers.begin(), newcomers.end(), same)) ++newcomers_placed;
    slate.push_back({taken, propensity});
    pool.Place(taken.item);
    fresh.Place(taken.item);
  }
  return slate;
}

}  // namespace medley::rerank
