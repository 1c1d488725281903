#include "medley/linalg/sparse.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

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

void Gram(const CsrMatrix& matrix, MatrixView out) {
  assert(out.rows == matrix.cols && out.cols == matrix.cols);
  ForEachGramRow(matrix, Transpose(matrix), [&](std::size_t row, const GramRow& product) {
    std::copy(product.values.begin(), product.values.end(), out.Row(row).begin());
  });
}

}  // namespace medley::linalg
