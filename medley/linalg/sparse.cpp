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

namespace {

std::vector<std::size_t> StartsOfTransposed(const CsrMatrix& matrix) {
  std::vector<std::size_t> starts(matrix.cols + 1);
  for (const auto col : matrix.columns) ++starts[col + 1];
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  return starts;
}

/// Calls take(row, k, place) for each entry k of `matrix`, with its place in the transposed one;
/// on all threads.
template <typename Take>
void ForEachTransposed(const CsrMatrix& matrix, std::span<const std::size_t> starts, Take&& take) {
  constexpr std::size_t kEntriesAPiece = 1 << 17;
  const std::size_t pieces = matrix.size() / kEntriesAPiece + 1;
  const auto first_row = [&](std::size_t piece) { return matrix.rows * piece / pieces; };
  // Each piece of rows writes behind what the pieces before it have of the same column.
  std::vector<std::vector<std::size_t>> next(pieces, std::vector<std::size_t>(matrix.cols));
  ParallelFor(pieces, 1, [&](std::size_t piece, std::size_t) {
    const std::size_t end = matrix.starts[first_row(piece + 1)];
    for (std::size_t k = matrix.starts[first_row(piece)]; k < end; ++k)
      ++next[piece][matrix.columns[k]];
  });
  for (std::size_t col = 0; col < matrix.cols; ++col) {
    std::size_t place = starts[col];
    for (auto& of_piece : next) place += std::exchange(of_piece[col], place);
  }
  ParallelFor(pieces, 1, [&](std::size_t piece, std::size_t) {
    for (std::size_t row = first_row(piece); row < first_row(piece + 1); ++row) {
      for (std::size_t k = matrix.starts[row]; k < matrix.starts[row + 1]; ++k)
        take(row, k, next[piece][matrix.columns[k]]++);
    }
  });
}

}  // namespace

CsrMatrix Transpose(const CsrMatrix& matrix) {
  CsrMatrix out{matrix.cols, matrix.rows, StartsOfTransposed(matrix), {}, {}};
  out.columns.resize(matrix.size());
  out.values.resize(matrix.size());
  ForEachTransposed(matrix, out.starts, [&](std::size_t row, std::size_t k, std::size_t place) {
    out.columns[place] = static_cast<std::uint32_t>(row);
    out.values[place] = matrix.values[k];
  });
  return out;
}

std::vector<std::size_t> PlacesOfTransposed(const CsrMatrix& matrix) {
  std::vector<std::size_t> places(matrix.size());
  ForEachTransposed(matrix,
                    StartsOfTransposed(matrix),
                    [&](std::size_t, std::size_t k, std::size_t place) { places[place] = k; });
  return places;
}

}  // namespace medley::linalg
