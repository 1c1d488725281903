#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/top_k.h"

namespace medley::linalg {
namespace {

std::vector<float> Draw(Random& random, std::size_t n) {
  std::vector<float> out(n);
  for (auto& value : out) value = static_cast<float>(random.Normal());
  return out;
}

Matrix DrawMatrix(Random& random, std::size_t rows, std::size_t cols) {
  Matrix out(rows, cols);
  for (std::size_t i = 0; i < rows * cols; ++i) out.data()[i] = static_cast<float>(random.Normal());
  return out;
}

// Every length up to a few vectors of the widest instruction set, so that each tail is met.
constexpr std::size_t kLongest = 150;

TEST(Kernels, DotAgreesWithTheDefinitionAtEveryLength) {
  Random random(1);
  for (std::size_t n = 0; n <= kLongest; ++n) {
    const auto a = Draw(random, n);
    const auto b = Draw(random, n);
    double expected = 0;
    for (std::size_t i = 0; i < n; ++i) expected += double{a[i]} * double{b[i]};
    EXPECT_NEAR(Dot(a, b), expected, 1e-4) << n;
  }
}

TEST(Kernels, AxpyAndScaleAgreeWithTheDefinitionAndStayInside) {
  Random random(2);
  for (std::size_t n = 0; n <= kLongest; ++n) {
    const auto x = Draw(random, n);
    auto y = Draw(random, n + 1);
    const auto before = y;
    Axpy(0.5F, x, std::span(y).first(n));
    for (std::size_t i = 0; i < n; ++i) ASSERT_NEAR(y[i], before[i] + 0.5F * x[i], 1e-6) << n;
    EXPECT_EQ(y[n], before[n]);
    Scale(3, std::span(y).first(n));
    EXPECT_EQ(y[n], before[n]);
    if (n > 0) {
      EXPECT_NEAR(y[n - 1], 3 * (before[n - 1] + 0.5F * x[n - 1]), 1e-5);
    }
  }
}

TEST(Kernels, TimesVectorGivesEachRowsDotProduct) {
  Random random(3);
  for (const std::size_t rows : {0, 1, 3, 4, 5, 9}) {
    for (const std::size_t cols : {1, 7, 8, 31, 64, 65}) {
      const auto m = DrawMatrix(random, rows, cols + 3);
      const auto x = Draw(random, cols);
      std::vector<float> out(rows);
      const ConstMatrixView narrow{m.data(), rows, cols, cols + 3};
      TimesVector(narrow, x, out);
      for (std::size_t r = 0; r < rows; ++r) EXPECT_NEAR(out[r], Dot(narrow.Row(r), x), 1e-4);
    }
  }
}

TEST(Kernels, AddProjectionsAgreesWithTheDefinitionForAnyNumberOfRows) {
  Random random(9);
  for (const std::size_t n : {1, 3, 8, 16, 31, 64, 65, 150}) {
    const auto matrix = DrawMatrix(random, 12, n);
    for (std::size_t count = 0; count <= 9; ++count) {
      std::vector<std::uint32_t> rows;
      for (std::size_t k = 0; k < count; ++k)
        rows.push_back(static_cast<std::uint32_t>(random.Below(12)));
      const auto targets = Draw(random, count);
      const auto factors = Draw(random, count);
      const auto x = Draw(random, n);
      for (const bool with_targets : {false, true}) {
        auto out = Draw(random, n + 1);
        std::vector<double> expected(out.begin(), out.end());
        for (std::size_t k = 0; k < count; ++k) {
          double dot = 0;
          for (std::size_t i = 0; i < n; ++i) dot += double{matrix(rows[k], i)} * double{x[i]};
          const double factor = (with_targets ? double{targets[k]} : 0) + double{factors[k]} * dot;
          for (std::size_t i = 0; i < n; ++i) expected[i] += factor * double{matrix(rows[k], i)};
        }
        AddProjections(matrix.View(),
                       rows,
                       with_targets ? std::span<const float>(targets) : std::span<const float>(),
                       factors,
                       x,
                       std::span(out).first(n));
        for (std::size_t i = 0; i <= n; ++i)
          ASSERT_NEAR(double{out[i]}, expected[i], 1e-3) << n << " " << count;
      }
    }
  }
}

TEST(Kernels, NormalizeMakesLengthOneAndLeavesZerosAlone) {
  std::vector<float> x = {3, 0, 4};
  EXPECT_TRUE(Normalize(x));
  EXPECT_THAT(x, testing::Pointwise(testing::FloatNear(1e-6F), {0.6F, 0.0F, 0.8F}));
  std::vector<float> zeros(5);
  EXPECT_FALSE(Normalize(zeros));
  EXPECT_THAT(zeros, testing::Each(0.0F));
}

TEST(Kernels, AllFiniteSeesOneBadValueAnywhere) {
  for (std::size_t n = 1; n <= 70; ++n) {
    std::vector<float> x(n, 1e30F);
    EXPECT_TRUE(AllFinite(x));
    for (std::size_t i = 0; i < n; ++i) {
      for (const float bad :
           {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        x[i] = bad;
        EXPECT_FALSE(AllFinite(x)) << n << " " << i;
      }
      x[i] = 0;
    }
  }
}

TEST(TopK, EqualsASortOfEverything) {
  Random random(4);
  for (int round = 0; round < 200; ++round) {
    const std::size_t n = random.Below(300);
    const std::size_t k = random.Below(40);
    std::vector<float> scores(n);
    // Few distinct values: ties everywhere.
    for (auto& score : scores) score = static_cast<float>(random.Below(20)) - 10;
    if (n > 3) scores[2] = -std::numeric_limits<float>::infinity();
    if (n > 5) scores[4] = std::numeric_limits<float>::quiet_NaN();
    std::vector<IndexedScore> expected;
    for (std::uint32_t i = 0; i < n; ++i) {
      if (scores[i] > -std::numeric_limits<float>::infinity() && i % 3 != 0)
        expected.push_back({i, scores[i]});
    }
    std::sort(expected.begin(), expected.end(), RanksBefore);
    if (expected.size() > k) expected.resize(k);
    EXPECT_EQ(TopK(scores, k, [](std::uint32_t i) { return i % 3 != 0; }), expected);
    TopKCollector collector(k);
    std::vector<std::uint32_t> order(n);
    for (std::uint32_t i = 0; i < n; ++i) order[i] = i;
    random.Shuffle(std::span(order));
    for (const auto i : order) {
      if (i % 3 != 0) collector.Add(i, scores[i]);
    }
    EXPECT_EQ(collector.Take(), expected);
  }
}

// Long enough that a sample says what to look at; with ties, NaN and too few that count.
TEST(TopK, UnorderedIsTheSameSet) {
  Random random(31);
  for (const std::size_t n : {5, 200, 1000, 5000}) {
    for (const double share : {1.0, 0.5, 0.02}) {
      auto scores = Draw(random, n);
      for (auto& score : scores) {
        if (!random.Bernoulli(share)) score = -std::numeric_limits<float>::infinity();
        if (random.Bernoulli(0.3)) score = std::round(score);
        if (random.Bernoulli(0.01)) score = std::numeric_limits<float>::quiet_NaN();
      }
      for (const std::size_t k : {0, 1, 33, 100, 200}) {
        std::vector<IndexedScore> expected;
        for (std::uint32_t i = 0; i < n; ++i)
          if (std::isfinite(scores[i])) expected.push_back({i, scores[i]});
        std::sort(expected.begin(), expected.end(), RanksBefore);
        expected.resize(std::min(k, expected.size()));
        EXPECT_EQ(TopK(scores, k), expected) << n << " " << k;
        auto set = TopKUnordered(scores, k);
        std::sort(set.begin(), set.end(), RanksBefore);
        EXPECT_EQ(set, expected) << n << " " << k;
      }
    }
  }
}

TEST(Sparse, TransposeAndGramAgreeWithTheDenseProduct) {
  Random random(5);
  std::vector<Triplet> triplets;
  Matrix dense(30, 40);
  for (int i = 0; i < 300; ++i) {
    const Triplet t{static_cast<std::uint32_t>(random.Below(30)),
                    static_cast<std::uint32_t>(random.Below(40)),
                    static_cast<float>(random.Below(5))};
    triplets.push_back(t);
    dense(t.row, t.col) += t.value;
  }
  const auto sparse = FromTriplets(30, 40, triplets);
  const auto transposed = Transpose(sparse);
  ASSERT_EQ(transposed.rows, 40U);
  Matrix gram(40, 40);
  Gram(sparse, gram.View());
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_TRUE(std::is_sorted(transposed.ColumnsOf(i).begin(), transposed.ColumnsOf(i).end()));
    for (std::size_t k = 0; k < transposed.ColumnsOf(i).size(); ++k) {
      EXPECT_EQ(transposed.ValuesOf(i)[k], dense(transposed.ColumnsOf(i)[k], i));
    }
    for (std::size_t j = 0; j < 40; ++j) {
      float expected = 0;
      for (std::size_t r = 0; r < 30; ++r) expected += dense(r, i) * dense(r, j);
      EXPECT_EQ(gram(i, j), expected);
    }
  }
}

// So few entries that most rows are summed by remembering which columns they touched.
TEST(Sparse, GramRowsAreTheSameWhetherFewOrManyColumnsAreFilled) {
  Random random(11);
  std::vector<Triplet> triplets;
  for (int i = 0; i < 300; ++i) {
    // The first columns are popular: their rows are dense.
    const auto col = random.Bernoulli(0.7) ? random.Below(3) : random.Below(200);
    triplets.push_back({static_cast<std::uint32_t>(random.Below(60)),
                        static_cast<std::uint32_t>(col),
                        static_cast<float>(1 + random.Below(4))});
  }
  const auto sparse = FromTriplets(60, 200, triplets);
  const auto transposed = Transpose(sparse);
  Matrix expected(200, 200);
  Gram(sparse, expected.View());
  std::atomic<int> few{0};
  std::atomic<int> many{0};
  const auto check = [&](std::size_t row, const GramRow& product) {
    (product.is_sparse ? few : many) += 1;
    std::vector<float> values(200);
    if (product.is_sparse) {
      for (const auto column : product.filled) values[column] += product.values[column];
    } else {
      values.assign(product.values.begin(), product.values.end());
    }
    for (std::size_t col = 0; col < 200; ++col) {
      float sum = 0;
      for (std::size_t k = 0; k < transposed.ColumnsOf(row).size(); ++k) {
        const auto user = transposed.ColumnsOf(row)[k];
        for (std::size_t e = 0; e < sparse.ColumnsOf(user).size(); ++e) {
          if (sparse.ColumnsOf(user)[e] == col)
            sum += transposed.ValuesOf(row)[k] * sparse.ValuesOf(user)[e];
        }
      }
      ASSERT_EQ(values[col], sum) << row << " " << col;
      ASSERT_EQ(expected(row, col), sum);
    }
  };
  ForEachGramRow(sparse, transposed, check);
  EXPECT_GT(few, 100);
  EXPECT_GT(many, 0);
  const int all = few + many;
  const std::vector<std::uint32_t> some = {0, 5, 199};
  ForEachGramRow(sparse, transposed, check, some);
  EXPECT_EQ(few + many, all + 3);
}

// Dense enough to be summed as half a matrix: of one sum for the two, whatever the users weigh.
TEST(Sparse, GramRowsOfDenseMatricesAreThoseOfSingleRows) {
  Random random(12);
  for (const bool is_unit : {true, false}) {
    std::vector<Triplet> triplets;
    for (std::uint32_t user = 0; user < 90; ++user) {
      const float value = is_unit ? 1.0F : 1 / static_cast<float>(1 + random.Below(9));
      for (std::uint32_t item = 0; item < 70; ++item) {
        if (random.Bernoulli(item < 5 ? 0.05 : 0.8)) triplets.push_back({user, item, value});
      }
    }
    const auto sparse = FromTriplets(90, 70, triplets);
    auto transposed = Transpose(sparse);
    std::fill(transposed.values.begin(), transposed.values.end(), 1.0F);
    Matrix whole(70, 70);
    std::atomic<int> seen{0};
    ForEachGramRow(sparse, transposed, [&](std::size_t row, const GramRow& product) {
      ++seen;
      ASSERT_FALSE(product.is_sparse);
      std::copy(product.values.begin(), product.values.end(), whole.Row(row).begin());
    });
    EXPECT_EQ(seen, 70);
    std::vector<std::uint32_t> every(70);
    std::iota(every.begin(), every.end(), 0U);
    ForEachGramRow(
        sparse,
        transposed,
        [&](std::size_t row, const GramRow& product) {
          EXPECT_THAT(product.values, testing::ElementsAreArray(whole.Row(row))) << row;
        },
        every);
  }
}

// Some columns so full that they are counted by bits, some not, and one of nothing.
TEST(Sparse, GramOfOnesCountsWhatColumnsShare) {
  Random random(13);
  constexpr std::size_t kRows = 700;
  constexpr std::size_t kCols = 300;
  std::vector<Triplet> triplets;
  Matrix dense(kRows, kCols);
  for (std::uint32_t row = 0; row < kRows; ++row) {
    for (std::uint32_t col = 0; col + 1 < kCols; ++col) {
      if (!random.Bernoulli(col % 3 == 0 ? 0.7 : 0.02)) continue;
      triplets.push_back({row, col, 1});
      dense(row, col) = 1;
    }
  }
  Matrix expected(kCols, kCols);
  ColumnGram(dense.View(), expected.View());
  Matrix gram(kCols, kCols, -1);
  Gram(FromTriplets(kRows, kCols, std::move(triplets)), gram.View());
  EXPECT_THAT(gram.values(), testing::ElementsAreArray(expected.values()));
}

// More entries than one piece takes.
TEST(Sparse, TransposeOfALargeMatrixKeepsEveryEntryInOrder) {
  Random random(14);
  CsrMatrix matrix{20000, 300, {0}, {}, {}};
  for (std::uint32_t row = 0; row < matrix.rows; ++row) {
    for (std::uint32_t col = static_cast<std::uint32_t>(random.Below(30)); col < 300; col += 20) {
      matrix.columns.push_back(col);
      matrix.values.push_back(static_cast<float>(random.Uniform()));
    }
    matrix.starts.push_back(matrix.size());
  }
  const auto transposed = Transpose(matrix);
  const auto places = PlacesOfTransposed(matrix);
  for (std::size_t col = 0; col < 300; ++col) {
    const auto rows = transposed.ColumnsOf(col);
    ASSERT_TRUE(std::is_sorted(rows.begin(), rows.end()));
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const std::size_t place = places[transposed.starts[col] + k];
      ASSERT_EQ(matrix.columns[place], col);
      ASSERT_EQ(matrix.values[place], transposed.ValuesOf(col)[k]);
      ASSERT_TRUE(matrix.starts[rows[k]] <= place && place < matrix.starts[rows[k] + 1]);
    }
  }
  const auto again = Transpose(transposed);
  EXPECT_EQ(again.columns, matrix.columns);
  EXPECT_EQ(again.values, matrix.values);
}

/// A random matrix with eigenvalues of 1 and more.
Matrix DrawPositiveDefinite(Random& random, std::size_t n) {
  const auto a = DrawMatrix(random, n, n);
  Matrix out(n, n);
  ColumnGram(a.View(), out.View());
  for (std::size_t i = 0; i < n; ++i) out(i, i) += 1 + static_cast<float>(n) / 4;
  return out;
}

TEST(Solve, InverseTimesMatrixIsTheIdentityAcrossTileEdges) {
  Random random(6);
  for (const std::size_t n : {1, 2, 50, 191, 192, 193, 400}) {
    const auto original = DrawPositiveDefinite(random, n);
    auto inverse = original;
    ASSERT_TRUE(InvertPositiveDefinite(inverse.View()));
    Matrix product(n, n);
    TimesTransposed(original.View(), inverse.View(), product.View());
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) ASSERT_NEAR(product(i, j), i == j ? 1 : 0, 2e-3) << n;
    }
  }
}

TEST(Solve, RefusesAMatrixThatIsNotPositiveDefinite) {
  Matrix matrix(3, 3);
  matrix(0, 0) = 1;
  matrix(1, 1) = -1;
  matrix(2, 2) = 1;
  auto rhs = Matrix(1, 3, 2);
  auto copy = matrix;
  EXPECT_EQ(SolvePositiveDefinite(copy.View(), rhs.View()).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(rhs(0, 1), 2);
  EXPECT_EQ(InvertPositiveDefinite(matrix.View()).error().code, ErrorCode::kInvalidInput);
}

TEST(Solve, SolvesEachRow) {
  Random random(7);
  const auto original = DrawPositiveDefinite(random, 20);
  const auto x = DrawMatrix(random, 3, 20);
  Matrix rhs(3, 20);
  TimesTransposed(x.View(), original.View(), rhs.View());
  auto factor = original;
  ASSERT_TRUE(SolvePositiveDefinite(factor.View(), rhs.View()));
  for (std::size_t i = 0; i < 60; ++i) EXPECT_NEAR(rhs.data()[i], x.data()[i], 1e-3);
}

TEST(Solve, EigenvectorsAreStretchedByTheirValues) {
  Random random(9);
  const auto original = DrawPositiveDefinite(random, 20);
  auto vectors = original;
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t j = i + 1; j < 20; ++j) vectors(i, j) = -100;  // not to be read
  std::vector<float> values(20);
  ASSERT_TRUE(EigenSymmetric(vectors, values));
  EXPECT_TRUE(std::is_sorted(values.begin(), values.end()));
  for (std::size_t k = 0; k < 20; ++k) {
    const auto vector = std::as_const(vectors).Row(k);
    EXPECT_NEAR(SquaredNorm(vector), 1, 1e-4);
    for (std::size_t i = 0; i < 20; ++i)
      EXPECT_NEAR(Dot(original.Row(i), vector), values[k] * vector[i], 1e-3);
  }
  vectors(1, 0) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(EigenSymmetric(vectors, values).error().code, ErrorCode::kInvalidInput);
}

TEST(Solve, ColumnGramAddsUpAllPieces) {
  Random random(8);
  const auto a = DrawMatrix(random, 5000, 3);
  Matrix gram(3, 3);
  ColumnGram(a.View(), gram.View());
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      double expected = 0;
      for (std::size_t r = 0; r < 5000; ++r) expected += double{a(r, i)} * double{a(r, j)};
      EXPECT_NEAR(gram(i, j), expected, 0.05);
    }
  }
}

}  // namespace
}  // namespace medley::linalg
