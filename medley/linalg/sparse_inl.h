#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/threads.h"
#include "medley/linalg/shared_counts.h"
#include "medley/linalg/sparse.h"

namespace medley::linalg {

/// Sums rows of a product; its memory is all zero between two rows.
class GramRowSummer {
 public:
  explicit GramRowSummer(std::size_t cols) : sums_(cols) {}

  template <typename Visitor>
  void Visit(const CsrMatrix& matrix,
             const CsrMatrix& transposed,
             std::size_t item,
             Visitor& visit) {
    const auto users = transposed.ColumnsOf(item);
    const auto own = transposed.ValuesOf(item);
    std::size_t additions = 0;
    for (const auto user : users) additions += matrix.ColumnsOf(user).size();
    // With few additions, to remember the columns is cheaper than to go over all of them.
    if (additions < sums_.size() / 4) {
      filled_.clear();
      for (std::size_t u = 0; u < users.size(); ++u) AddRemembering(matrix, users[u], own[u]);
      visit(item, GramRow{sums_, filled_, true});
      for (const auto column : filled_) sums_[column] = 0;
    } else {
      for (std::size_t u = 0; u < users.size(); ++u) Add(matrix, users[u], own[u]);
      visit(item, GramRow{sums_, {}, false});
      std::fill(sums_.begin(), sums_.end(), 0.0F);
    }
  }

 private:
  void Add(const CsrMatrix& matrix, std::size_t row, float own) {
    const auto columns = matrix.ColumnsOf(row);
    const auto values = matrix.ValuesOf(row);
    for (std::size_t k = 0; k < columns.size(); ++k) sums_[columns[k]] += own * values[k];
  }
  void AddRemembering(const CsrMatrix& matrix, std::size_t row, float own) {
    const auto columns = matrix.ColumnsOf(row);
    const auto values = matrix.ValuesOf(row);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const float product = own * values[k];
      if (sums_[columns[k]] == 0 && product > 0) filled_.push_back(columns[k]);
      sums_[columns[k]] += product;
    }
  }

  std::vector<float> sums_;
  std::vector<std::uint32_t> filled_;
};

inline bool HoldsOnlyOnes(const CsrMatrix& matrix) {
  return std::all_of(
      matrix.values.begin(), matrix.values.end(), [](float value) { return value == 1; });
}

/// Whether the product of `matrix` with its transpose takes more additions than it has places.
inline bool IsProductFull(const CsrMatrix& matrix) {
  std::size_t additions = 0;
  for (std::size_t row = 0; row < matrix.rows; ++row)
    additions += matrix.ColumnsOf(row).size() * matrix.ColumnsOf(row).size();
  return additions / 2 >= matrix.cols * matrix.cols;
}

inline constexpr std::size_t kGramRowsAtATime = 16;

/// All rows are asked for where `only` is empty.
template <typename Visitor>
void ForEachCountedRow(const SharedCounts& counts,
                       std::size_t n,
                       std::span<const std::uint32_t> only,
                       Visitor& visit) {
  const std::size_t rows = only.empty() ? n : only.size();
  ParallelFor(rows, kGramRowsAtATime, [&](std::size_t begin, std::size_t end) {
    std::vector<float> row(n);
    for (std::size_t k = begin; k < end; ++k) {
      const std::size_t item = only.empty() ? k : only[k];
      counts.Row(item, row);
      visit(item, GramRow{row, {}, false});
    }
  });
}

template <typename Visitor>
void ForEachHeldRow(const CsrMatrix& matrix, const CsrMatrix& transposed, Visitor& visit) {
  const std::size_t n = matrix.cols;
  // Not zeroed here: the threads that fill it do that.
  const auto places = std::make_unique_for_overwrite<float[]>(n * n);
  const MatrixView product{places.get(), n, n, n};
  SymmetricProduct(matrix, transposed, product);
  ParallelFor(n, kGramRowsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row)
      visit(row, GramRow{product.Row(row), {}, false});
  });
}

template <typename Visitor>
void ForEachSummedRow(const CsrMatrix& matrix,
                      const CsrMatrix& transposed,
                      std::span<const std::uint32_t> only,
                      Visitor& visit) {
  const std::size_t rows = only.empty() ? matrix.cols : only.size();
  std::mutex mutex;
  std::vector<std::unique_ptr<GramRowSummer>> idle;
  ParallelFor(rows, kGramRowsAtATime, [&](std::size_t begin, std::size_t end) {
    std::unique_ptr<GramRowSummer> summer;
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        summer = std::move(idle.back());
        idle.pop_back();
      }
    }
    if (summer == nullptr) summer = std::make_unique<GramRowSummer>(matrix.cols);
    for (std::size_t k = begin; k < end; ++k)
      summer->Visit(matrix, transposed, only.empty() ? k : only[k], visit);
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(summer));
  });
}

template <typename Visitor>
void ForEachGramRow(const CsrMatrix& matrix,
                    const CsrMatrix& transposed,
                    Visitor&& visit,
                    std::span<const std::uint32_t> only) {
  constexpr std::size_t kMostPlaces = std::size_t{64} << 20;
  const std::size_t n = matrix.cols;
  const bool is_full = (only.empty() || only.size() >= n / 4) && IsProductFull(matrix);
  if (is_full && HoldsOnlyOnes(matrix) && HoldsOnlyOnes(transposed)) {
    ForEachCountedRow(SharedCounts(matrix, transposed), n, only, visit);
  } else if (is_full && only.empty() && n < kMostPlaces && n * n <= kMostPlaces) {
    ForEachHeldRow(matrix, transposed, visit);
  } else {
    ForEachSummedRow(matrix, transposed, only, visit);
  }
}

}  // namespace medley::linalg
