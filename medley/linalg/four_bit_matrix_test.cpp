#include "medley/linalg/four_bit_matrix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/four_bit_kernels.h"
#include "medley/linalg/matrix.h"

namespace medley::linalg {
namespace {

struct Weights {
  std::vector<std::int8_t> codes;
  std::vector<float> steps;
  std::vector<float> bias;
};

Weights Draw(std::size_t rows, std::size_t cols, Random& random) {
  Weights out;
  for (std::size_t i = 0; i < rows * cols; ++i)
    out.codes.push_back(static_cast<std::int8_t>(static_cast<int>(random.Below(16)) - 8));
  for (std::size_t i = 0; i < rows * cols / FourBitMatrix::kBlock; ++i)
    out.steps.push_back(static_cast<float>(0.001 + 0.01 * random.Uniform()));
  for (std::size_t i = 0; i < rows; ++i) out.bias.push_back(static_cast<float>(random.Normal()));
  return out;
}

/// A number as its block is rounded: to 127ths of the greatest.
double Rounded(std::span<const float> vector, std::size_t at) {
  float greatest = 0;
  for (const float value :
       vector.subspan(at / FourBitMatrix::kBlock * FourBitMatrix::kBlock, FourBitMatrix::kBlock))
    greatest = std::max(greatest, std::abs(value));
  const double step = static_cast<double>(greatest) / 127;
  return std::floor(static_cast<double>(vector[at]) / step + 0.5) * step;
}

TEST(FourBitMatrix, ProductsAreThoseOfTheNumbersItHolds) {
  Random random(1);
  constexpr std::size_t kRows = 144;
  constexpr std::size_t kCols = 96;
  const auto weights = Draw(kRows, kCols, random);
  const FourBitMatrix matrix(kRows, kCols, weights.codes, weights.steps, weights.bias);
  for (const std::size_t n : {0, 1, 5, 6, 7, 50, 131}) {
    Matrix x(n, kCols);
    for (auto& value : x.values()) value = static_cast<float>(random.Normal());
    Matrix out(n, kRows, -99);
    matrix.Times(x.View(), out.View());
    double lost = 0;
    double wrong = 0;
    double all = 1e-9;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t row = 0; row < kRows; ++row) {
        double whole = 0;
        double rounded = weights.bias[row];
        for (std::size_t k = 0; k < kCols; ++k) {
          const double weight =
              weights.codes[row * kCols + k] *
              static_cast<double>(weights.steps[(row * kCols + k) / FourBitMatrix::kBlock]);
          whole += static_cast<double>(x(i, k)) * weight;
          rounded += Rounded(x.Row(i), k) * weight;
        }
        lost += std::pow(whole + weights.bias[row] - rounded, 2);
        wrong += std::pow(rounded - static_cast<double>(out(i, row)), 2);
        all += whole * whole;
      }
    }
    // A number may lie between two steps, and then be rounded either way.
    EXPECT_LT(std::sqrt(wrong / all), 5e-4) << n;
    if (n >= 50) {
      EXPECT_LT(std::sqrt(lost / all), 0.006) << n;
    }
  }
}

// The greatest products there can be fill 16 bits to the last: one more would turn their sign.
TEST(FourBitMatrix, GreatestSumsDoNotOverflow) {
  for (const int sign : {-1, 1}) {
    Weights weights;
    weights.codes.assign(std::size_t{16} * 64, -8);
    weights.steps.assign(std::size_t{16} * 2, 1);
    const FourBitMatrix matrix(16, 64, weights.codes, weights.steps);
    const Matrix x(3, 64, static_cast<float>(sign));
    Matrix out(3, 16);
    matrix.Times(x.View(), out.View());
    for (const float value : out.values())
      EXPECT_NEAR(value, -8.0F * 64 * static_cast<float>(sign), 1e-2);
  }
}

TEST(FourBitMatrix, EveryProcessorComputesTheSame) {
  Random random(2);
  constexpr std::size_t kBlocks = 5;
  std::vector<std::int8_t> codes(kBlocks * 32 * 16);
  for (auto& code : codes) code = static_cast<std::int8_t>(static_cast<int>(random.Below(16)) - 8);
  std::vector<std::int32_t> offsets(kBlocks * 16);
  for (auto& offset : offsets) offset = static_cast<std::int32_t>(random.Below(1000)) - 500;
  std::vector<float> steps(kBlocks * 16);
  for (auto& step : steps) step = static_cast<float>(random.Uniform());
  const std::vector<float> bias(16, 3);
  std::vector<std::uint8_t> vectors(kTileRows * kBlocks * 32);
  for (auto& one : vectors) one = static_cast<std::uint8_t>(random.Below(256));
  std::array<std::vector<float>, 2> found;
  const std::array functions = {&PortableFourBitTile, BestFourBitTile()};
  for (std::size_t way = 0; way < 2; ++way) {
    found[way].assign(kTileRows * 16, 0);
    FourBitTile tile{.blocks = kBlocks,
                     .codes = codes.data(),
                     .offsets = offsets.data(),
                     .steps = steps.data(),
                     .bias = bias.data()};
    for (std::size_t row = 0; row < kTileRows; ++row) {
      tile.vectors[row] = &vectors[row * kBlocks * 32];
      tile.vector_steps[row] = &steps[row];
      tile.out[row] = &found[way][row * 16];
    }
    functions[way](tile);
  }
  for (std::size_t i = 0; i < found[0].size(); ++i)
    EXPECT_NEAR(found[0][i], found[1][i], 1e-3 * (1 + std::abs(found[0][i]))) << i;
}

TEST(FourBitMatrix, OddNumbers) {
  Weights weights;
  weights.codes.assign(std::size_t{16} * 32, 1);
  weights.steps.assign(16, 1);
  const FourBitMatrix matrix(16, 32, weights.codes, weights.steps);
  const auto first = [&](const Matrix& x) {
    Matrix out(x.rows(), 16);
    matrix.Times(x.View(), out.View());
    return out;
  };
  EXPECT_EQ(first(Matrix(1, 32))(0, 3), 0);
  EXPECT_NEAR(first(Matrix(1, 32, 1e-42F))(0, 0), 0, 1e-38);
  EXPECT_NEAR(first(Matrix(1, 32, 1e30F))(0, 0), 32e30F, 1e28F);
  for (const float odd :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Matrix x(2, 32, 1);
    x(0, 17) = odd;
    const auto out = first(x);
    EXPECT_FALSE(std::isfinite(out(0, 5)));
    EXPECT_NEAR(out(1, 5), 32, 1e-4);  // its neighbour is untouched
  }
}

}  // namespace
}  // namespace medley::linalg
