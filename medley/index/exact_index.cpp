#include "medley/index/exact_index.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"

namespace medley::index {
namespace {

/// Rows looked at by one thread at a time: enough to be worth waking it.
constexpr std::size_t kRowsAtATime = 8192;
/// Scores that stay in the nearest cache until those worth keeping are picked out.
constexpr std::size_t kScoresAtATime = 1024;
constexpr std::size_t kQueriesAtATime = 16;
/// Rows that stay in the cache while several queries pass over them.
constexpr std::size_t kTileFloats = std::size_t{64} << 10;

linalg::ConstMatrixView Slice(linalg::ConstMatrixView rows, std::size_t begin, std::size_t end) {
  return {rows.data + begin * rows.stride, end - begin, rows.cols, rows.stride};
}

}  // namespace

Status ExactIndex::Check(std::span<const float> query) const {
  if (query.size() != rows_.cols) {
    return Fail(ErrorCode::kInvalidInput,
                "the query has " + std::to_string(query.size()) + " numbers, the index " +
                    std::to_string(rows_.cols));
  }
  if (!linalg::AllFinite(query))
    return Fail(ErrorCode::kInvalidInput, "the query holds what is not a number");
  return {};
}

Result<std::vector<linalg::IndexedScore>> ExactIndex::Search(
    std::span<const float> query,
    std::size_t k,
    const std::function<bool(std::uint32_t)>& allowed) const {
  MEDLEY_RETURN_IF_ERROR(Check(query));
  if (k == 0) return std::vector<linalg::IndexedScore>{};
  linalg::TopKCollector best(k);
  std::mutex mutex;
  // A little below what a score must reach, so that one equal to it may win its tie by index.
  std::atomic<float> below{best.bound()};
  ParallelFor(rows_.rows, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    std::array<float, kScoresAtATime> buffer;
    for (std::size_t row = begin; row < end; row += kScoresAtATime) {
      const auto scores = std::span(buffer).first(std::min(kScoresAtATime, end - row));
      linalg::TimesVector(Slice(rows_, row, row + scores.size()), query, scores);
      std::size_t i = linalg::NextAbove(scores, 0, below);
      if (i == scores.size()) continue;
      const std::lock_guard lock(mutex);
      for (; i < scores.size(); i = linalg::NextAbove(scores, i + 1, below)) {
        const auto index = static_cast<std::uint32_t>(row + i);
        if (!present_.empty() && present_[index] == 0) continue;
        if (scores[i] < best.bound() || (allowed && !allowed(index))) continue;
        best.Add(index, scores[i]);
        below = std::nextafter(best.bound(), -std::numeric_limits<float>::infinity());
      }
    }
  });
  return best.Take();
}

Result<std::vector<std::vector<linalg::IndexedScore>>> ExactIndex::SearchAll(
    linalg::ConstMatrixView queries, std::size_t k) const {
  for (std::size_t i = 0; i < queries.rows; ++i) MEDLEY_RETURN_IF_ERROR(Check(queries.Row(i)));
  std::vector<std::vector<linalg::IndexedScore>> out(queries.rows);
  const std::size_t tile =
      std::max<std::size_t>(1, kTileFloats / std::max<std::size_t>(1, rows_.cols));
  ParallelFor(queries.rows, kQueriesAtATime, [&](std::size_t begin, std::size_t end) {
    std::vector<linalg::TopKCollector> best(end - begin, linalg::TopKCollector(k));
    std::vector<float> scores(tile);
    for (std::size_t row = 0; row < rows_.rows; row += tile) {
      const auto rows = Slice(rows_, row, std::min(rows_.rows, row + tile));
      const auto some = std::span(scores).first(rows.rows);
      for (std::size_t query = begin; query < end; ++query) {
        linalg::TimesVector(rows, queries.Row(query), some);
        auto& collector = best[query - begin];
        // Rows only grow here, so one that equals the bound has lost its tie.
        for (std::size_t i = linalg::NextAbove(some, 0, collector.bound()); i < some.size();
             i = linalg::NextAbove(some, i + 1, collector.bound())) {
          const auto index = static_cast<std::uint32_t>(row + i);
          if (present_.empty() || present_[index] != 0) collector.Add(index, some[i]);
        }
      }
    }
    for (std::size_t query = begin; query < end; ++query) out[query] = best[query - begin].Take();
  });
  return out;
}

}  // namespace medley::index
