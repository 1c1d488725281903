#include "medley/training/adam.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace medley::training {
namespace {

// Algorithm 1 in double, for one number.
struct Slow {
  double mean = 0;
  double square = 0;
  double Step(int step, double slope, double rate, double kept) {
    mean = 0.9 * mean + 0.1 * slope;
    square = kept * square + (1 - kept) * slope * slope;
    return rate * (mean / (1 - std::pow(0.9, step))) /
           (std::sqrt(square / (1 - std::pow(kept, step))) + 1e-8);
  }
};

TEST(Adam, AgreesWithTheAlgorithm) {
  for (const double kept : {0.99, 0.999}) {
    Adam adam(kept);
    Slow slow;
    std::vector<float> values = {1.5F};
    double expected = 1.5;
    for (int step = 1; step <= 20; ++step) {
      const double rate = 0.1 / step;
      const double slope = std::sin(step) * 3;
      adam.Begin(rate);
      adam.Move("x", std::array{static_cast<float>(slope)}, values);
      expected -= slow.Step(step, slope, rate, kept);
      ASSERT_NEAR(values[0], expected, 1e-5) << step;
    }
  }
}

TEST(Adam, FirstStepIsAsLongAsTheRateWhateverTheGradient) {
  Adam adam;
  std::vector<float> values = {1, 1, 1};
  adam.Begin(0.25);
  adam.Move("x", std::array{1e-3F, -40.0F, 0.0F}, values);
  EXPECT_NEAR(values[0], 0.75, 1e-4);
  EXPECT_NEAR(values[1], 1.25, 1e-4);
  EXPECT_EQ(values[2], 1);
}

TEST(Adam, KeepsTensorsApart) {
  Adam adam;
  Adam alone;
  std::vector<float> values = {1};
  std::vector<float> other = {1};
  std::vector<float> same = {1};
  for (int step = 0; step < 3; ++step) {
    adam.Begin(0.1);
    alone.Begin(0.1);
    adam.Move("other", std::array{-5.0F}, other);
    adam.Move("x", std::array{1.0F + static_cast<float>(step)}, values);
    alone.Move("x", std::array{1.0F + static_cast<float>(step)}, same);
  }
  EXPECT_EQ(values, same);
}

TEST(Adam, PullsShrinksAndPaces) {
  Adam adam;
  std::vector<float> pulled = {2};
  std::vector<float> shrunk = {2};
  std::vector<float> paced = {2};
  adam.Begin(0.1);
  adam.Move("pulled", std::array{0.0F}, pulled, {.pull = 0.5F});
  adam.Move("shrunk", std::array{0.0F}, shrunk, {.shrink = 0.5F});
  adam.Move("paced", std::array{1.0F}, paced, {.pace = 0.5F});
  EXPECT_NEAR(pulled[0], 1.9, 1e-5);  // the gradient is the pull's
  EXPECT_NEAR(shrunk[0], 1.9, 1e-5);  // 2 (1 - .1 * .5), no step
  EXPECT_NEAR(paced[0], 1.95, 1e-5);
}

}  // namespace
}  // namespace medley::training
