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
#include "medley/linalg/sparse.h"

namespace medley::linalg {

/// Sums rows of a product; its memory is all zero between two rows.
class GramRowSummer {
 public:
  /// `is_unit`: every value is 1, so that only columns need be read.
  GramRowSummer(std::size_t cols, bool is_unit) : sums_(cols), is_unit_(is_unit) {}

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
      if (is_unit_) {
        for (std::size_t u = 0; u < users.size(); ++u) {
          if (u + 1 < users.size()) __builtin_prefetch(matrix.ColumnsOf(users[u + 1]).data());
          for (const auto column : matrix.ColumnsOf(users[u])) sums_[column] += 1;
        }
      } else {
        for (std::size_t u = 0; u < users.size(); ++u) Add(matrix, users[u], own[u]);
      }
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
  bool is_unit_;
  std::vector<std::uint32_t> filled_;
};

template <typename Visitor>
void ForEachGramRow(const CsrMatrix& matrix,
                    const CsrMatrix& transposed,
                    Visitor&& visit,
                    std::span<const std::uint32_t> only) {
  constexpr std::size_t kRowsAtATime = 16;
  const std::size_t rows = only.empty() ? matrix.cols : only.size();
  const auto is_one = [](float value) { return value == 1; };
  const bool is_unit = std::all_of(matrix.values.begin(), matrix.values.end(), is_one) &&
                       std::all_of(transposed.values.begin(), transposed.values.end(), is_one);
  std::mutex mutex;
  std::vector<std::unique_ptr<GramRowSummer>> idle;
  ParallelFor(rows, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    std::unique_ptr<GramRowSummer> summer;
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        summer = std::move(idle.back());
        idle.pop_back();
      }
    }
    if (summer == nullptr) summer = std::make_unique<GramRowSummer>(matrix.cols, is_unit);
    for (std::size_t k = begin; k < end; ++k)
      summer->Visit(matrix, transposed, only.empty() ? k : only[k], visit);
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(summer));
  });
}

}  // namespace medley::linalg
