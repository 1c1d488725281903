#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/index/nearest_index.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"

namespace medley::index {

/// Looks at every row: exact, nothing to build, nothing to keep up to date.
/// Views: the rows' owner keeps them alive and unchanged. Rows of zeros (a missing modality) are
/// found like any other, with score 0: leave them out by `allowed`, or by `present`. Cost: rows x
/// dimension multiply-adds a query, as fast as memory gives the rows; SearchAll reads them once for
/// many queries.
class ExactIndex : public NearestIndex {
 public:
  /// `present`: rows that may be found, 1 each; empty: all.
  explicit ExactIndex(linalg::ConstMatrixView rows, std::span<const std::uint8_t> present = {})
      : rows_(rows), present_(present) {}
  std::size_t size() const override { return rows_.rows; }
  std::size_t dimension() const override { return rows_.cols; }
  Result<std::vector<linalg::IndexedScore>> Search(
      std::span<const float> query,
      std::size_t k,
      const std::function<bool(std::uint32_t)>& allowed = {}) const override;
  Result<std::vector<std::vector<linalg::IndexedScore>>> SearchAll(linalg::ConstMatrixView queries,
                                                                   std::size_t k) const override;

 private:
  Status Check(std::span<const float> query) const;
  linalg::ConstMatrixView rows_;
  std::span<const std::uint8_t> present_;
};

}  // namespace medley::index
