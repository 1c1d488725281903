#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/linalg/matrix.h"

namespace medley::linalg {

/// A sparse matrix, rows compressed. Shapes: starts has rows + 1; columns of a row ascend.
/// Threads: immutable once built.
struct CsrMatrix {
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::vector<std::size_t> starts = {0};
  std::vector<std::uint32_t> columns;
  std::vector<float> values;

  std::size_t size() const { return columns.size(); }
  std::span<const std::uint32_t> ColumnsOf(std::size_t row) const {
    return {columns.data() + starts[row], starts[row + 1] - starts[row]};
  }
  std::span<const float> ValuesOf(std::size_t row) const {
    return {values.data() + starts[row], starts[row + 1] - starts[row]};
  }
  /// The value at a place; nullptr where it has none. Cost: the logarithm of the row.
  const float* Find(std::size_t row, std::uint32_t column) const {
    const auto all = ColumnsOf(row);
    const auto found = std::lower_bound(all.begin(), all.end(), column);
    if (found == all.end() || *found != column) return nullptr;
    return &values[starts[row] + static_cast<std::size_t>(found - all.begin())];
  }
};

/// One value at a place.
struct Triplet {
  std::uint32_t row = 0;
  std::uint32_t col = 0;
  float value = 0;
};

/// Sorts, and adds up what falls on the same place. Shapes: every triplet inside rows x cols.
CsrMatrix FromTriplets(std::size_t rows, std::size_t cols, std::vector<Triplet> triplets);

/// Cost: linear, on all threads.
CsrMatrix Transpose(const CsrMatrix& matrix);
/// Where in `matrix` each entry of the transposed one stands.
std::vector<std::size_t> PlacesOfTransposed(const CsrMatrix& matrix);

/// out = transpose(matrix) * matrix: for a user x item matrix, how often items occur together.
/// Shapes: out is cols x cols, overwritten. Cost: the sum over rows of (entries in the row)^2 / 2
/// additions, on all threads; of a matrix of ones much less, see shared_counts.h.
void Gram(const CsrMatrix& matrix, MatrixView out);

/// out = transposed * matrix, of which only one half is summed: `transposed` may hold other values
/// than `matrix`, so long as the product is symmetric.
void SymmetricProduct(const CsrMatrix& matrix, const CsrMatrix& transposed, MatrixView out);

/// One row of transpose(matrix) * matrix, by column. Where few columns are not zero, `is_sparse`
/// and `filled` names them, in no order.
struct GramRow {
  std::span<const float> values;
  std::span<const std::uint32_t> filled;
  bool is_sparse = false;
};

/// As Gram, but hands each row of the product to `visit(index, GramRow)` instead of keeping it;
/// from several threads, each row once. `transposed` gives the users of each column and what their
/// own value counts (1 in place of the value, if one likes), so that the product stays symmetric.
/// `only`: these rows; empty: all. Shapes: no negative values. Cost: of matrices of ones with dense
/// products that of shared_counts.h; of others half the additions where all rows are asked for, are
/// dense, and together take at most 256 MB, which are held meanwhile.
template <typename Visitor>
void ForEachGramRow(const CsrMatrix& matrix,
                    const CsrMatrix& transposed,
                    Visitor&& visit,
                    std::span<const std::uint32_t> only = {});

}  // namespace medley::linalg

#include "medley/linalg/sparse_inl.h"
