#include "medley/training/contrastive.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"

namespace medley::training {
namespace {

using linalg::Matrix;

Matrix DrawUnits(Random& random, std::size_t rows, std::size_t cols) {
  Matrix out(rows, cols);
  for (std::size_t row = 0; row < rows; ++row) {
    for (auto& value : out.Row(row)) value = static_cast<float>(random.Normal());
    linalg::Scale(1 / std::sqrt(linalg::SquaredNorm(out.Row(row))), out.Row(row));
  }
  return out;
}

double Loss(const Matrix& a, const Matrix& b, std::span<const std::uint32_t> groups) {
  Matrix of_a(a.rows(), a.cols());
  Matrix of_b(b.rows(), b.cols());
  return Contrast(a.View(), b.View(), groups, 0.5, 1, of_a.View(), of_b.View());
}

// One way of the definition: -1/n sum_i mean over partners of ln softmax.
double OneWay(const Matrix& a, const Matrix& b, std::span<const std::uint32_t> groups) {
  double loss = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < a.rows(); ++j)
      sum += std::exp(double{linalg::Dot(a.Row(i), b.Row(j))} / 0.5);
    double mean = 0;
    double partners = 0;
    for (std::size_t j = 0; j < a.rows(); ++j) {
      if (groups[i] != groups[j]) continue;
      mean += double{linalg::Dot(a.Row(i), b.Row(j))} / 0.5 - std::log(sum);
      partners += 1;
    }
    loss -= mean / partners;
  }
  return loss / static_cast<double>(a.rows());
}

TEST(Contrast, IsItsDefinition) {
  Random random(3);
  const auto a = DrawUnits(random, 5, 4);
  const auto b = DrawUnits(random, 5, 4);
  const std::vector<std::uint32_t> alone = {0, 1, 2, 3, 4};
  const std::vector<std::uint32_t> some = {0, 1, 0, 2, 1};
  for (const auto& groups : {alone, some}) {
    const double expected = (OneWay(a, b, groups) + OneWay(b, a, groups)) / 2;
    EXPECT_NEAR(Loss(a, b, groups), expected, 1e-5);
  }
  EXPECT_EQ(Loss(a, b, {}), Loss(a, b, alone));
  EXPECT_EQ(Loss(DrawUnits(random, 1, 4), DrawUnits(random, 1, 4), {}), 0);
}

// The slope of the loss along each number, by hand and by formula.
TEST(Contrast, HasTheGradientOfItsLoss) {
  Random random(4);
  auto a = DrawUnits(random, 6, 5);
  auto b = DrawUnits(random, 6, 5);
  const std::vector<std::uint32_t> groups = {0, 1, 0, 2, 3, 3};
  Matrix of_a(6, 5, 1);
  Matrix of_b(6, 5, 1);
  Contrast(a.View(), b.View(), groups, 0.5, 2, of_a.View(), of_b.View());
  constexpr float kStep = 1e-2F;
  for (auto [matrix, gradient] : {std::pair{&a, &of_a}, std::pair{&b, &of_b}}) {
    for (std::size_t i = 0; i < 30; ++i) {
      float& value = matrix->data()[i];
      const float before = value;
      value = before + kStep;
      const double above = Loss(a, b, groups);
      value = before - kStep;
      const double below = Loss(a, b, groups);
      value = before;
      // Added to the 1 that was there, and twice as heavy.
      EXPECT_NEAR(gradient->data()[i], 1 + (above - below) / double{kStep}, 2e-3) << i;
    }
  }
}

}  // namespace
}  // namespace medley::training
