#include "medley/metrics/beyond_accuracy.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "medley/linalg/kernels.h"
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

bool IsZero(std::span<const float> row) { return linalg::SquaredNorm(row) == 0; }

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

double Diversity(std::span<const std::uint32_t> list, linalg::ConstMatrixView vectors) {
  double sum = 0;
  double pairs = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (IsZero(vectors.Row(list[i]))) continue;
    for (std::size_t j = i + 1; j < list.size(); ++j) {
      if (IsZero(vectors.Row(list[j]))) continue;
      sum += 1 - double{linalg::Dot(vectors.Row(list[i]), vectors.Row(list[j]))};
      pairs += 1;
    }
  }
  return pairs > 0 ? sum / pairs : 0;
}

}  // namespace medley::metrics
