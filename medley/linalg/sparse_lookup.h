#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/linalg/sparse.h"

namespace medley::linalg {

/// Whether a place of a sparse matrix is filled. Each row has a bit set over hashed columns, at
/// least eight bits an entry: a bit that is not set answers most questions with one load; a binary
/// search in the row answers the rest, so that the answer is always right. Views: the matrix must
/// live as long. Cost: memory, one to two bytes an entry. Threads: any.
class SparseLookup {
 public:
  explicit SparseLookup(const CsrMatrix& matrix) : matrix_(&matrix), rows_(matrix.rows) {
    std::size_t words = 0;
    for (std::size_t row = 0; row < matrix.rows; ++row) {
      const std::size_t bits =
          std::max(kWordBits, std::bit_ceil(kBitsAnEntry * matrix.ColumnsOf(row).size()));
      rows_[row] = {words, static_cast<unsigned>(32 - std::countr_zero(bits))};
      words += bits / kWordBits;
    }
    words_.assign(words, 0);
    for (std::size_t row = 0; row < matrix.rows; ++row) {
      for (const auto column : matrix.ColumnsOf(row)) {
        const auto bit = Hash(rows_[row], column);
        words_[rows_[row].first_word + bit / kWordBits] |= std::uint64_t{1} << (bit % kWordBits);
      }
    }
  }

  /// Where Contains will look first.
  const std::uint64_t* WordOf(std::size_t row, std::uint32_t column) const {
    return &words_[rows_[row].first_word + Hash(rows_[row], column) / kWordBits];
  }
  bool Contains(std::size_t row, std::uint32_t column) const {
    const auto bit = Hash(rows_[row], column);
    const auto word = words_[rows_[row].first_word + bit / kWordBits];
    if (((word >> (bit % kWordBits)) & 1) == 0) return false;
    const auto columns = matrix_->ColumnsOf(row);
    return std::binary_search(columns.begin(), columns.end(), column);
  }

 private:
  static constexpr std::size_t kWordBits = 64;
  static constexpr std::size_t kBitsAnEntry = 8;
  struct Row {
    std::size_t first_word = 0;
    unsigned shift = 0;
  };
  /// Fibonacci hashing: the top bits of a product with 2^32 over the golden ratio.
  static std::uint32_t Hash(const Row& row, std::uint32_t column) {
    return (column * 0x9e3779b1U) >> row.shift;
  }

  const CsrMatrix* matrix_;
  std::vector<Row> rows_;
  std::vector<std::uint64_t> words_;
};

}  // namespace medley::linalg
