#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "medley/linalg/matrix.h"

namespace medley::recommenders {

/// `coefficient` times row `source` of one matrix belongs to row `target` of another.
struct RowTerm {
  std::uint32_t target = 0;
  std::uint32_t source = 0;
  float coefficient = 0;
};

/// out.Row(t) += the sum of its terms, in their order, on all threads: how gradients of a batch,
/// found side by side, come together without a lock and with the same bits for any number of
/// threads. Shapes: targets < out.rows, sources < sources.rows, equal columns. Cost: terms x
/// columns.
void AddRowTerms(std::span<const RowTerm> terms,
                 linalg::ConstMatrixView sources,
                 linalg::MatrixView out);

}  // namespace medley::recommenders
