#include "medley/training/boosted_trees.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/linalg/matrix.h"

namespace medley::training {
namespace {

/// Yes where exactly one of the first two numbers is above 0: no sum of them tells it.
struct Either {
  explicit Either(std::size_t n, double noise = 0) : rows(n, 4), labels(n), held_out(n) {
    Random random(3);
    for (std::size_t i = 0; i < n; ++i) {
      for (float& value : rows.Row(i)) value = static_cast<float>(random.Normal());
      const bool yes = (rows(i, 0) > 0) != (rows(i, 1) > 0);
      labels[i] = yes != random.Bernoulli(noise) ? 1 : 0;
      held_out[i] = i % 5 == 0 ? 1 : 0;
    }
  }
  linalg::Matrix rows;
  std::vector<std::uint32_t> labels;
  std::vector<std::uint8_t> held_out;
};

double Accuracy(const BoostedTrees& trees, const Either& data, std::uint8_t held_out) {
  double right = 0;
  double n = 0;
  for (std::size_t i = 0; i < data.labels.size(); ++i) {
    if (data.held_out[i] != held_out) continue;
    right += (trees.LogOdds(data.rows.Row(i)) > 0) == (data.labels[i] != 0) ? 1 : 0;
    n += 1;
  }
  return right / n;
}

TEST(BoostedTrees, LearnWhatNoSumTells) {
  const Either data(2000);
  SilentProgress progress;
  const BoostedTreesOptions options{.trees = 60, .depth = 3, .rate = 0.3, .least_weight = 1};
  const auto trees =
      BoostedTrees::Fit(data.rows.View(), data.labels, data.held_out, options, progress);
  ASSERT_TRUE(trees) << trees.error().message;
  EXPECT_GT(Accuracy(*trees, data, 1), 0.96);
  const auto again = BoostedTrees::FromArrays(
      trees->depth(), trees->start(), trees->numbers(), trees->bounds(), trees->answers(), 4);
  ASSERT_TRUE(again);
  for (std::size_t i = 0; i < 50; ++i)
    EXPECT_EQ(again->LogOdds(data.rows.Row(i)), trees->LogOdds(data.rows.Row(i)));
}

TEST(BoostedTrees, StopWhereNothingMoreIsToBeLearnt) {
  const Either noise(500, 0.5);
  SilentProgress progress;
  const BoostedTreesOptions options{.trees = 200, .rate = 0.3, .least_weight = 1, .patience = 5};
  const auto trees =
      BoostedTrees::Fit(noise.rows.View(), noise.labels, noise.held_out, options, progress);
  ASSERT_TRUE(trees);
  EXPECT_LT(trees->answers().size(), 50U * 32U);
}

TEST(BoostedTrees, RefuseWhatTheyCantLearnFromAndArraysThatDontFit) {
  SilentProgress progress;
  Either data(100);
  EXPECT_FALSE(BoostedTrees::Fit({}, {}, {}, {}, progress));
  data.rows(7, 2) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(BoostedTrees::Fit(data.rows.View(), data.labels, data.held_out, {}, progress));
  EXPECT_FALSE(BoostedTrees::FromArrays(1, 0, {0}, {0}, {1}, 1));
  EXPECT_FALSE(BoostedTrees::FromArrays(1, 0, {4}, {0}, {1, 2}, 4));
  EXPECT_FALSE(BoostedTrees::FromArrays(60, 0, {}, {}, {}, 4));
  EXPECT_TRUE(BoostedTrees::FromArrays(1, 0, {3}, {0}, {1, 2}, 4));
}

}  // namespace
}  // namespace medley::training
