#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "medley/linalg/matrix.h"

namespace medley::linalg {

/// A dense float matrix whose rows fill whole cache lines: row r starts on a line of its own, with
/// zeros behind its `cols` numbers. Loops over padded_cols() need no tail, and threads that write
/// to different rows never share a line. Owns its memory.
class PaddedMatrix {
 public:
  PaddedMatrix() = default;
  PaddedMatrix(std::size_t rows, std::size_t cols)
      : rows_(rows),
        cols_(cols),
        lines_a_row_((cols + kFloatsALine - 1) / kFloatsALine),
        lines_(rows * lines_a_row_) {}

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  std::size_t padded_cols() const { return lines_a_row_ * kFloatsALine; }
  std::span<float> Row(std::size_t row) { return View().Row(row); }
  std::span<const float> Row(std::size_t row) const { return View().Row(row); }
  /// Without the padding.
  MatrixView View() { return {data(), rows_, cols_, padded_cols()}; }
  ConstMatrixView View() const { return {data(), rows_, cols_, padded_cols()}; }
  /// With it.
  MatrixView PaddedView() { return {data(), rows_, padded_cols(), padded_cols()}; }
  ConstMatrixView PaddedView() const { return {data(), rows_, padded_cols(), padded_cols()}; }

 private:
  static constexpr std::size_t kFloatsALine = 16;
  struct alignas(64) Line {
    std::array<float, kFloatsALine> values{};
  };
  float* data() { return lines_.empty() ? nullptr : lines_.front().values.data(); }
  const float* data() const { return lines_.empty() ? nullptr : lines_.front().values.data(); }

  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::size_t lines_a_row_ = 0;
  std::vector<Line> lines_;
};

}  // namespace medley::linalg
