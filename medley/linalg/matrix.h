#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace medley::linalg {

/// Rows of floats in memory that someone else owns. `stride` floats from one row to the next (>=
/// cols).
template <typename Scalar>
struct BasicMatrixView {
  Scalar* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::size_t stride = 0;

  std::span<Scalar> Row(std::size_t row) const {
    assert(row < rows);
    return {data + row * stride, cols};
  }

  /// A view to write through serves wherever one to read through is asked for.
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator BasicMatrixView<const Scalar>() const
    requires(!std::is_const_v<Scalar>)
  {
    return {data, rows, cols, stride};
  }
};
using MatrixView = BasicMatrixView<float>;
using ConstMatrixView = BasicMatrixView<const float>;

/// A dense row-major float matrix, rows contiguous. Owns its memory.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t cols, float value = 0)
      : rows_(rows), cols_(cols), values_(rows * cols, value) {}

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  float* data() { return values_.data(); }
  const float* data() const { return values_.data(); }
  std::span<float> Row(std::size_t row) { return {values_.data() + row * cols_, cols_}; }
  std::span<const float> Row(std::size_t row) const {
    return {values_.data() + row * cols_, cols_};
  }
  float& operator()(std::size_t row, std::size_t col) { return values_[row * cols_ + col]; }
  float operator()(std::size_t row, std::size_t col) const { return values_[row * cols_ + col]; }
  MatrixView View() { return {values_.data(), rows_, cols_, cols_}; }
  ConstMatrixView View() const { return {values_.data(), rows_, cols_, cols_}; }
  /// All of it, row after row.
  std::span<float> values() { return values_; }
  std::span<const float> values() const { return values_; }

 private:
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::vector<float> values_;
};

inline Matrix Transpose(ConstMatrixView matrix) {
  Matrix out(matrix.cols, matrix.rows);
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    for (std::size_t col = 0; col < matrix.cols; ++col) out(col, row) = matrix.Row(row)[col];
  }
  return out;
}

}  // namespace medley::linalg
