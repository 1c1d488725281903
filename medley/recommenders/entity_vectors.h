#pragma once

#include <cstddef>
#include <cstdint>

#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::recommenders {

/// A vector for every column of `rows`, so that the sum of a row's columns, each times its value,
/// is the row's place among the `dimensions` directions along which rows differ most: the right
/// singular vectors, by subspace iteration from a drawn start. Rows that share no column, but whose
/// columns go together elsewhere, come to lie near each other. Shapes: out is cols x dimensions,
/// fewer where the rows have fewer directions. Cost: 16 passes of entries x dimensions. One thread.
/// Source: Halko, Martinsson, Tropp 2011.
linalg::Matrix EntityVectors(const linalg::CsrMatrix& rows,
                             std::size_t dimensions,
                             std::uint64_t seed);

}  // namespace medley::recommenders
