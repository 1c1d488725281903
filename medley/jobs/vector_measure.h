#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

/// How one way of keeping vectors does.
struct VectorCost {
  std::string kept;       ///< "float32", "int8", "int8 rescored", "first 96 axes, int8 rescored"...
  std::size_t bytes = 0;  ///< in memory, of all vectors
  double recall = 1;      ///< share of each query's k nearest, by whole vectors, that are found
  double seconds = 0;     ///< of a query, on all threads
};

struct VectorReport {
  std::size_t vectors = 0;
  std::size_t dimension = 0;
  std::size_t queries = 0;
  double axes_keep = 1;  ///< of the vectors' squared length, by the first `dimensions` axes
  std::vector<VectorCost> costs;  ///< "float32" first
};

/// Searches a space of the workspace by up to `queries` of its own vectors, evenly spread, for the
/// `k` nearest others: whole, as int8, as bits, and, with `dimensions` > 0, by that many principal
/// axes; with and without looking at the best ones whole, from the file. Errors: kNotFound for a
/// space without vectors; kInvalidInput for more dimensions than it has; kCorrupt for a damaged
/// file. Cost: six searches a query, and its space as floats in memory.
Result<VectorReport> MeasureVectors(const storage::Workspace& workspace,
                                    std::string_view space,
                                    std::size_t k,
                                    std::size_t queries,
                                    std::size_t dimensions);

}  // namespace medley::jobs
