#include "medley/index/quantised_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/index/exact_index.h"
#include "medley/index/principal_axes.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"

namespace medley::index {
namespace {

/// Unit vectors around a few centres and all to one side, as encoders make them.
linalg::Matrix Crowded(std::size_t n, std::size_t d, std::uint64_t seed) {
  Random random(seed);
  linalg::Matrix centres(20, d);
  for (std::size_t i = 0; i < 20 * d; ++i) centres.data()[i] = static_cast<float>(random.Normal());
  linalg::Matrix rows(n, d);
  for (std::size_t row = 0; row < n; ++row) {
    const auto centre = centres.Row(random.Below(20));
    for (std::size_t i = 0; i < d; ++i)
      rows(row, i) = centre[i] + static_cast<float>(0.8 * random.Normal()) + (i < 3 ? 8.0F : 0.5F);
    linalg::Normalize(rows.Row(row));
  }
  return rows;
}

QuantisedIndex::WholeRow RowsOf(const linalg::Matrix& rows) {
  return [&rows](std::uint32_t row, std::span<float> out) {
    std::ranges::copy(rows.Row(row), out.begin());
  };
}

double Recall(const NearestIndex& index, const linalg::Matrix& rows, std::size_t k) {
  const auto exact = ExactIndex(rows.View()).SearchAll(rows.View(), k);
  const auto found = index.SearchAll(rows.View(), k);
  EXPECT_TRUE(found);
  double right = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    std::set<std::uint32_t> best;
    for (const auto& one : (*exact)[i]) best.insert(one.index);
    for (const auto& one : (*found)[i]) right += best.contains(one.index) ? 1 : 0;
  }
  return right / static_cast<double>(rows.rows() * k);
}

TEST(QuantisedIndex, Int8IsFourTimesSmallerAndFindsTheSame) {
  const auto rows = Crowded(1500, 96, 1);
  const QuantisedIndex codes(rows.View(), {.code = VectorCode::kInt8});
  EXPECT_EQ(codes.bytes(), rows.rows() * 96 + 96 * sizeof(float));
  EXPECT_GE(Recall(codes, rows, 20), 0.95);
  const QuantisedIndex rescored(rows.View(), {.code = VectorCode::kInt8, .whole = RowsOf(rows)});
  EXPECT_GE(Recall(rescored, rows, 20), 0.9999);
}

TEST(QuantisedIndex, BinaryNeedsRescoring) {
  const auto rows = Crowded(1500, 100, 2);
  const QuantisedIndex codes(rows.View(), {.code = VectorCode::kBinary});
  EXPECT_EQ(codes.bytes(), rows.rows() * 2 * 8 + 100 * sizeof(float));
  const double alone = Recall(codes, rows, 20);
  const QuantisedIndex rescored(
      rows.View(), {.code = VectorCode::kBinary, .whole = RowsOf(rows), .widening = 10});
  EXPECT_GE(alone, 0.2);
  EXPECT_LE(alone, 0.9);
  EXPECT_GE(Recall(rescored, rows, 20), 0.95);
}

TEST(QuantisedIndex, ScoresAreProductsWithinRounding) {
  const auto rows = Crowded(300, 64, 3);
  const QuantisedIndex codes(rows.View(), {});
  const auto found = codes.Search(rows.Row(7), 300);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 300U);
  EXPECT_EQ((*found)[0].index, 7U);
  for (const auto& one : *found)
    EXPECT_NEAR(one.score, linalg::Dot(rows.Row(7), rows.Row(one.index)), 0.01);
}

// Rows of zeros, a modality that items lack, must not move what bits are taken around.
TEST(QuantisedIndex, MissingRowsDoNotBlurTheBitsOfOthers) {
  const auto rows = Crowded(600, 100, 4);
  linalg::Matrix sparse(rows.rows() * 5, rows.cols());
  std::vector<std::uint8_t> present(sparse.rows());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    std::ranges::copy(rows.Row(i), sparse.Row(5 * i).begin());
    present[5 * i] = 1;
  }
  const QuantisedIndex dense(rows.View(), {.code = VectorCode::kBinary});
  const QuantisedIndex holes(sparse.View(), {.code = VectorCode::kBinary, .present = present});
  for (std::size_t i = 0; i < rows.rows(); i += 50) {
    const auto expected = dense.Search(rows.Row(i), 30);
    const auto found = holes.Search(rows.Row(i), 30);
    for (std::size_t place = 0; place < 30; ++place)
      EXPECT_EQ((*found)[place].index, 5 * (*expected)[place].index);
  }
}

TEST(QuantisedIndex, NamesOfCodesGoBothWays) {
  for (const auto code : {VectorCode::kInt8, VectorCode::kBinary})
    EXPECT_EQ(VectorCodeNamed(VectorCodeName(code)), code);
  EXPECT_EQ(VectorCodeNamed("float32"), std::nullopt);
}

TEST(PrincipalAxes, AllOfThemKeepProductsAndFewKeepTheBest) {
  const auto rows = Crowded(400, 40, 5);
  const auto all = PrincipalAxes::Fit(rows.View(), 40);
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_NEAR(all->kept(), 1, 1e-6);
  const auto turned = all->Project(rows.View());
  ASSERT_TRUE(turned);
  for (std::size_t i = 0; i + 1 < rows.rows(); i += 7) {
    EXPECT_NEAR(linalg::Dot(turned->Row(i), turned->Row(i + 1)),
                linalg::Dot(rows.Row(i), rows.Row(i + 1)),
                1e-4);
  }
  // A prefix of all axes is what fewer axes give, and no other choice of as many numbers keeps
  // more.
  const auto few = PrincipalAxes::Fit(rows.View(), 8);
  ASSERT_TRUE(few);
  double squares = 0;
  double first = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    squares += static_cast<double>(linalg::SquaredNorm(turned->Row(i).first(8)));
    first += static_cast<double>(linalg::SquaredNorm(rows.Row(i).first(8)));
  }
  EXPECT_NEAR(few->kept(), squares / static_cast<double>(rows.rows()), 1e-4);
  EXPECT_GT(squares, first);
  EXPECT_FALSE(PrincipalAxes::Fit(rows.View(), 41));
  EXPECT_FALSE(PrincipalAxes::Fit(linalg::Matrix(0, 4).View(), 2));
  EXPECT_FALSE(few->Project(linalg::Matrix(2, 39).View()));
}

}  // namespace
}  // namespace medley::index
