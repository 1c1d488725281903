#include "medley/index/nearest_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "medley/core/random.h"
#include "medley/index/exact_index.h"
#include "medley/index/quantised_index.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"

namespace medley::index {
namespace {

using linalg::IndexedScore;

/// A row of the contract's table: what vectors become, and whether the best are looked at whole.
struct Kind {
  std::string name;
  std::optional<VectorCode> code;
  bool rescored = false;
};

std::unique_ptr<NearestIndex> Make(const Kind& kind,
                                   const linalg::Matrix& rows,
                                   std::span<const std::uint8_t> present = {}) {
  if (!kind.code) return std::make_unique<ExactIndex>(rows.View(), present);
  QuantisedIndex::Options options{.code = *kind.code, .present = present};
  if (kind.rescored) {
    options.whole = [&rows](std::uint32_t row, std::span<float> out) {
      std::ranges::copy(rows.Row(row), out.begin());
    };
  }
  return std::make_unique<QuantisedIndex>(rows.View(), options);
}

linalg::Matrix Directions(std::size_t n, std::size_t d, std::uint64_t seed) {
  Random random(seed);
  linalg::Matrix rows(n, d);
  for (std::size_t row = 0; row < n; ++row) {
    for (auto& value : rows.Row(row)) value = static_cast<float>(random.Normal());
    linalg::Normalize(rows.Row(row));
  }
  return rows;
}

class NearestIndexContract : public ::testing::TestWithParam<Kind> {};

TEST_P(NearestIndexContract, BestFirstTiesByRowEachRowOnce) {
  auto rows = Directions(2500, 24, 1);
  for (std::size_t row = 0; row < 500; ++row)  // and every one of them five times
    for (std::size_t copy = 500 + row; copy < 2500; copy += 500)
      std::ranges::copy(rows.Row(row), rows.Row(copy).begin());
  const auto index = Make(GetParam(), rows);
  EXPECT_EQ(index->size(), 2500U);
  EXPECT_EQ(index->dimension(), 24U);
  const auto found = index->Search(rows.Row(3), 2500);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2500U);
  EXPECT_TRUE(std::ranges::is_sorted(*found, linalg::RanksBefore));
  std::vector<std::uint8_t> seen(2500);
  for (const auto& one : *found) EXPECT_EQ(seen[one.index]++, 0);
  for (std::uint32_t i = 0; i < 5; ++i) EXPECT_EQ((*found)[i].index, 3 + 500 * i);
}

TEST_P(NearestIndexContract, ManyAtOnceAreAsOneByOne) {
  const auto rows = Directions(3000, 70, 2);
  const auto queries = Directions(40, 70, 3);
  const auto index = Make(GetParam(), rows);
  const auto all = index->SearchAll(queries.View(), 12);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), queries.rows());
  for (std::size_t i = 0; i < queries.rows(); ++i)
    EXPECT_EQ((*all)[i], *index->Search(queries.Row(i), 12));
}

TEST_P(NearestIndexContract, WholeProductsDecideWhereTheyAreLookedAt) {
  if (GetParam().code && !GetParam().rescored) GTEST_SKIP() << "codes alone";
  const auto rows = Directions(1000, 33, 4);
  const auto index = Make(GetParam(), rows);
  const auto found = index->Search(rows.Row(9), 15);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 15U);
  for (const auto& one : *found)
    EXPECT_NEAR(one.score, linalg::Dot(rows.Row(9), rows.Row(one.index)), 1e-6);
}

TEST_P(NearestIndexContract, KeepsToWhatIsPresentAndAllowed) {
  const auto rows = Directions(200, 32, 5);
  std::vector<std::uint8_t> present(200, 1);
  for (std::size_t i = 0; i < 200; i += 2) present[i] = 0;
  const auto index = Make(GetParam(), rows, present);
  const auto found =
      index->Search(rows.Row(0), 200, [](std::uint32_t row) { return row % 3 != 0; });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), 67U);
  for (const auto& one : *found) EXPECT_TRUE(one.index % 2 == 1 && one.index % 3 != 0);
  const auto many = index->SearchAll(rows.View(), 200);
  ASSERT_TRUE(many);
  for (const auto& one : (*many)[7]) EXPECT_EQ(one.index % 2, 1U);
  EXPECT_EQ((*many)[7].size(), 100U);
}

TEST_P(NearestIndexContract, TakesOddRowsAndRefusesOddQueries) {
  linalg::Matrix rows(3, 5);
  rows(1, 2) = 1e30F;
  rows(2, 0) = -1e-30F;
  const auto index = Make(GetParam(), rows);
  for (const float value : {0.0F, 1e30F, 1e-38F, -3.0F}) {
    const auto found = index->Search(std::vector<float>(5, value), 10);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->size(), 3U);
    for (const auto& one : *found) EXPECT_TRUE(std::isfinite(one.score) || value == 1e30F);
  }
  const auto error = [](const auto& found) {
    return found ? ErrorCode::kInternal : found.error().code;
  };
  EXPECT_EQ(error(index->Search(std::vector<float>(4), 1)), ErrorCode::kInvalidInput);
  EXPECT_EQ(error(index->Search({}, 1)), ErrorCode::kInvalidInput);
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    std::vector<float> query(5, 1);
    query[4] = value;
    EXPECT_EQ(error(index->Search(query, 1)), ErrorCode::kInvalidInput);
  }
  EXPECT_EQ(error(index->SearchAll(linalg::Matrix(2, 6).View(), 1)), ErrorCode::kInvalidInput);
  EXPECT_TRUE(index->Search(std::vector<float>(5), 0)->empty());
  const linalg::Matrix none(0, 5);
  EXPECT_TRUE(Make(GetParam(), none)->Search(std::vector<float>(5), 3)->empty());
  const auto nothing = index->SearchAll(none.View(), 3);
  ASSERT_TRUE(nothing);
  EXPECT_TRUE(nothing->empty());
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         NearestIndexContract,
                         ::testing::Values(Kind{"exact", {}},
                                           Kind{"int8", VectorCode::kInt8},
                                           Kind{"int8_rescored", VectorCode::kInt8, true},
                                           Kind{"binary", VectorCode::kBinary},
                                           Kind{"binary_rescored", VectorCode::kBinary, true}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace medley::index
