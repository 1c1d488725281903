#include "medley/linalg/factor_steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/padded_matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/sparse_lookup.h"

namespace medley::linalg {
namespace {

PaddedMatrix DrawPadded(Random& random, std::size_t rows, std::size_t cols) {
  PaddedMatrix out(rows, cols);
  for (std::size_t row = 0; row < rows; ++row) {
    for (auto& value : out.Row(row)) value = static_cast<float>(0.5 * random.Normal());
  }
  return out;
}

std::vector<float> Copy(std::span<const float> row) { return {row.begin(), row.end()}; }

/// One user's world: items 0 (theirs) and 1 (the only one that can be drawn).
struct OnePair {
  explicit OnePair(std::size_t d, std::uint64_t seed) {
    Random random(seed);
    users = DrawPadded(random, 2, d);
    items = DrawPadded(random, 2, d);
  }
  Factors Learned() { return {users.PaddedView(), items.PaddedView(), bias, {}, {}}; }
  PairSteps Steps() const {
    PairSteps steps;
    steps.rate = 0.1F;
    steps.regularization = 0.05F;
    steps.negatives = negatives;
    steps.seen = &seen;
    steps.weight_after_trials = weights;
    return steps;
  }

  CsrMatrix matrix{2, 2, {0, 0, 1}, {0}, {1}};
  SparseLookup seen{matrix};
  PaddedMatrix users;
  PaddedMatrix items;
  std::vector<float> bias = {0.3F, -0.2F};
  std::vector<std::uint32_t> negatives = {1};
  std::vector<float> weights = {0, 0.75F, 0.5F};
  std::vector<Triplet> positives = {{1, 0, 2}};
};

/// What a step of this negative slope makes of the pair, number by number.
void ExpectStepped(const OnePair& before, const OnePair& after, double slope, double rate) {
  const double keep = 1 - rate * 0.05;
  const auto u = before.users.Row(1);
  const auto i = before.items.Row(0);
  const auto j = before.items.Row(1);
  for (std::size_t k = 0; k < u.size(); ++k) {
    EXPECT_NEAR(
        after.users.Row(1)[k], keep * u[k] + rate * slope * (double{i[k]} - double{j[k]}), 1e-5);
    EXPECT_NEAR(after.items.Row(0)[k], keep * i[k] + rate * slope * u[k], 1e-5);
    EXPECT_NEAR(after.items.Row(1)[k], keep * j[k] - rate * slope * u[k], 1e-5);
  }
  EXPECT_NEAR(after.bias[0], keep * before.bias[0] + rate * slope, 1e-5);
  EXPECT_NEAR(after.bias[1], keep * before.bias[1] - rate * slope, 1e-5);
  EXPECT_EQ(Copy(after.users.Row(0)), Copy(before.users.Row(0)));
}

double Margin(const OnePair& world) {
  double x = double{world.bias[0]} - double{world.bias[1]};
  for (std::size_t k = 0; k < world.users.cols(); ++k) {
    x += double{world.users.Row(1)[k]} *
         (double{world.items.Row(0)[k]} - double{world.items.Row(1)[k]});
  }
  return x;
}

TEST(PaddedMatrix, RowsStartOnCacheLinesWithZerosBehind) {
  for (const std::size_t cols : {1, 15, 16, 17, 64}) {
    PaddedMatrix matrix(3, cols);
    for (std::size_t row = 0; row < 3; ++row) std::ranges::fill(matrix.Row(row), 1.0F);
    const auto copy = matrix;
    for (std::size_t row = 0; row < 3; ++row) {
      const auto padded = copy.PaddedView().Row(row);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(padded.data()) % 64, 0U);
      EXPECT_EQ(std::count(padded.begin(), padded.end(), 1.0F), static_cast<std::ptrdiff_t>(cols));
      EXPECT_EQ(padded.size() % 16, 0U);
    }
  }
}

TEST(SparseLookup, AgreesWithTheMatrixEverywhere) {
  Random random(5);
  std::vector<Triplet> triplets;
  std::set<std::pair<std::uint32_t, std::uint32_t>> filled;
  for (std::uint32_t row = 0; row < 20; ++row) {
    // From empty rows to nearly full ones.
    for (std::uint32_t col = 0; col < 300; ++col) {
      if (!random.Bernoulli(row / 20.0)) continue;
      triplets.push_back({row, col, 1});
      filled.insert({row, col});
    }
  }
  const auto matrix = FromTriplets(20, 300, triplets);
  const SparseLookup lookup(matrix);
  for (std::uint32_t row = 0; row < 20; ++row) {
    for (std::uint32_t col = 0; col < 300; ++col)
      EXPECT_EQ(lookup.Contains(row, col), filled.contains({row, col})) << row << ' ' << col;
  }
}

TEST(BprSteps, OneStepFollowsTheGradientAtEveryLength) {
  for (std::size_t d = 1; d <= 70; ++d) {
    OnePair world(d, d);
    const auto before = world;
    const auto counts = BprSteps(world.Learned(), world.positives, world.Steps());
    const double x = Margin(before);
    EXPECT_EQ(counts.pairs, 1U);
    EXPECT_EQ(counts.wrong, x > 0 ? 0U : 1U);
    ExpectStepped(before, world, 2 / (1 + std::exp(x)), 0.1);
  }
}

TEST(BprSteps, AdaGradDividesByTheRootOfTheMeanSquares) {
  OnePair world(16, 3);
  const auto before = world;
  std::vector<float> user_squares = {1, 1};
  std::vector<float> item_squares = {1, 1};
  auto factors = world.Learned();
  factors.row_squares = user_squares;
  factors.column_squares = item_squares;
  auto steps = world.Steps();
  steps.regularization = 0;
  BprSteps(factors, world.positives, steps);
  const double slope = 2 / (1 + std::exp(Margin(before)));
  double difference = 0;
  for (std::size_t k = 0; k < 16; ++k) {
    difference += std::pow(double{before.items.Row(0)[k]} - double{before.items.Row(1)[k]}, 2);
  }
  EXPECT_NEAR(user_squares[1], 1 + slope * slope * difference / 16, 1e-4);
  EXPECT_EQ(user_squares[0], 1);
  const double user = slope * slope * double{SquaredNorm(before.users.Row(1))} / 16;
  EXPECT_NEAR(item_squares[0], 1 + user, 1e-4);
  EXPECT_NEAR(world.items.Row(0)[0],
              double{before.items.Row(0)[0]} +
                  0.1 / std::sqrt(1 + user) * slope * double{before.users.Row(1)[0]},
              1e-5);
}

TEST(BprSteps, FixedColumnsStayAndTheRowMovesAlike) {
  OnePair learned(20, 9);
  const OnePair before(20, 9);
  PaddedMatrix rows = before.users;
  BprSteps(FixedColumns{before.items.PaddedView(), before.bias},
           rows.PaddedView(),
           {},
           before.positives,
           before.Steps());
  BprSteps(learned.Learned(), learned.positives, learned.Steps());
  EXPECT_EQ(Copy(rows.Row(1)), Copy(learned.users.Row(1)));
  EXPECT_NE(Copy(learned.items.Row(0)), Copy(before.items.Row(0)));
  EXPECT_EQ(Copy(before.items.Row(0)), Copy(OnePair(20, 9).items.Row(0)));
}

TEST(BprSteps, NeverDrawsWhatTheRowHas) {
  OnePair world(8, 4);
  const auto before = world;
  world.negatives = {0};
  const auto counts = BprSteps(world.Learned(), world.positives, world.Steps());
  EXPECT_EQ(counts.pairs, 0U);
  EXPECT_EQ(Copy(world.items.Row(0)), Copy(before.items.Row(0)));
}

TEST(WarpSteps, AViolationAtTheFirstDrawWeighsAsThat) {
  OnePair world(24, 6);
  world.bias = {0, 5};
  const auto before = world;
  const auto counts = WarpSteps(world.Learned(), world.positives, world.Steps());
  EXPECT_EQ(counts.wrong, 1U);
  ExpectStepped(before, world, 2 * 0.75, 0.1);
}

TEST(WarpSteps, LeavesAPairBeyondTheMarginAlone) {
  OnePair world(24, 6);
  world.bias = {20, 0};
  const auto before = world;
  EXPECT_EQ(WarpSteps(world.Learned(), world.positives, world.Steps()).wrong, 0U);
  EXPECT_EQ(Copy(world.users.Row(1)), Copy(before.users.Row(1)));
  // What the row has itself never violates.
  world.bias = {0, 0};
  world.negatives = {0};
  EXPECT_EQ(WarpSteps(world.Learned(), world.positives, world.Steps()).wrong, 0U);
}

TEST(SquaredErrorSteps, OneStepFollowsTheGradient) {
  for (const std::size_t d : {1, 16, 33}) {
    OnePair world(d, d + 100);
    const auto before = world;
    std::vector<float> row_bias = {0, 0.4F};
    const double sum = SquaredErrorSteps(
        world.Learned(), std::vector<Triplet>{{1, 0, 4}}, {0.1F, 0.05F, 3, row_bias});
    const double error = 4 - 3 - 0.4 - 0.3 - double{Dot(before.users.Row(1), before.items.Row(0))};
    EXPECT_NEAR(sum, error * error, 1e-4);
    EXPECT_NEAR(row_bias[1], 0.4 + 0.1 * (error - 0.05 * 0.4), 1e-5);
    EXPECT_NEAR(world.bias[0], 0.3 + 0.1 * (error - 0.05 * 0.3), 1e-5);
    for (std::size_t k = 0; k < d; ++k) {
      const double u = double{before.users.Row(1)[k]};
      const double i = double{before.items.Row(0)[k]};
      EXPECT_NEAR(world.users.Row(1)[k], u + 0.1 * (error * i - 0.05 * u), 1e-5);
      EXPECT_NEAR(world.items.Row(0)[k], i + 0.1 * (error * u - 0.05 * i), 1e-5);
    }
  }
}

TEST(StepRandom, DrawsEvenly) {
  StepRandom random(1);
  std::vector<int> counts(10);
  for (int i = 0; i < 100'000; ++i) ++counts[random.Below(10)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
}

}  // namespace
}  // namespace medley::linalg
