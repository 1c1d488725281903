#include "medley/recommenders/item_similarity.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/data/interactions.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/top_k.h"
#include "medley/recommenders/profile.h"

namespace medley::recommenders {
namespace {

double SumOfSquares(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += double{value} * double{value};
  return sum;
}

}  // namespace

ItemAudiences::ItemAudiences(const data::Interactions& interactions,
                             const SimilaritySettings& settings)
    : is_jaccard_(settings.measure == "jaccard"),
      shrinkage_(static_cast<float>(settings.shrinkage)),
      by_user_(PositiveMatrix(interactions, settings.use_weights && !is_jaccard_)) {
  const std::size_t n = by_user_.cols;
  if (settings.measure == "bm25") WeighByBm25(settings);
  if (settings.measure == "conditional") WeighByLength();
  by_item_ = linalg::Transpose(by_user_);
  as_source_.assign(n, 1);
  as_target_.assign(n, 1);
  if (settings.measure == "bm25" || settings.measure == "conditional") shrinkage_ = 0;
  if (settings.measure == "bm25") return;
  for (std::size_t item = 0; item < n; ++item) {
    const auto count = static_cast<double>(by_item_.ColumnsOf(item).size());
    if (settings.measure == "cosine") {
      as_source_[item] = as_target_[item] =
          static_cast<float>(std::sqrt(SumOfSquares(by_item_.ValuesOf(item))));
    } else {
      as_source_[item] = static_cast<float>(count);
      as_target_[item] = is_jaccard_
                             ? as_source_[item]
                             : static_cast<float>(std::pow(count, settings.popularity_power));
    }
  }
  // What a user counts must come in once, not once for each of the two items.
  if (settings.measure == "conditional")
    std::fill(by_item_.values.begin(), by_item_.values.end(), 1.0F);
}

void ItemAudiences::WeighByBm25(const SimilaritySettings& settings) {
  std::vector<double> users(by_user_.cols);
  double total = 0;
  for (std::size_t k = 0; k < by_user_.size(); ++k) {
    users[by_user_.columns[k]] += 1;
    total += double{by_user_.values[k]};
  }
  const auto n = static_cast<double>(by_user_.rows);
  const double mean = n > 0 && total > 0 ? total / n : 1;
  for (std::size_t user = 0; user < by_user_.rows; ++user) {
    double length = 0;
    for (const float value : by_user_.ValuesOf(user)) length += double{value};
    const double norm = settings.k1 * (1 - settings.b + settings.b * length / mean);
    for (std::size_t k = by_user_.starts[user]; k < by_user_.starts[user + 1]; ++k) {
      const double value{by_user_.values[k]};
      // An item that nearly everyone was for tells nothing, but must not tell less than nothing.
      const double rarity = std::max(0.0, std::log(n / (1 + users[by_user_.columns[k]])));
      by_user_.values[k] = static_cast<float>(rarity * value * (settings.k1 + 1) / (norm + value));
    }
  }
}

void ItemAudiences::WeighByLength() {
  for (std::size_t user = 0; user < by_user_.rows; ++user) {
    const double length = std::sqrt(SumOfSquares(by_user_.ValuesOf(user)));
    for (std::size_t k = by_user_.starts[user]; k < by_user_.starts[user + 1]; ++k)
      by_user_.values[k] = static_cast<float>(1 / length);
  }
}

float ItemAudiences::Of(std::size_t source, std::size_t target, float together) const {
  if (!(together > 0)) return kNothingKnown;
  return is_jaccard_ ? together / (as_source_[source] + as_target_[target] - together + shrinkage_)
                     : together / (as_source_[source] * as_target_[target] + shrinkage_);
}

void ItemAudiences::Compare(std::size_t target,
                            const linalg::GramRow& row,
                            std::span<float> out) const {
  if (row.is_sparse) {
    for (const auto source : row.filled) out[source] = Of(source, target, row.values[source]);
  } else if (is_jaccard_) {
    for (std::size_t source = 0; source < out.size(); ++source) {
      const float together = row.values[source];
      const float score =
          together / (as_source_[source] + as_target_[target] - together + shrinkage_);
      out[source] = together > 0 ? score : kNothingKnown;
    }
  } else {
    const float own = as_target_[target];
    for (std::size_t source = 0; source < out.size(); ++source) {
      const float together = row.values[source];
      const float score = together / (as_source_[source] * own + shrinkage_);
      out[source] = together > 0 ? score : kNothingKnown;
    }
  }
  out[target] = kNothingKnown;
}

std::vector<linalg::IndexedScore> ItemAudiences::Nearest(std::size_t target,
                                                         const linalg::GramRow& row,
                                                         std::size_t k) const {
  if (row.is_sparse) {
    linalg::TopKCollector best(k);
    for (const auto source : row.filled) {
      if (source != target) best.Add(source, Of(source, target, row.values[source]));
    }
    return best.Take();
  }
  thread_local std::vector<float> scores;
  scores.resize(n_items());
  Compare(target, row, scores);
  return linalg::TopKUnordered(scores, k);
}

}  // namespace medley::recommenders
