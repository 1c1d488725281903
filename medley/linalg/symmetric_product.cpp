#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>

#include "medley/core/threads.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/shared_counts.h"
#include "medley/linalg/sparse.h"

namespace medley::linalg {
namespace {

constexpr std::size_t kRowsAtATime = 16;
/// How many histories ahead of being read the memory is asked for them.
constexpr std::size_t kUsersAhead = 2;

/// Row `item` of the product, from the diagonal to the right: `places` say where each of its users
/// has it in `matrix`.
void SumFromDiagonal(const CsrMatrix& matrix,
                     const CsrMatrix& transposed,
                     std::span<const std::size_t> places,
                     std::size_t item,
                     std::span<float> out) {
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(item), out.end(), 0.0F);
  const auto users = transposed.ColumnsOf(item);
  const auto own = transposed.ValuesOf(item);
  for (std::size_t u = 0; u < users.size(); ++u) {
    if (u + kUsersAhead < users.size())
      __builtin_prefetch(matrix.columns.data() + places[u + kUsersAhead]);
    for (std::size_t k = places[u]; k < matrix.starts[users[u] + 1]; ++k)
      out[matrix.columns[k]] += own[u] * matrix.values[k];
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
  const auto places = PlacesOfTransposed(matrix);
  ParallelFor(matrix.cols, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t item = begin; item < end; ++item)
      SumFromDiagonal(matrix,
                      transposed,
                      std::span(places).subspan(transposed.starts[item]),
                      item,
                      out.Row(item));
  });
  Mirror(out);
}

void Gram(const CsrMatrix& matrix, MatrixView out) {
  const auto transposed = Transpose(matrix);
  if (!HoldsOnlyOnes(matrix) || !IsProductFull(matrix)) {
    SymmetricProduct(matrix, transposed, out);
    return;
  }
  const SharedCounts counts(matrix, transposed);
  ParallelFor(matrix.cols, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) counts.Row(row, out.Row(row));
  });
}

}  // namespace medley::linalg
