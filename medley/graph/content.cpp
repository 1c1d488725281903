#include "medley/graph/content.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::graph {

linalg::Matrix Standardised(linalg::ConstMatrixView vectors,
                            std::span<const std::uint8_t> present) {
  assert(present.size() == vectors.rows);
  const std::size_t d = vectors.cols;
  std::vector<std::uint32_t> usable;
  std::vector<double> sums(d);
  std::vector<double> squares(d);
  for (std::uint32_t item = 0; item < vectors.rows; ++item) {
    const auto row = vectors.Row(item);
    if (present[item] == 0 || !linalg::AllFinite(row)) continue;
    usable.push_back(item);
    for (std::size_t i = 0; i < d; ++i) {
      sums[i] += double{row[i]};
      squares[i] += double{row[i]} * double{row[i]};
    }
  }
  const auto n = static_cast<double>(std::max<std::size_t>(1, usable.size()));
  linalg::Matrix out(vectors.rows, d);
  for (std::size_t i = 0; i < d; ++i) {
    const double mean = sums[i] / n;
    const double variance = squares[i] / n - mean * mean;
    // A dimension in which all agree tells nothing; what rounding leaves of it must not be blown
    // up.
    if (variance <= 1e-9 * squares[i] / n) continue;
    for (const auto item : usable)
      out(item, i) =
          static_cast<float>((double{vectors.Row(item)[i]} - mean) / std::sqrt(variance));
  }
  for (const auto item : usable) {
    const auto row = out.Row(item);
    if (!linalg::Normalize(row)) std::fill(row.begin(), row.end(), 0.0F);
  }
  return out;
}

linalg::CsrMatrix EntityRows(std::span<const std::vector<std::uint32_t>> entities,
                             std::size_t n_entities) {
  std::vector<double> counts(n_entities);
  for (const auto& of_item : entities) {
    for (const auto entity : of_item) counts[entity] += 1;
  }
  const auto n = static_cast<double>(entities.size());
  std::vector<linalg::Triplet> triplets;
  for (std::uint32_t item = 0; item < entities.size(); ++item) {
    const auto weight = [&](std::uint32_t entity) {
      return counts[entity] >= 2 ? std::log(n / counts[entity]) : 0;
    };
    double squared = 0;
    for (const auto entity : entities[item]) squared += weight(entity) * weight(entity);
    for (const auto entity : entities[item]) {
      const double value = weight(entity);
      if (value > 0)
        triplets.push_back({item, entity, static_cast<float>(value / std::sqrt(squared))});
    }
  }
  return linalg::FromTriplets(entities.size(), n_entities, std::move(triplets));
}

}  // namespace medley::graph
