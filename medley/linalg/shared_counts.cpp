#include "medley/linalg/shared_counts.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "medley/core/threads.h"
#include "medley/linalg/bit_counts.h"
#include "medley/linalg/sparse.h"

namespace medley::linalg {
namespace {

// In processor cycles, measured with AVX2; used for nothing but the choice of the columns.
constexpr double kAddition = 3;
constexpr double kEntry = 10;
constexpr double kEntryABit = 0.01;

constexpr std::size_t kRowsAtATime = 256;
constexpr std::size_t kFewest = 512;  // a cache line of bits
constexpr std::size_t kLevels = 10;   // of twice as many columns each, and all of them
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

/// The columns with the most entries, as many as it pays to count as bits; ascending.
std::vector<std::uint32_t> FullColumns(const CsrMatrix& matrix, const CsrMatrix& transposed) {
  std::vector<std::uint32_t> order(matrix.cols);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return transposed.ColumnsOf(a).size() > transposed.ColumnsOf(b).size();
  });
  const auto size_of = [&](std::size_t level) {
    return level + 1 < kLevels ? std::min(matrix.cols, kFewest << level) : matrix.cols;
  };
  std::vector<std::uint8_t> level_of(matrix.cols);
  for (std::size_t level = kLevels; level-- > 0;) {
    for (std::size_t rank = 0; rank < size_of(level); ++rank)
      level_of[order[rank]] = static_cast<std::uint8_t>(level);
  }
  // Additions that are left when the columns of a level and those before it are bits.
  std::array<double, kLevels> additions{};
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    std::array<std::size_t, kLevels> counts{};
    for (const auto column : matrix.ColumnsOf(row)) ++counts[level_of[column]];
    const std::size_t all = matrix.ColumnsOf(row).size();
    std::size_t left = all;
    for (std::size_t level = 0; level < kLevels; ++level) {
      left -= counts[level];
      additions[level] += static_cast<double>(all) * static_cast<double>(left);
    }
  }
  std::size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t level = 0; level < kLevels; ++level) {
    const auto size = static_cast<double>(size_of(level));
    if (size / 8 * static_cast<double>(matrix.rows) > static_cast<double>(kMostBytes)) break;
    const double cost = additions[level] * kAddition +
                        static_cast<double>(matrix.size()) * (kEntry + kEntryABit * size);
    if (cost < least) {
      least = cost;
      best = size_of(level);
    }
  }
  order.resize(best);
  std::ranges::sort(order);
  return order;
}

}  // namespace

SharedCounts::SharedCounts(const CsrMatrix& matrix, const CsrMatrix& transposed)
    : transposed_(transposed),
      full_(FullColumns(matrix, transposed)),
      bits_(matrix.rows, full_.size()),
      starts_(matrix.rows + 1) {
  constexpr std::uint32_t kNotFull = ~std::uint32_t{0};
  std::vector<std::uint32_t> place(matrix.cols, kNotFull);
  for (std::uint32_t k = 0; k < full_.size(); ++k) place[full_[k]] = k;
  ParallelFor(matrix.rows, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      for (const auto column : matrix.ColumnsOf(row)) {
        if (place[column] != kNotFull) bits_.Set(row, place[column]);
      }
    }
  });
  if (full_.size() == matrix.cols) return;
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    std::ranges::copy_if(matrix.ColumnsOf(row),
                         std::back_inserter(sparse_),
                         [&](std::uint32_t column) { return place[column] == kNotFull; });
    starts_[row + 1] = sparse_.size();
  }
}

void SharedCounts::Row(std::size_t column, std::span<float> out) const {
  assert(out.size() == transposed_.rows);
  const auto rows = transposed_.ColumnsOf(column);
  if (full_.size() == out.size()) {
    bits_.Count(rows, out);
    return;
  }
  thread_local std::vector<float> counts;
  counts.resize(full_.size());
  bits_.Count(rows, counts);
  std::ranges::fill(out, 0.0F);
  for (std::size_t k = 0; k < full_.size(); ++k) out[full_[k]] = counts[k];
  for (const auto row : rows) {
    for (std::size_t k = starts_[row]; k < starts_[row + 1]; ++k) out[sparse_[k]] += 1;
  }
}

}  // namespace medley::linalg
