#include "medley/pipeline/facts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/data/catalogue.h"
#include "medley/data/interactions.h"
#include "medley/explain/explanation.h"
#include "medley/pipeline/snapshot.h"
#include "medley/recommenders/recommender.h"

namespace medley::pipeline {
namespace {

using recommenders::Evidence;

/// Only the recent past is searched for a likeness: older ones convince nobody, and the cost stays
/// bounded.
constexpr std::size_t kMaxHistory = 50;
constexpr std::size_t kSample = 64;
/// How far above the usual cosine of its space a likeness must be, in standard deviations, to be
/// worth saying.
constexpr double kRemarkable = 1.5;

double Dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

/// Mean and deviation of the cosine between `item` and a fixed sample of what has a vector.
struct Usual {
  double mean = 0;
  double deviation = 1;
};
Usual UsualCosine(const recommenders::FeatureSpace& space, ItemIndex item) {
  const std::size_t n = space.vectors.rows;
  const std::size_t step = std::max<std::size_t>(1, n / kSample);
  double sum = 0;
  double squares = 0;
  double count = 0;
  for (std::size_t other = 0; other < n; other += step) {
    if (other == item || space.present[other] == 0) continue;
    const double cosine = Dot(space.vectors.Row(item), space.vectors.Row(other));
    sum += cosine;
    squares += cosine * cosine;
    count += 1;
  }
  if (count < 2) return {};
  const double mean = sum / count;
  return {mean, std::sqrt(std::max(1e-9, squares / count - mean * mean))};
}

bool Usable(const Catalogue& catalogue, ItemIndex item) {
  return item < catalogue.items.size() && !catalogue.items[item].title.empty();
}

}  // namespace

std::vector<explain::Fact> FactsFrom(std::span<const Evidence> evidence,
                                     const Catalogue& catalogue,
                                     std::string_view locale) {
  std::vector<explain::Fact> facts;
  for (const Evidence& reason : evidence) {
    explain::Fact fact{.kind = reason.kind,
                       .space = reason.space,
                       .count = reason.count,
                       .contribution = reason.contribution};
    if (reason.kind == Evidence::Kind::kPastItem || reason.kind == Evidence::Kind::kSimilar) {
      if (!Usable(catalogue, reason.item)) continue;
      fact.item_id = catalogue.items[reason.item].id;
      fact.item_title = data::DisplayTitle(catalogue.items[reason.item], locale);
    }
    if (reason.kind == Evidence::Kind::kAttribute) {
      if (reason.item != kNoIndex && Usable(catalogue, reason.item)) {
        fact.item_id = catalogue.items[reason.item].id;
        fact.item_title = data::DisplayTitle(catalogue.items[reason.item], locale);
      }
      const auto split = reason.attribute.find('=');
      if (split == std::string::npos) continue;
      fact.attribute = reason.attribute.substr(0, split);
      fact.value = reason.attribute.substr(split + 1);
    }
    facts.push_back(std::move(fact));
  }
  return facts;
}

std::vector<Evidence> MostAlike(std::span<const data::Interaction> history,
                                ItemIndex item,
                                const Catalogue& catalogue) {
  if (history.size() > kMaxHistory) history = history.last(kMaxHistory);
  Evidence best{.kind = Evidence::Kind::kSimilar};
  double best_margin = kRemarkable;
  for (const auto& space : catalogue.features.spaces) {
    if (space.name == "fused" || item >= space.vectors.rows || space.present[item] == 0) continue;
    const Usual usual = UsualCosine(space, item);
    for (const auto& past : history) {
      if (past.weight <= 0 || past.item == item || !Usable(catalogue, past.item)) continue;
      if (past.item >= space.vectors.rows || space.present[past.item] == 0) continue;
      const double cosine = Dot(space.vectors.Row(item), space.vectors.Row(past.item));
      const double margin = (cosine - usual.mean) / usual.deviation;
      if (margin > best_margin) {
        best_margin = margin;
        best.item = past.item;
        best.space = space.name;
        best.contribution = cosine;
      }
    }
  }
  if (best.item == kNoIndex) return {};
  return {best};
}

}  // namespace medley::pipeline
