#include "medley/index/exact_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"

namespace medley::index {
namespace {

using linalg::IndexedScore;

linalg::Matrix Draw(Random& random, std::size_t rows, std::size_t cols) {
  linalg::Matrix out(rows, cols);
  // Small whole numbers: sums are exact, ties are common.
  for (std::size_t i = 0; i < rows * cols; ++i)
    out.data()[i] = static_cast<float>(random.Below(5)) - 2;
  return out;
}

std::vector<IndexedScore> Sorted(const linalg::Matrix& rows,
                                 std::span<const float> query,
                                 std::size_t k,
                                 const std::vector<std::uint8_t>& present) {
  std::vector<IndexedScore> all;
  for (std::uint32_t row = 0; row < rows.rows(); ++row) {
    float sum = 0;
    for (std::size_t i = 0; i < rows.cols(); ++i) sum += rows(row, i) * query[i];
    if (present.empty() || present[row] != 0) all.push_back({row, sum});
  }
  std::sort(all.begin(), all.end(), linalg::RanksBefore);
  all.resize(std::min(k, all.size()));
  return all;
}

// More rows than one thread takes at a time, and every score many times over.
TEST(ExactIndex, TiesAreByRowWhicheverThreadIsFirst) {
  Random random(2);
  const auto rows = Draw(random, 40'000, 2);
  const std::vector<float> query = {1, 1};
  const ExactIndex index(rows.View());
  const auto is_even = [](std::uint32_t row) { return row % 2 == 0; };
  std::vector<std::uint8_t> even(rows.rows());
  for (std::size_t row = 0; row < even.size(); row += 2) even[row] = 1;
  for (const std::size_t k : {1, 30, 2000}) {
    for (int round = 0; round < 10; ++round) {
      EXPECT_EQ(*index.Search(query, k), Sorted(rows, query, k, {}));
      EXPECT_EQ(*index.Search(query, k, is_even), Sorted(rows, query, k, even));
    }
  }
}

TEST(ExactIndex, EqualsASortOfAllProducts) {
  Random random(1);
  for (const std::size_t n : {0, 1, 5, 300, 3000}) {
    for (const std::size_t d : {1, 7, 64, 100}) {
      const auto rows = Draw(random, n, d);
      const auto queries = Draw(random, 20, d);
      std::vector<std::uint8_t> present(n);
      for (auto& flag : present) flag = random.Bernoulli(0.7) ? 1 : 0;
      for (const auto& mask : {std::vector<std::uint8_t>{}, present}) {
        const ExactIndex index(rows.View(), mask);
        const auto all = index.SearchAll(queries.View(), 10);
        ASSERT_TRUE(all);
        for (std::size_t q = 0; q < queries.rows(); ++q) {
          const auto expected = Sorted(rows, queries.Row(q), 10, mask);
          EXPECT_EQ(*index.Search(queries.Row(q), 10), expected);
          EXPECT_EQ((*all)[q], expected);
        }
      }
    }
  }
}

}  // namespace
}  // namespace medley::index
