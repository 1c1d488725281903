#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/data/interactions.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/als_solver.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"
#include "tests/contract/recommender_world.h"

namespace medley::recommenders {
namespace {

using contract::ScoresOf;
using contract::World;

TEST(Ease, AgreesWithItsDefinition) {
  const World world;
  const auto recommender = *MakeRecommender("ease", {{"lambda", "5"}, {"recency_power", "0"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit(world.Training(), progress));
  // A column of B is the ridge regression of the item on all others: (G' + lambda I) b = g, the
  // item's own row and column left out.
  const auto x = PositiveMatrix(world.interactions, false);
  const std::size_t item = 7;
  std::vector<std::size_t> others;
  const auto counts = PositiveCounts(world.interactions);
  for (std::size_t i = 0; i < World::kItems; ++i) {
    if (i != item && counts[i] > 0) others.push_back(i);
  }
  linalg::Matrix dense(World::kUsers, World::kItems);
  for (std::size_t user = 0; user < World::kUsers; ++user) {
    for (const auto column : x.ColumnsOf(user)) dense(user, column) = 1;
  }
  linalg::Matrix gram(World::kItems, World::kItems);
  linalg::ColumnGram(dense.View(), gram.View());
  linalg::Matrix system(others.size(), others.size());
  linalg::Matrix weights(1, others.size());
  for (std::size_t i = 0; i < others.size(); ++i) {
    for (std::size_t j = 0; j < others.size(); ++j)
      system(i, j) = gram(others[i], others[j]) + (i == j ? 5.0F : 0.0F);
    weights(0, i) = gram(others[i], item);
  }
  ASSERT_TRUE(linalg::SolvePositiveDefinite(system.View(), weights.View()));
  for (std::size_t i = 0; i < others.size(); ++i) {
    const std::vector<data::Interaction> history = {{static_cast<ItemIndex>(others[i]), 1, 1}};
    EXPECT_NEAR(ScoresOf(*recommender, {kNoIndex, history})[item], weights(0, i), 1e-4);
  }
}

TEST(Ease, LeavesOutTheRarestBeyondMaxItems) {
  const World world;
  const auto recommender = *MakeRecommender("ease", {{"max_items", "10"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit(world.Training(), progress));
  const auto scores = ScoresOf(*recommender, world.User(0));
  EXPECT_LE(
      std::count_if(scores.begin(), scores.end(), [](float score) { return std::isfinite(score); }),
      10);
}

TEST(Als, BothSolversComeToTheSame) {
  const World world;
  const auto quick =
      *MakeRecommender("als", {{"factors", "6"}, {"cg_steps", "8"}, {"iterations", "60"}});
  const auto exact =
      *MakeRecommender("als", {{"factors", "6"}, {"solver", "cholesky"}, {"iterations", "60"}});
  SilentProgress progress;
  ASSERT_TRUE(quick->Fit(world.Training(), progress));
  ASSERT_TRUE(exact->Fit(world.Training(), progress));
  for (UserIndex user = 0; user < World::kUsers; ++user) {
    const auto a = ScoresOf(*quick, world.User(user));
    const auto b = ScoresOf(*exact, world.User(user));
    for (std::size_t item = 0; item < World::kItems - 3; ++item)
      ASSERT_NEAR(a[item], b[item], 0.02) << user << " " << item;
  }
}

// At the solution no small change of an item's vector lowers the loss: the normal equations hold.
TEST(AlsSolver, SolvesTheNormalEquations) {
  Random random(5);
  const std::size_t d = 19;
  linalg::Matrix fixed(40, d);
  for (std::size_t i = 0; i < fixed.rows() * d; ++i)
    fixed.data()[i] = static_cast<float>(random.Normal());
  std::vector<linalg::Triplet> triplets;
  for (std::uint32_t row = 1; row < 100; ++row) {
    for (std::uint32_t k = 0; k < row % 11; ++k)
      triplets.push_back({row, static_cast<std::uint32_t>(random.Below(40)), 1.5F});
  }
  const auto seen = linalg::FromTriplets(100, 40, triplets);
  const auto gram = RegularisedGram(fixed.View(), 3);
  const AlsHalfStep step{seen, fixed.View(), gram.View(), 2};
  for (const bool exact : {false, true}) {
    linalg::Matrix x(100, d, 0.5F);
    if (exact) {
      SolveByCholesky(step, x.View());
    } else {
      SolveByConjugateGradient(step, 60, x.View());
    }
    for (std::size_t row = 0; row < 100; ++row) {
      for (std::size_t i = 0; i < d; ++i) {
        double left = 0;
        for (std::size_t j = 0; j < d; ++j) left += double{gram(i, j)} * double{x(row, j)};
        double right = 0;
        for (std::size_t k = 0; k < seen.ColumnsOf(row).size(); ++k) {
          const auto y = fixed.Row(seen.ColumnsOf(row)[k]);
          const double extra = 2 * double{seen.ValuesOf(row)[k]};
          left += extra * double{linalg::Dot(y, x.Row(row))} * double{y[i]};
          right += (1 + extra) * double{y[i]};
        }
        ASSERT_NEAR(left, right, 2e-2) << exact << " " << row;
      }
    }
  }
}

TEST(Als, ContributionsAddUpToTheScore) {
  const World world;
  const auto recommender = *MakeRecommender("als", {{"factors", "6"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit(world.Training(), progress));
  const auto scores = ScoresOf(*recommender, world.User(3));
  const auto top = TopItems(scores, 1, {});
  double sum = 0;
  for (const auto& one : recommender->Explain(world.User(3), top[0].item, 100))
    sum += one.contribution;
  EXPECT_NEAR(sum, top[0].score, 0.05);  // negative ones are left out
}

}  // namespace
}  // namespace medley::recommenders
