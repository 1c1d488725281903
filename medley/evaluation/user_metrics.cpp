#include "medley/evaluation/user_metrics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/threads.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/user_ranking.h"
#include "medley/metrics/beyond_accuracy.h"
#include "medley/metrics/interval.h"
#include "medley/metrics/ranking.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

using Lists = std::span<const std::vector<std::uint32_t>>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view kCategory = "category=";

std::vector<double> Present(std::span<const double> values) {
  std::vector<double> out;
  std::copy_if(values.begin(), values.end(), std::back_inserter(out), [](double value) {
    return !std::isnan(value);
  });
  return out;
}

/// Most people first, then the order of the catalogue.
std::vector<std::uint32_t> ByPopularity(std::span<const float> counts) {
  std::vector<std::uint32_t> order(counts.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(
      order.begin(), order.end(), [&](auto a, auto b) { return counts[a] > counts[b]; });
  return order;
}

}  // namespace

std::string MetricLabel(const std::string& metric, std::size_t k) {
  return k == 0 ? metric : metric + "@" + std::to_string(k);
}

std::vector<MetricValue> Summarize(std::span<const UserColumn> columns, std::uint64_t seed) {
  std::vector<MetricValue> out(columns.size());
  ParallelFor(columns.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto values = Present(columns[i].values);
      if (values.empty()) continue;
      out[i] = {columns[i].metric, columns[i].k, metrics::BootstrapMean(values, seed)};
    }
  });
  std::erase_if(out, [](const auto& one) { return one.metric.empty(); });
  return out;
}

const UserColumn* FindColumn(std::span<const UserColumn> columns,
                             const std::string& metric,
                             std::size_t k) {
  for (const auto& column : columns) {
    if (column.metric == metric && column.k == k) return &column;
  }
  return nullptr;
}

std::vector<UserColumn> MeanOverRuns(std::span<const std::vector<UserColumn>> runs) {
  assert(!runs.empty());
  auto out = runs.front();
  for (std::size_t column = 0; column < out.size(); ++column) {
    for (std::size_t user = 0; user < out[column].values.size(); ++user) {
      double sum = 0;
      double count = 0;
      for (const auto& run : runs) {
        const double value = run[column].values[user];
        if (std::isnan(value)) continue;
        sum += value;
        count += 1;
      }
      out[column].values[user] = count > 0 ? sum / count : kNone;
    }
  }
  return out;
}

ListJudge::ListJudge(const Split& split,
                     const recommenders::ItemFeatures* features,
                     std::vector<std::size_t> ks)
    : split_(split),
      ks_(std::move(ks)),
      users_(JudgedUsers(split)),
      popularity_(recommenders::PositiveCounts(split.full)),
      by_popularity_(ByPopularity(popularity_)) {
  if (features == nullptr) return;
  FindCategories(*features);
  if (features->spaces.empty()) return;
  space_ = features->Find("fused");
  if (space_ == nullptr) space_ = &features->spaces.front();
}

void ListJudge::FindCategories(const recommenders::ItemFeatures& features) {
  std::vector<std::uint32_t> number(features.attribute_names.size(), kNoIndex);
  for (std::size_t name = 0; name < number.size(); ++name) {
    if (features.attribute_names[name].starts_with(kCategory))
      number[name] = static_cast<std::uint32_t>(n_categories_++);
  }
  if (n_categories_ == 0) return;
  categories_.resize(split_.full.n_items());
  for (std::size_t item = 0; item < std::min(categories_.size(), features.attributes.size());
       ++item) {
    for (const auto name : features.attributes[item]) {
      if (number[name] != kNoIndex) categories_[item].push_back(number[name]);
    }
  }
}

std::vector<std::vector<std::uint32_t>> ListJudge::Cut(Lists lists, std::size_t k) const {
  std::vector<std::vector<std::uint32_t>> out;
  out.reserve(users_.size());
  for (const auto user : users_) {
    const auto& list = lists[user];
    out.emplace_back(list.begin(),
                     list.begin() + static_cast<std::ptrdiff_t>(std::min(k, list.size())));
  }
  return out;
}

void ListJudge::AddRelevance(Lists lists, std::size_t k, std::vector<UserColumn>& out) const {
  const auto scores = ScoreLists(lists, split_.test, k);
  for (const auto& metric : RankingMetrics())
    out.push_back({metric.name, k, scores.Values(metric.value)});
  std::vector<std::uint32_t> expected(
      by_popularity_.begin(),
      by_popularity_.begin() + static_cast<std::ptrdiff_t>(std::min(k, by_popularity_.size())));
  std::sort(expected.begin(), expected.end());
  UserColumn serendipity{"serendipity", k, {}};
  for (const auto user : users_)
    serendipity.values.push_back(metrics::Serendipity(lists[user], split_.test[user], expected, k));
  out.push_back(std::move(serendipity));
}

void ListJudge::AddBeyond(const std::vector<std::vector<std::uint32_t>>& cut,
                          std::size_t k,
                          std::vector<UserColumn>& out) const {
  UserColumn novelty{"novelty", k, {}};
  UserColumn diversity{"diversity", k, {}};
  UserColumn calibration{"calibration", k, {}};
  for (std::size_t i = 0; i < users_.size(); ++i) {
    const auto& list = cut[i];
    novelty.values.push_back(
        list.empty() ? kNone : metrics::Novelty({&list, 1}, popularity_, split_.full.n_users()));
    if (space_ != nullptr)
      diversity.values.push_back(metrics::Diversity(list, space_->vectors).value_or(kNone));
    if (categories_.empty()) continue;
    std::vector<std::uint32_t> past;
    for (const auto& entry : split_.HistoryAtTest().OfUser(users_[i])) {
      if (entry.weight > 0) past.push_back(entry.item);
    }
    const auto history = metrics::CategoryShares(past, categories_, n_categories_);
    const bool known = std::any_of(history.begin(), history.end(), [](double s) { return s > 0; });
    const auto shown = metrics::CategoryShares(list, categories_, n_categories_);
    calibration.values.push_back(known ? metrics::Miscalibration(history, shown) : kNone);
  }
  out.push_back(std::move(novelty));
  if (space_ != nullptr) out.push_back(std::move(diversity));
  if (!categories_.empty()) out.push_back(std::move(calibration));
}

std::vector<UserColumn> ListJudge::Columns(Lists lists, std::span<const double> auc) const {
  std::vector<UserColumn> out;
  for (const auto k : ks_) {
    AddRelevance(lists, k, out);
    AddBeyond(Cut(lists, k), k, out);
  }
  if (!auc.empty()) {
    UserColumn column{"auc", 0, {}};
    for (const auto user : users_) column.values.push_back(auc[user]);
    out.push_back(std::move(column));
  }
  return out;
}

std::vector<ListJudge::Property> ListJudge::Properties(Lists lists) const {
  std::vector<Property> out;
  const std::size_t n_items = split_.full.n_items();
  for (const auto k : ks_) {
    const auto cut = Cut(lists, k);
    out.push_back({"coverage", k, metrics::Coverage(cut, n_items)});
    out.push_back({"gini", k, metrics::Gini(cut, n_items)});
  }
  return out;
}

}  // namespace medley::evaluation
