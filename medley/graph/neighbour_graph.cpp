#include "medley/graph/neighbour_graph.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/top_k.h"

namespace medley::graph {
namespace {

constexpr std::size_t kRowsAtATime = 512;

using Lists = std::vector<std::vector<linalg::IndexedScore>>;

/// The lists as rows, each with weights that sum to 1.
linalg::CsrMatrix ToGraph(Lists lists) {
  linalg::CsrMatrix out{lists.size(), lists.size(), {0}, {}, {}};
  for (auto& list : lists) {
    std::erase_if(list, [](const auto& entry) { return !(entry.score > 0); });
    std::sort(
        list.begin(), list.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
    float sum = 0;
    for (const auto& entry : list) sum += entry.score;
    for (const auto& entry : list) {
      out.columns.push_back(entry.index);
      out.values.push_back(entry.score / sum);
    }
    out.starts.push_back(out.columns.size());
  }
  return out;
}

/// The nodes that have a usable vector, ascending.
std::vector<std::uint32_t> Usable(linalg::ConstMatrixView vectors,
                                  std::span<const std::uint8_t> present) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t node = 0; node < vectors.rows; ++node) {
    if (present[node] != 0 && linalg::AllFinite(vectors.Row(node))) out.push_back(node);
  }
  return out;
}

/// Their vectors, standardised and brought to length 1; zeros where nothing is left.
linalg::Matrix Standardised(linalg::ConstMatrixView vectors, std::span<const std::uint32_t> nodes) {
  const std::size_t d = vectors.cols;
  std::vector<double> sums(d);
  std::vector<double> squares(d);
  for (const auto node : nodes) {
    const auto row = vectors.Row(node);
    for (std::size_t i = 0; i < d; ++i) {
      sums[i] += double{row[i]};
      squares[i] += double{row[i]} * double{row[i]};
    }
  }
  const auto n = static_cast<double>(std::max<std::size_t>(1, nodes.size()));
  linalg::Matrix out(nodes.size(), d);
  for (std::size_t i = 0; i < d; ++i) {
    const double mean = sums[i] / n;
    const double variance = squares[i] / n - mean * mean;
    // A dimension in which all agree tells nothing; what rounding leaves of it must not be blown
    // up.
    if (variance <= 1e-9 * squares[i] / n) continue;
    for (std::size_t k = 0; k < nodes.size(); ++k)
      out(k, i) =
          static_cast<float>((double{vectors.Row(nodes[k])[i]} - mean) / std::sqrt(variance));
  }
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    if (!linalg::Normalize(out.Row(k))) std::fill(out.Row(k).begin(), out.Row(k).end(), 0.0F);
  }
  return out;
}

}  // namespace

linalg::CsrMatrix NearestByVectors(linalg::ConstMatrixView vectors,
                                   std::span<const std::uint8_t> present,
                                   std::size_t k) {
  assert(present.size() == vectors.rows);
  const auto nodes = Usable(vectors, present);
  const auto units = Standardised(vectors, nodes);
  Lists lists(vectors.rows);
  linalg::Matrix block(std::min(kRowsAtATime, nodes.size()), nodes.size());
  for (std::size_t begin = 0; begin < nodes.size(); begin += kRowsAtATime) {
    const std::size_t rows = std::min(kRowsAtATime, nodes.size() - begin);
    const linalg::ConstMatrixView some{
        units.data() + begin * units.cols(), rows, units.cols(), units.cols()};
    linalg::TimesTransposed(some, units.View(), {block.data(), rows, nodes.size(), nodes.size()});
    ParallelFor(rows, 16, [&](std::size_t first, std::size_t last) {
      for (std::size_t row = first; row < last; ++row) {
        block(row, begin + row) = 0;  // nobody is a neighbour of itself
        auto& list = lists[nodes[begin + row]];
        list = linalg::TopK(block.Row(row), k);
        for (auto& entry : list) entry.index = nodes[entry.index];
      }
    });
  }
  return ToGraph(std::move(lists));
}

linalg::CsrMatrix NearestByEntities(std::span<const std::vector<std::uint32_t>> entities,
                                    std::size_t n_entities,
                                    std::size_t k) {
  std::vector<double> counts(n_entities);
  for (const auto& of_node : entities) {
    for (const auto entity : of_node) counts[entity] += 1;
  }
  const auto n = static_cast<double>(entities.size());
  std::vector<linalg::Triplet> triplets;
  for (std::uint32_t node = 0; node < entities.size(); ++node) {
    const auto weight = [&](std::uint32_t entity) {
      return counts[entity] >= 2 ? std::log(n / counts[entity]) : 0;
    };
    double squared = 0;
    for (const auto entity : entities[node]) squared += weight(entity) * weight(entity);
    for (const auto entity : entities[node]) {
      const double value = weight(entity);
      if (value > 0)
        triplets.push_back({entity, node, static_cast<float>(value / std::sqrt(squared))});
    }
  }
  const auto by_entity = linalg::FromTriplets(n_entities, entities.size(), std::move(triplets));
  Lists lists(entities.size());
  linalg::ForEachGramRow(
      by_entity, linalg::Transpose(by_entity), [&](std::size_t node, const linalg::GramRow& row) {
        linalg::TopKCollector best(k);
        const auto offer = [&](std::uint32_t other) {
          if (other != node && row.values[other] > 0) best.Add(other, row.values[other]);
        };
        if (row.is_sparse) {
          for (const auto other : row.filled) offer(other);
        } else {
          for (std::uint32_t other = 0; other < row.values.size(); ++other) offer(other);
        }
        lists[node] = best.Take();
      });
  return ToGraph(std::move(lists));
}

}  // namespace medley::graph
