#include "medley/graph/neighbour_graph.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/threads.h"
#include "medley/graph/content.h"
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

/// The rows that are not zeros, ascending.
std::vector<std::uint32_t> Filled(const linalg::Matrix& matrix) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t row = 0; row < matrix.rows(); ++row) {
    if (linalg::SquaredNorm(matrix.Row(row)) > 0) out.push_back(row);
  }
  return out;
}

}  // namespace

linalg::CsrMatrix NearestByVectors(linalg::ConstMatrixView vectors,
                                   std::span<const std::uint8_t> present,
                                   std::size_t k) {
  assert(present.size() == vectors.rows);
  const auto all = Standardised(vectors, present);
  const auto nodes = Filled(all);
  linalg::Matrix units(nodes.size(), all.cols());
  for (std::size_t row = 0; row < nodes.size(); ++row)
    std::copy_n(all.Row(nodes[row]).begin(), all.cols(), units.Row(row).begin());
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
  const auto by_entity = linalg::Transpose(EntityRows(entities, n_entities));
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
