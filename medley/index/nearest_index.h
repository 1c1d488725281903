#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"

namespace medley::index {

/// Finds the rows of a matrix whose inner product with a query is greatest: with rows and queries
/// of length 1, the nearest by cosine. Threads: immutable once built; searches from any number.
class NearestIndex {
 public:
  virtual ~NearestIndex() = default;
  virtual std::size_t size() const = 0;
  virtual std::size_t dimension() const = 0;
  /// The `k` best rows, best first, ties by row, among those `allowed` lets through (an empty
  /// function: all). Errors: kInvalidInput for a query of another dimension, or not finite.
  virtual Result<std::vector<linalg::IndexedScore>> Search(
      std::span<const float> query,
      std::size_t k,
      const std::function<bool(std::uint32_t)>& allowed = {}) const = 0;
  /// Search for every row of `queries`, on all threads.
  virtual Result<std::vector<std::vector<linalg::IndexedScore>>> SearchAll(
      linalg::ConstMatrixView queries, std::size_t k) const = 0;
};

}  // namespace medley::index
