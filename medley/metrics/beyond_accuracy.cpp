#include "medley/metrics/beyond_accuracy.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "medley/linalg/matrix.h"

namespace medley::metrics {
namespace {

std::vector<double> Times(Lists lists, std::size_t n_items) {
  std::vector<double> times(n_items);
  for (const auto& list : lists) {
    for (const auto item : list) times[item] += 1;
  }
  return times;
}

/// In double: a mean over pairs must not depend on the order in which floats are added.
double Dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

}  // namespace

double Coverage(Lists lists, std::size_t n_items) {
  if (n_items == 0) return 0;
  const auto times = Times(lists, n_items);
  const auto reached =
      std::count_if(times.begin(), times.end(), [](double count) { return count > 0; });
  return static_cast<double>(reached) / static_cast<double>(n_items);
}

double Gini(Lists lists, std::size_t n_items) {
  auto times = Times(lists, n_items);
  const double total = std::accumulate(times.begin(), times.end(), 0.0);
  if (total == 0) return 0;
  std::sort(times.begin(), times.end());
  double weighted = 0;
  const auto n = static_cast<double>(n_items);
  for (std::size_t i = 0; i < n_items; ++i)
    weighted += (2 * static_cast<double>(i + 1) - n - 1) * times[i];
  return weighted / (n * total);
}

double Novelty(Lists lists, std::span<const float> counts, std::size_t n_users) {
  double bits = 0;
  double n = 0;
  for (const auto& list : lists) {
    for (const auto item : list) {
      bits -= std::log2(std::max(0.5, double{counts[item]}) /
                        static_cast<double>(std::max<std::size_t>(n_users, 1)));
      n += 1;
    }
  }
  return n > 0 ? bits / n : 0;
}

std::optional<double> Diversity(std::span<const std::uint32_t> list,
                                linalg::ConstMatrixView vectors) {
  std::vector<std::span<const float>> rows;
  std::vector<double> lengths;
  for (const auto item : list) {
    const auto row = vectors.Row(item);
    const double length = std::sqrt(Dot(row, row));
    if (length == 0) continue;
    rows.push_back(row);
    lengths.push_back(length);
  }
  if (rows.size() < 2) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = i + 1; j < rows.size(); ++j)
      sum += 1 - Dot(rows[i], rows[j]) / (lengths[i] * lengths[j]);
  }
  const auto n = static_cast<double>(rows.size());
  return sum / (n * (n - 1) / 2);
}

double Serendipity(std::span<const std::uint32_t> list,
                   std::span<const std::uint32_t> relevant,
                   std::span<const std::uint32_t> expected,
                   std::size_t k) {
  double found = 0;
  for (const auto item : list.first(std::min(k, list.size()))) {
    const bool wanted = std::binary_search(relevant.begin(), relevant.end(), item);
    const bool obvious = std::binary_search(expected.begin(), expected.end(), item);
    found += wanted && !obvious ? 1 : 0;
  }
  return k > 0 ? found / static_cast<double>(k) : 0;
}

std::vector<double> CategoryShares(std::span<const std::uint32_t> items,
                                   std::span<const std::vector<std::uint32_t>> categories,
                                   std::size_t n_categories) {
  std::vector<double> shares(n_categories);
  double votes = 0;
  for (const auto item : items) {
    const auto& own = categories[item];
    if (own.empty()) continue;
    votes += 1;
    for (const auto category : own) shares[category] += 1 / static_cast<double>(own.size());
  }
  for (auto& share : shares) share /= std::max(votes, 1.0);
  return shares;
}

double Miscalibration(std::span<const double> history, std::span<const double> list) {
  assert(history.size() == list.size());
  double sum = 0;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history[i] <= 0) continue;
    const double smooth =
        (1 - kCalibrationSmoothing) * list[i] + kCalibrationSmoothing * history[i];
    sum += history[i] * std::log(history[i] / smooth);
  }
  return std::max(sum, 0.0);
}

std::vector<double> LorenzCurve(Lists lists, std::size_t n_items, std::size_t points) {
  assert(points > 0);
  auto times = Times(lists, n_items);
  std::sort(times.begin(), times.end());
  std::vector<double> sums(n_items + 1);
  std::partial_sum(times.begin(), times.end(), sums.begin() + 1);
  const double total = sums.back();
  std::vector<double> curve(points + 1);
  for (std::size_t i = 0; i <= points; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(points);
    const double place = share * static_cast<double>(n_items);
    const auto below = static_cast<std::size_t>(place);
    const double next = below < n_items ? times[below] : 0;
    curve[i] =
        total > 0 ? (sums[below] + (place - static_cast<double>(below)) * next) / total : share;
  }
  return curve;
}

}  // namespace medley::metrics
