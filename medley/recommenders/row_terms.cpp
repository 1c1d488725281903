#include "medley/recommenders/row_terms.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"

namespace medley::recommenders {

void AddRowTerms(std::span<const RowTerm> terms,
                 linalg::ConstMatrixView sources,
                 linalg::MatrixView out) {
  constexpr std::size_t kRowsAtATime = 64;
  std::vector<std::uint32_t> starts(out.rows + 1);
  for (const auto& term : terms) ++starts[term.target + 1];
  for (std::size_t row = 0; row < out.rows; ++row) starts[row + 1] += starts[row];
  std::vector<std::uint32_t> order(terms.size());
  auto next = starts;
  for (std::uint32_t k = 0; k < terms.size(); ++k) order[next[terms[k].target]++] = k;
  ParallelFor(out.rows, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      for (auto k = starts[row]; k < starts[row + 1]; ++k) {
        const auto& term = terms[order[k]];
        linalg::Axpy(term.coefficient, sources.Row(term.source), out.Row(row));
      }
    }
  });
}

}  // namespace medley::recommenders
