#include "medley/linalg/transformer_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/matrix.h"

namespace medley::linalg {
namespace {

Matrix Drawn(std::size_t rows, std::size_t cols, double scale, std::uint64_t seed) {
  Random random(seed);
  Matrix out(rows, cols);
  for (float& value : out.values()) value = static_cast<float>(scale * random.Normal());
  return out;
}

TEST(Gelu, IsTheShareOfTheNormalDistributionBelow) {
  for (const std::size_t n : {1U, 7U, 8U, 64U, 67U}) {
    auto x = Drawn(1, n, 3, n);
    const auto before = x;
    Gelu(x.values());
    for (std::size_t i = 0; i < n; ++i) {
      const double v = before(0, i);
      const double right = v * 0.5 * (1 + std::erf(v / std::numbers::sqrt2));
      EXPECT_NEAR(x(0, i), right, 3e-7 * std::abs(v) + 1e-12) << v;
    }
  }
  std::vector<float> far = {0, -40, 40, std::numeric_limits<float>::quiet_NaN()};
  Gelu(far);
  EXPECT_EQ(far[0], 0);
  EXPECT_EQ(far[1], 0);
  EXPECT_EQ(far[2], 40);
  EXPECT_TRUE(std::isnan(far[3]));
}

TEST(Softmax, GivesProbabilitiesWhateverTheScores) {
  for (const std::size_t n : {1U, 3U, 8U, 29U, 128U}) {
    for (const double scale : {1.0, 100.0}) {
      auto x = Drawn(1, n, scale, n);
      const auto before = x;
      const double greatest = *std::ranges::max_element(before.values());
      double all = 0;
      for (const float v : before.values()) all += std::exp(v - greatest);
      Softmax(x.values());
      for (std::size_t i = 0; i < n; ++i)
        EXPECT_NEAR(x(0, i), std::exp(before(0, i) - greatest) / all, 1e-6);
    }
  }
}

TEST(AddAndNormalise, GivesMeanAndDeviation) {
  for (const std::size_t n : {5U, 16U, 384U}) {
    auto x = Drawn(1, n, 2, 1);
    const auto more = Drawn(1, n, 5, 2);
    const auto scale = Drawn(1, n, 1, 3);
    const auto shift = Drawn(1, n, 1, 4);
    std::vector<double> sum;
    for (std::size_t i = 0; i < n; ++i) sum.push_back(double{x(0, i)} + double{more(0, i)});
    double mean = 0;
    for (const double v : sum) mean += v / static_cast<double>(n);
    double variance = 0;
    for (const double v : sum) variance += (v - mean) * (v - mean) / static_cast<double>(n);
    AddAndNormalise(more.Row(0), scale.Row(0), shift.Row(0), 1e-12F, x.Row(0));
    for (std::size_t i = 0; i < n; ++i)
      EXPECT_NEAR(x(0, i),
                  (sum[i] - mean) / std::sqrt(variance) * double{scale(0, i)} + double{shift(0, i)},
                  2e-5);
  }
}

TEST(Attend, MixesTheValuesOfEachHeadByTheLikenessOfItsKeys) {
  constexpr std::size_t kWidth = 12;
  constexpr std::size_t kHeads = 3;
  constexpr std::size_t kPart = kWidth / kHeads;
  // Side by side in one matrix, as they come out of one product.
  const auto all = Drawn(5, 3 * kWidth, 1, 1);
  const auto part = [&](std::size_t i) {
    return ConstMatrixView{all.data() + i * kWidth, 5, kWidth, 3 * kWidth};
  };
  Matrix out(5, kWidth);
  Attend(part(0), part(1), part(2), kHeads, out.View());
  for (std::size_t row = 0; row < 5; ++row) {
    for (std::size_t col = 0; col < kWidth; ++col) {
      const std::size_t first = col / kPart * kPart;
      double weights = 0;
      double mixed = 0;
      for (std::size_t other = 0; other < 5; ++other) {
        double dot = 0;
        for (std::size_t k = first; k < first + kPart; ++k)
          dot += double{part(0).Row(row)[k]} * double{part(1).Row(other)[k]};
        const double weight = std::exp(dot / std::sqrt(static_cast<double>(kPart)));
        weights += weight;
        mixed += weight * double{part(2).Row(other)[col]};
      }
      EXPECT_NEAR(out(row, col), mixed / weights, 1e-5);
    }
  }
}

}  // namespace
}  // namespace medley::linalg
