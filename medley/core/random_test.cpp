#include "medley/core/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

namespace medley {
namespace {

TEST(Random, GivesTheSameNumbersForTheSameSeed) {
  Random a(5);
  Random b(5);
  Random c(6);
  EXPECT_EQ(a.Next(), b.Next());
  EXPECT_NE(a.Next(), c.Next());
  // Written down once, so that a change of the generator, which would change every model, is seen.
  EXPECT_EQ(Random(1).Next(), 12966619160104079557ULL);
}

TEST(Random, BelowIsEvenlySpread) {
  Random random(1);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts[random.Below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);
}

TEST(Random, NormalHasMeanZeroAndVarianceOne) {
  Random random(2);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < 100000; ++i) {
    const double value = random.Normal();
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / 100000, 0, 0.02);
  EXPECT_NEAR(squares / 100000, 1, 0.02);
}

TEST(Random, CategoricalFollowsTheWeights) {
  Random random(3);
  const std::array<double, 3> weights = {1, 0, 3};
  std::array<int, 3> counts{};
  for (int i = 0; i < 40000; ++i) ++counts[random.Categorical(weights)];
  EXPECT_NEAR(counts[0], 10000, 500);
  EXPECT_EQ(counts[1], 0);
}

TEST(Random, ForksDependOnTheNameAlone) {
  Random used(9);
  used.Next();
  EXPECT_EQ(Random(9).Fork("images").Next(), used.Fork("images").Next());
  EXPECT_NE(Random(9).Fork("images").Next(), Random(9).Fork("sounds").Next());
}

TEST(Random, ShuffleKeepsEveryValue) {
  std::vector<int> values(100);
  std::iota(values.begin(), values.end(), 0);
  Random random(4);
  random.Shuffle(std::span(values));
  EXPECT_NE(values[0] + values[1] + values[2], 3);
  EXPECT_EQ(std::accumulate(values.begin(), values.end(), 0), 4950);
}

}  // namespace
}  // namespace medley
