#include "medley/linalg/sparse_product.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::linalg {
namespace {

CsrMatrix DrawSparse(Random& random, std::size_t rows, std::size_t cols, double share) {
  std::vector<Triplet> triplets;
  for (std::uint32_t row = 0; row < rows; ++row) {
    for (std::uint32_t col = 0; col < cols; ++col) {
      if (random.Bernoulli(share))
        triplets.push_back({row, col, static_cast<float>(random.Normal())});
    }
  }
  return FromTriplets(rows, cols, std::move(triplets));
}

Matrix Draw(Random& random, std::size_t rows, std::size_t cols) {
  Matrix out(rows, cols);
  for (std::size_t i = 0; i < rows * cols; ++i) out.data()[i] = static_cast<float>(random.Normal());
  return out;
}

// Every width up to a few vectors of the widest instruction set, so that each tail is met.
TEST(SparseProduct, MultiplyAgreesWithTheDefinitionAtEveryWidth) {
  Random random(1);
  for (std::size_t width = 0; width <= 150; ++width) {
    const auto sparse = DrawSparse(random, 90, 40, 0.2);
    const auto dense = Draw(random, 40, width);
    Matrix out(90, width, 7);
    Multiply(sparse, dense.View(), out.View());
    for (std::size_t row = 0; row < 90; ++row) {
      std::vector<double> expected(width);
      for (std::size_t k = 0; k < sparse.ColumnsOf(row).size(); ++k) {
        for (std::size_t i = 0; i < width; ++i)
          expected[i] += double{sparse.ValuesOf(row)[k]} * dense(sparse.ColumnsOf(row)[k], i);
      }
      for (std::size_t i = 0; i < width; ++i) ASSERT_NEAR(out(row, i), expected[i], 1e-4) << width;
    }
  }
}

TEST(SparseProduct, AddRowsAddsToWhatIsThereAndStaysInside) {
  Random random(2);
  const auto dense = Draw(random, 5, 21);
  const std::vector<std::uint32_t> rows = {4, 0, 4};
  const std::vector<float> weights = {2, -1, 0.5F};
  Matrix out(2, 21, 1);
  AddRows(dense.View(), rows, weights, out.Row(0));
  for (std::size_t i = 0; i < 21; ++i) {
    EXPECT_NEAR(out(0, i), 1 + 2.5 * dense(4, i) - dense(0, i), 1e-5);
    EXPECT_EQ(out(1, i), 1);
  }
}

TEST(SparseProduct, ScaledMultipliesByRowAndColumn) {
  const auto matrix = FromTriplets(2, 3, {{0, 1, 2}, {1, 0, 3}, {1, 2, 5}});
  const std::vector<float> of_row = {10, 100};
  const std::vector<float> of_col = {1, 2, 3};
  const auto scaled = Scaled(matrix, of_row, of_col);
  EXPECT_EQ(scaled.values, (std::vector<float>{40, 300, 1500}));
  EXPECT_EQ(scaled.columns, matrix.columns);
}

}  // namespace
}  // namespace medley::linalg
