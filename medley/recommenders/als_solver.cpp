#include "medley/recommenders/als_solver.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kRowsAtATime = 64;
/// A residual this small against the factors' size changes nothing any more.
constexpr float kConverged = 1e-20F;

/// Up to kRowsAtATime rows that take their steps of conjugate gradient together.
class GradientBlock {
 public:
  GradientBlock(const AlsHalfStep& step, linalg::MatrixView x, std::size_t first)
      : step_(step),
        x_(x),
        first_(first),
        residual_(x.rows, x.cols),
        direction_(x.rows, x.cols),
        image_(x.rows, x.cols),
        squared_(x.rows) {}

  void Start() {
    for (std::size_t i = 0; i < x_.rows; ++i) {
      if (Seen(i).empty()) std::fill_n(x_.Row(i).begin(), x_.cols, 0.0F);
    }
    // residual = b - A x.
    linalg::TimesTransposed(x_, step_.gram, residual_.View());
    for (std::size_t i = 0; i < x_.rows; ++i) {
      const auto residual = residual_.Row(i);
      if (Seen(i).empty()) continue;
      linalg::Scale(-1, residual);
      Weigh(i, -1);
      targets_.resize(factors_.size());
      for (std::size_t k = 0; k < factors_.size(); ++k) targets_[k] = 1 - factors_[k];
      linalg::AddProjections(step_.fixed, Seen(i), targets_, factors_, x_.Row(i), residual);
      std::copy(residual.begin(), residual.end(), direction_.Row(i).begin());
      squared_[i] = linalg::SquaredNorm(residual);
    }
  }

  void Step() {
    linalg::TimesTransposed(direction_.View(), step_.gram, image_.View());
    for (std::size_t i = 0; i < x_.rows; ++i) {
      if (!(squared_[i] > kConverged)) continue;
      const auto residual = residual_.Row(i);
      const auto direction = direction_.Row(i);
      const auto image = image_.Row(i);
      Weigh(i, 1);
      linalg::AddProjections(step_.fixed, Seen(i), {}, factors_, direction, image);
      const float length = squared_[i] / linalg::Dot(direction, image);
      linalg::Axpy(length, direction, x_.Row(i));
      linalg::Axpy(-length, image, residual);
      const float next = linalg::SquaredNorm(residual);
      linalg::Scale(next / squared_[i], direction);
      linalg::Axpy(1, residual, direction);
      squared_[i] = next;
    }
  }

 private:
  std::span<const std::uint32_t> Seen(std::size_t row) const {
    return step_.seen.ColumnsOf(first_ + row);
  }
  /// factors_ = sign * alpha * the row's weights.
  void Weigh(std::size_t row, float sign) {
    const auto values = step_.seen.ValuesOf(first_ + row);
    factors_.resize(values.size());
    for (std::size_t k = 0; k < values.size(); ++k) factors_[k] = sign * step_.alpha * values[k];
  }

  const AlsHalfStep& step_;
  linalg::MatrixView x_;
  std::size_t first_;
  linalg::Matrix residual_;
  linalg::Matrix direction_;
  linalg::Matrix image_;
  std::vector<float> squared_;  ///< of each residual; 0 for a row that has nothing to solve
  std::vector<float> factors_;
  std::vector<float> targets_;
};

/// Fills `system` with row `row`'s normal equations and `target` with their right-hand side.
void FillSystem(const AlsHalfStep& step,
                std::size_t row,
                linalg::MatrixView system,
                std::span<float> target) {
  const auto columns = step.seen.ColumnsOf(row);
  const auto values = step.seen.ValuesOf(row);
  linalg::Matrix scaled(columns.size(), step.fixed.cols);
  std::fill(target.begin(), target.end(), 0.0F);
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const auto y = step.fixed.Row(columns[k]);
    const float extra = step.alpha * values[k];
    linalg::Axpy(1 + extra, y, target);
    linalg::Axpy(std::sqrt(extra), y, scaled.Row(k));
  }
  linalg::ColumnGram(scaled.View(), system);
  for (std::size_t i = 0; i < system.rows; ++i) linalg::Axpy(1, step.gram.Row(i), system.Row(i));
}

}  // namespace

linalg::Matrix RegularisedGram(linalg::ConstMatrixView factors, double regularization) {
  linalg::Matrix gram(factors.cols, factors.cols);
  linalg::ColumnGram(factors, gram.View());
  for (std::size_t i = 0; i < gram.rows(); ++i) gram(i, i) += static_cast<float>(regularization);
  return gram;
}

void SolveByConjugateGradient(const AlsHalfStep& step, std::size_t steps, linalg::MatrixView side) {
  ParallelFor(side.rows, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    const linalg::MatrixView rows{
        side.data + begin * side.stride, end - begin, side.cols, side.stride};
    GradientBlock block(step, rows, begin);
    block.Start();
    for (std::size_t i = 0; i < steps; ++i) block.Step();
  });
}

void SolveByCholesky(const AlsHalfStep& step, linalg::MatrixView side) {
  ParallelFor(side.rows, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    linalg::Matrix system(side.cols, side.cols);
    linalg::Matrix target(1, side.cols);
    for (std::size_t row = begin; row < end; ++row) {
      std::fill(target.Row(0).begin(), target.Row(0).end(), 0.0F);
      if (!step.seen.ColumnsOf(row).empty()) {
        FillSystem(step, row, system.View(), target.Row(0));
        if (!linalg::SolvePositiveDefinite(system.View(), target.View())) continue;
      }
      std::copy_n(target.Row(0).begin(), side.cols, side.Row(row).begin());
    }
  });
}

}  // namespace medley::recommenders
