#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/threads.h"
#include "medley/linalg/sparse.h"

namespace medley::linalg {

template <typename RowVisitor>
void ForEachGramRow(const CsrMatrix& matrix, const CsrMatrix& transposed, RowVisitor&& row) {
  constexpr std::size_t kRowsAtATime = 16;
  ParallelFor(matrix.cols, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    std::vector<float> sums(matrix.cols);
    for (std::size_t item = begin; item < end; ++item) {
      std::fill(sums.begin(), sums.end(), 0.0F);
      const auto users = transposed.ColumnsOf(item);
      const auto own = transposed.ValuesOf(item);
      for (std::size_t u = 0; u < users.size(); ++u) {
        const auto columns = matrix.ColumnsOf(users[u]);
        const auto values = matrix.ValuesOf(users[u]);
        for (std::size_t k = 0; k < columns.size(); ++k) sums[columns[k]] += own[u] * values[k];
      }
      row(item, std::span<const float>(sums));
    }
  });
}

}  // namespace medley::linalg
