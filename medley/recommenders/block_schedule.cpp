#include "medley/recommenders/block_schedule.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/threads.h"
#include "medley/linalg/factor_steps.h"
#include "medley/linalg/sparse.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kMostBlocks = 16;
/// Fewer entries a block are done before the others of the round could start; fewer columns are
/// too few to draw from.
constexpr std::size_t kEntriesABlock = 1024;
constexpr std::size_t kColumnsABlock = 32;

std::size_t BlocksFor(std::size_t entries, std::size_t rows, std::size_t columns) {
  const auto by_entries = static_cast<std::size_t>(
      std::sqrt(static_cast<double>(entries) / static_cast<double>(kEntriesABlock)));
  return std::clamp<std::size_t>(
      std::min({by_entries, rows, columns / kColumnsABlock}), 1, kMostBlocks);
}

}  // namespace

BlockSchedule::BlockSchedule(const linalg::CsrMatrix& matrix,
                             std::vector<std::uint32_t> columns,
                             const Random& random)
    : blocks_(BlocksFor(matrix.size(), matrix.rows, columns.size())),
      seed_(random.Fork("passes").Next()),
      columns_(std::move(columns)),
      block_of_(matrix.cols) {
  PutRowsIntoBlocks(matrix, random.Fork("rows"));
  dealt_.resize(entries_.size());
  dealt_starts_.resize(blocks_ * blocks_ + 1);
  dealt_starts_.back() = entries_.size();
  for (std::size_t block = 0; block <= blocks_; ++block)
    column_starts_.push_back(columns_.size() * block / blocks_);
}

void BlockSchedule::PutRowsIntoBlocks(const linalg::CsrMatrix& matrix, Random random) {
  std::vector<std::uint32_t> rows(matrix.rows);
  std::iota(rows.begin(), rows.end(), 0U);
  linalg::StepRandom order(random.Next());
  order.Shuffle(std::span(rows));
  entries_.reserve(matrix.size());
  row_starts_ = {0};
  for (const auto row : rows) {
    const auto columns = matrix.ColumnsOf(row);
    const auto values = matrix.ValuesOf(row);
    for (std::size_t k = 0; k < columns.size(); ++k)
      entries_.push_back({row, columns[k], values[k]});
    // A block ends with the row that takes it past its share.
    while (row_starts_.size() < blocks_ &&
           entries_.size() * blocks_ >= matrix.size() * row_starts_.size())
      row_starts_.push_back(entries_.size());
  }
  while (row_starts_.size() <= blocks_) row_starts_.push_back(entries_.size());
  ParallelFor(blocks_, 1, [&](std::size_t block, std::size_t) {
    linalg::StepRandom shuffle(random.Fork(block).Next());
    const auto first = row_starts_[block];
    shuffle.Shuffle(std::span(entries_).subspan(first, row_starts_[block + 1] - first));
  });
}

void BlockSchedule::PutColumnsIntoBlocks() {
  linalg::StepRandom random(~(seed_ + passes_));
  if (blocks_ > 1) random.Shuffle(std::span(columns_));
  for (std::size_t block = 0; block < blocks_; ++block) {
    for (std::size_t k = column_starts_[block]; k < column_starts_[block + 1]; ++k)
      block_of_[columns_[k]] = static_cast<std::uint8_t>(block);
  }
}

void BlockSchedule::Deal(std::size_t row_block) {
  const std::span<const linalg::Triplet> entries(entries_.data() + row_starts_[row_block],
                                                 entries_.data() + row_starts_[row_block + 1]);
  std::array<std::size_t, kMostBlocks + 1> places{};
  for (const auto& entry : entries) ++places[block_of_[entry.col] + 1U];
  places[0] = row_starts_[row_block];
  for (std::size_t block = 0; block < blocks_; ++block) {
    dealt_starts_[row_block * blocks_ + block] = places[block];
    places[block + 1] += places[block];
  }
  for (const auto& entry : entries) dealt_[places[block_of_[entry.col]]++] = entry;
}

BlockSchedule::Block BlockSchedule::At(std::size_t row_block, std::size_t round) const {
  const std::size_t column_block = (row_block + round) % blocks_;
  const std::size_t slot = row_block * blocks_ + column_block;
  const auto first = column_starts_[column_block];
  return {{dealt_.data() + dealt_starts_[slot], dealt_.data() + dealt_starts_[slot + 1]},
          std::span(columns_).subspan(first, column_starts_[column_block + 1] - first),
          seed_ + passes_ * blocks_ * blocks_ + slot,
          slot};
}

void BlockSchedule::Pass(const std::function<void(const Block&)>& work) {
  PutColumnsIntoBlocks();
  const std::size_t team = std::min(blocks_, static_cast<std::size_t>(ThreadCount()));
  std::barrier<> everyone(static_cast<std::ptrdiff_t>(team));
  // Counters of blocks taken: of the dealing, then of each round.
  std::vector<std::atomic<std::size_t>> taken(blocks_ + 1);
  // As many pieces as threads, and none ends before all have begun: each thread gets one.
  ParallelFor(team, 1, [&](std::size_t, std::size_t) {
    for (auto block = taken[0]++; block < blocks_; block = taken[0]++) Deal(block);
    everyone.arrive_and_wait();
    for (std::size_t round = 0; round < blocks_; ++round) {
      auto& next = taken[round + 1];
      for (auto block = next++; block < blocks_; block = next++) work(At(block, round));
      everyone.arrive_and_wait();
    }
  });
  ++passes_;
}

}  // namespace medley::recommenders
