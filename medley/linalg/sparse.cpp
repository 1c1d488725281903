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

/// How many histories ahead of being read the memory is asked for them.
constexpr std::size_t kUsersAhead = 2;

/// Where in `matrix` each entry of `transposed` came from.
std::vector<std::size_t> PlacesOf(const CsrMatrix& matrix, const CsrMatrix& transposed) {
  std::vector<std::size_t> places(matrix.size());
  auto next = transposed.starts;
  for (std::size_t k = 0; k < matrix.size(); ++k) places[next[matrix.columns[k]]++] = k;
  return places;
}

/// Row `item` of the product, from the diagonal to the right: `places` say where each of its users
/// has it in `matrix`.
void SumFromDiagonal(const CsrMatrix& matrix,
                     const CsrMatrix& transposed,
                     std::span<const std::size_t> places,
                     std::size_t item,
                     bool is_unit,
                     std::span<float> out) {
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(item), out.end(), 0.0F);
  const auto users = transposed.ColumnsOf(item);
  const auto own = transposed.ValuesOf(item);
  for (std::size_t u = 0; u < users.size(); ++u) {
    if (u + kUsersAhead < users.size())
      __builtin_prefetch(matrix.columns.data() + places[u + kUsersAhead]);
    const std::size_t end = matrix.starts[users[u] + 1];
    if (is_unit) {
      for (std::size_t k = places[u]; k < end; ++k) out[matrix.columns[k]] += 1;
    } else {
      for (std::size_t k = places[u]; k < end; ++k)
        out[matrix.columns[k]] += own[u] * matrix.values[k];
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
  const auto places = PlacesOf(matrix, transposed);
  const bool is_unit = HoldsOnlyOnes(matrix) && HoldsOnlyOnes(transposed);
  ParallelFor(matrix.cols, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t item = begin; item < end; ++item)
      SumFromDiagonal(matrix,
                      transposed,
                      std::span(places).subspan(transposed.starts[item]),
                      item,
                      is_unit,
                      out.Row(item));
  });
  Mirror(out);
}

void Gram(const CsrMatrix& matrix, MatrixView out) {
  SymmetricProduct(matrix, Transpose(matrix), out);
}

}  // namespace medley::linalg
