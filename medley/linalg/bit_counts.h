#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace medley::linalg {

/// Rows of bits, and a row of zeros behind them; each row fills whole cache lines.
class BitRows {
 public:
  BitRows(std::size_t rows, std::size_t columns);
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  /// Threads: one a row.
  void Set(std::size_t row, std::size_t column) {
    bits_[row * stride_ + column / 8] |= static_cast<std::uint8_t>(1U << column % 8);
  }

  /// out[c] = in how many of `chosen` bit c is set. Shapes: out has columns(). Threads: any. Cost:
  /// about a third of a processor cycle for 16 columns of a row with AVX2, for the bits are added
  /// as vertical numbers, sixteen rows at a time by carry-save adders. Source: Harley and Seal's
  /// method in Mula, Kurz, Lemire: Faster population counts using AVX2 instructions, 2018; for
  /// each position apart, Klarqvist, Mula, Lemire: Efficient computation of positional population
  /// counts, 2021.
  void Count(std::span<const std::uint32_t> chosen, std::span<float> out) const;

 private:
  std::size_t rows_;
  std::size_t columns_;
  std::size_t stride_;
  std::vector<std::uint8_t> bits_;
};

}  // namespace medley::linalg
