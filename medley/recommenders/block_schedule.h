#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/sparse.h"

namespace medley::recommenders {

/// Deals the entries of a sparse matrix out to threads so that stochastic steps on row and column
/// vectors need no locks and give the same bits for any number of threads. Rows are in B fixed
/// blocks of about equally many entries; each pass puts the columns into B new blocks at random.
/// A pass has B rounds; in round r row block p meets column block (p + r) mod B, so that the B
/// blocks of a round share nothing, and what a block does depends on no other of its round.
/// B depends on the data alone. Source: Gemulla, Nijkamp, Haas, Sismanis 2011 (stratified SGD).
/// Cost: memory, 24 bytes an entry; a pass, a few nanoseconds an entry besides the steps.
class BlockSchedule {
 public:
  /// `columns`: those that take part, without repeats; every entry's among them. The entries of a
  /// row block are shuffled once.
  BlockSchedule(const linalg::CsrMatrix& matrix,
                std::vector<std::uint32_t> columns,
                const Random& random);

  struct Block {
    std::span<const linalg::Triplet> entries;
    std::span<const std::uint32_t> columns;  ///< nobody else touches them during this round
    std::uint64_t seed = 0;                  ///< its own
    std::size_t slot = 0;                    ///< its place in a pass, below blocks()^2
  };
  std::size_t blocks() const { return blocks_; }
  std::size_t entries() const { return entries_.size(); }
  /// Calls `work` once for every block, on all threads. Must not throw.
  void Pass(const std::function<void(const Block&)>& work);

 private:
  void PutRowsIntoBlocks(const linalg::CsrMatrix& matrix, Random random);
  void PutColumnsIntoBlocks();
  void Deal(std::size_t row_block);
  Block At(std::size_t row_block, std::size_t round) const;

  std::size_t blocks_ = 1;
  std::uint64_t seed_;
  std::uint64_t passes_ = 0;
  std::vector<linalg::Triplet> entries_;   ///< by row block, in random order
  std::vector<std::size_t> row_starts_;    ///< of row blocks in entries_
  std::vector<linalg::Triplet> dealt_;     ///< the same by row block and column block
  std::vector<std::size_t> dealt_starts_;  ///< of (row block, column block) in dealt_
  std::vector<std::uint32_t> columns_;     ///< by column block
  std::vector<std::size_t> column_starts_;
  std::vector<std::uint8_t> block_of_;  ///< by column
};

}  // namespace medley::recommenders
