// Exact top-k against what memory gives: both on all cores, in turn, medians.
//
//   bench_top_k [ROWS] [DIMENSION] [K] [ROUNDS]        (1000000 128 100 15)
//
// Bandwidth is that of reading the same rows from memory and doing next to nothing with them (the
// greatest of several ways to read, so that the bar is the memory's and not a loop's). Prints JSON.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/threads.h"
#include "medley/index/exact_index.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"

namespace {

constexpr std::size_t kRowsAtATime = 8192;

/// Seconds of one pass that sums squares: one load, one multiply-add each.
double ReadBySums(const medley::linalg::Matrix& rows) {
  const medley::Stopwatch watch;
  std::atomic<float> total{0};
  medley::ParallelFor(rows.rows(), kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    total = total + medley::linalg::SquaredNorm(
                        {rows.data() + begin * rows.cols(), (end - begin) * rows.cols()});
  });
  return total < 0 ? -1 : watch.Seconds();
}

/// Seconds of one pass that looks for a number above all.
double ReadByComparing(const medley::linalg::Matrix& rows) {
  const medley::Stopwatch watch;
  std::atomic<std::size_t> found{0};
  medley::ParallelFor(rows.rows(), kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    const std::span<const float> some(rows.data() + begin * rows.cols(),
                                      (end - begin) * rows.cols());
    found += medley::linalg::NextAbove(some, 0, 1e30F);
  });
  return found == 0 ? -1 : watch.Seconds();
}

/// Seconds of one pass that touches every line of the cache once, asking for it ahead.
double ReadByLines(const medley::linalg::Matrix& rows) {
  constexpr std::size_t kLineFloats = 16;
  constexpr std::size_t kFloatsAhead = 256;
  const medley::Stopwatch watch;
  std::atomic<float> total{0};
  medley::ParallelFor(rows.rows(), kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    const float* const last = rows.data() + end * rows.cols();
    float sum = 0;
    for (const float* line = rows.data() + begin * rows.cols(); line < last; line += kLineFloats) {
      __builtin_prefetch(line + kFloatsAhead);
      sum += *line;
    }
    total = total + sum;
  });
  return total > 1e30F ? -1 : watch.Seconds();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::size_t Argument(int argc, char** argv, int place, std::size_t otherwise) {
  return argc > place ? static_cast<std::size_t>(std::strtoull(argv[place], nullptr, 10))
                      : otherwise;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t n = Argument(argc, argv, 1, 1'000'000);
  const std::size_t dimension = Argument(argc, argv, 2, 128);
  const std::size_t k = Argument(argc, argv, 3, 100);
  const std::size_t rounds = std::max<std::size_t>(1, Argument(argc, argv, 4, 15));
  medley::linalg::Matrix rows(n, dimension);
  // Any numbers do; these are quick to make and differ.
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < n * dimension; ++i) {
    state = state * 1664525 + 1013904223;
    rows.data()[i] = static_cast<float>(state >> 8) / static_cast<float>(1 << 24) - 0.5F;
  }
  const medley::index::ExactIndex index(rows.View());
  std::vector<double> sums;
  std::vector<double> comparisons;
  std::vector<double> lines;
  std::vector<double> searches;
  for (std::size_t round = 0; round < rounds; ++round) {
    sums.push_back(ReadBySums(rows));
    comparisons.push_back(ReadByComparing(rows));
    lines.push_back(ReadByLines(rows));
    const medley::Stopwatch watch;
    const auto found = index.Search(rows.Row(round * 7919 % n), k);
    searches.push_back(watch.Seconds());
    if (!found || found->size() != std::min(k, n)) return 1;
  }
  const double bytes = static_cast<double>(n * dimension * sizeof(float));
  const double read = std::min({Median(sums), Median(comparisons), Median(lines)});
  const double search = Median(searches);
  std::printf(
      "{\"rows\": %zu, \"dimension\": %zu, \"k\": %zu, \"threads\": %d, \"kernels\": \"%s\", "
      "\"memory_gb_s\": %.3f, \"search_gb_s\": %.3f, \"search_ms\": %.3f, \"share\": %.4f}\n",
      n,
      dimension,
      k,
      medley::ThreadCount(),
      std::string(medley::linalg::KernelTarget()).c_str(),
      bytes / read / 1e9,
      bytes / search / 1e9,
      1e3 * search,
      read / search);
  return 0;
}
