#include "medley/linalg/sparse.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/threads.h"
#include "medley/linalg/matrix.h"

namespace medley::linalg {

CsrMatrix FromTriplets(std::size_t rows, std::size_t cols, std::vector<Triplet> triplets) {
  // Stable, so that sums of equal places run in the order given.
  std::stable_sort(triplets.begin(), triplets.end(), [](const Triplet& a, const Triplet& b) {
    return a.row != b.row ? a.row < b.row : a.col < b.col;
  });
  CsrMatrix out{rows, cols, std::vector<std::size_t>(rows + 1), {}, {}};
  out.columns.reserve(triplets.size());
  out.values.reserve(triplets.size());
  const Triplet* previous = nullptr;
  for (const auto& entry : triplets) {
    assert(entry.row < rows && entry.col < cols);
    if (previous != nullptr && previous->row == entry.row && previous->col == entry.col) {
      out.values.back() += entry.value;
    } else {
      out.columns.push_back(entry.col);
      out.values.push_back(entry.value);
      ++out.starts[entry.row + 1];
    }
    previous = &entry;
  }
  std::partial_sum(out.starts.begin(), out.starts.end(), out.starts.begin());
  return out;
}

CsrMatrix Transpose(const CsrMatrix& matrix) {
  CsrMatrix out{matrix.cols, matrix.rows, std::vector<std::size_t>(matrix.cols + 1), {}, {}};
  out.columns.resize(matrix.size());
  out.values.resize(matrix.size());
  for (const auto col : matrix.columns) ++out.starts[col + 1];
  std::partial_sum(out.starts.begin(), out.starts.end(), out.starts.begin());
  auto next = out.starts;
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    const auto columns = matrix.ColumnsOf(row);
    const auto values = matrix.ValuesOf(row);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const std::size_t place = next[columns[k]]++;
      out.columns[place] = static_cast<std::uint32_t>(row);
      out.values[place] = values[k];
    }
  }
  return out;
}

namespace {

/// Row `item` of the product, from the diagonal to the right; `out` begins at its first column.
void SumFromDiagonal(const CsrMatrix& matrix,
                     const CsrMatrix& transposed,
                     std::size_t item,
                     bool is_unit,
                     std::span<float> out) {
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(item), out.end(), 0.0F);
  const auto users = transposed.ColumnsOf(item);
  const auto own = transposed.ValuesOf(item);
  for (std::size_t u = 0; u < users.size(); ++u) {
    const auto columns = matrix.ColumnsOf(users[u]);
    const auto values = matrix.ValuesOf(users[u]);
    const auto first = static_cast<std::size_t>(
        std::lower_bound(columns.begin(), columns.end(), item) - columns.begin());
    if (is_unit) {
      for (const auto column : columns.subspan(first)) out[column] += 1;
    } else {
      for (std::size_t k = first; k < columns.size(); ++k) out[columns[k]] += own[u] * values[k];
    }
  }
}

/// Copies what is right of the diagonal to the left of it, by squares that fit into the cache.
void Mirror(MatrixView out) {
  constexpr std::size_t kSide = 32;
  ParallelFor(out.rows, kSide, [&](std::size_t begin, std::size_t end) {
    for (std::size_t left = 0; left < end; left += kSide) {
      for (std::size_t row = begin; row < end; ++row) {
        const auto to = out.Row(row);
        for (std::size_t col = left; col < std::min(left + kSide, row); ++col)
          to[col] = out.data[col * out.stride + row];
      }
    }
  });
}

}  // namespace

void SymmetricProduct(const CsrMatrix& matrix, const CsrMatrix& transposed, MatrixView out) {
  assert(out.rows == matrix.cols && out.cols == matrix.cols && transposed.rows == matrix.cols);
  constexpr std::size_t kRowsAtATime = 16;
  const bool is_unit = HoldsOnlyOnes(matrix) && HoldsOnlyOnes(transposed);
  ParallelFor(matrix.cols, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t item = begin; item < end; ++item)
      SumFromDiagonal(matrix, transposed, item, is_unit, out.Row(item));
  });
  Mirror(out);
}

void Gram(const CsrMatrix& matrix, MatrixView out) {
  SymmetricProduct(matrix, Transpose(matrix), out);
}

}  // namespace medley::linalg
