#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "medley/core/random.h"
#include "medley/data/interactions.h"
#include "medley/graph/agreement.h"
#include "medley/graph/diffusion.h"
#include "medley/graph/interaction_graph.h"
#include "medley/graph/neighbour_graph.h"
#include "medley/linalg/matrix.h"

namespace medley::graph {
namespace {

constexpr TimeMs kDay = 86'400'000;

// Users 0 and 1 join items 0, 1 and 1, 2; user 2 is against item 0 and for item 3.
data::Interactions Chain() {
  return {3,
          5,
          {{0, {0, 2, 0}},
           {0, {1, 1, kDay}},
           {1, {1, 1, kDay}},
           {1, {2, 4, 2 * kDay}},
           {2, {0, -1, 0}},
           {2, {3, 1, 0}}}};
}

TEST(InteractionGraph, WeighsEdgesByWhatEventsSayAndByAge) {
  const auto interactions = Chain();
  const InteractionGraph plain(interactions, {}, 2 * kDay);
  EXPECT_THAT(plain.item_degrees(), testing::ElementsAre(1, 2, 1, 1, 0));
  const InteractionGraph aged(interactions, {.use_weights = true, .half_life_days = 1}, 2 * kDay);
  EXPECT_THAT(aged.by_user().values, testing::ElementsAre(0.5F, 0.5F, 0.5F, 4.0F, 0.25F));
  EXPECT_THAT(aged.user_degrees(), testing::ElementsAre(1.0F, 4.5F, 0.25F));
}

TEST(InteractionGraph, LeavesOutEdgesThatHaveAgedToNothing) {
  const InteractionGraph graph(Chain(), {.half_life_days = 1e-3}, 1'000'000 * kDay);
  EXPECT_EQ(graph.by_user().size(), 0U);
}

TEST(Diffusion, IsARandomWalkWhenBothPowersAreOne) {
  const InteractionGraph graph(Chain(), {}, 0);
  const Diffusion walk(graph, 1, 1);
  const std::vector<std::uint32_t> items = {0, 1, 3, 4};
  const auto once = walk.From(items, 1);
  EXPECT_THAT(once.Row(0), testing::ElementsAre(0.5F, 0.5F, 0, 0, 0));
  EXPECT_THAT(once.Row(1), testing::ElementsAre(0.25F, 0.5F, 0.25F, 0, 0));
  EXPECT_THAT(once.Row(2), testing::ElementsAre(0, 0, 0, 1, 0));
  EXPECT_THAT(once.Row(3), testing::Each(0));
  const auto twice = walk.From(items, 2);
  EXPECT_FLOAT_EQ(twice(0, 2), 0.125F);  // only over item 1
  EXPECT_FLOAT_EQ(std::accumulate(twice.Row(0).begin(), twice.Row(0).end(), 0.0F), 1);
}

TEST(Diffusion, TrustsUsersOfManyItemsLess) {
  // Item 0 leads to 1 over a user of two items and to 2 over one of four.
  const data::Interactions interactions(
      2, 5, {{0, {0}}, {0, {1}}, {1, {0}}, {1, {2}}, {1, {3}}, {1, {4}}});
  const InteractionGraph graph(interactions, {}, 0);
  const std::vector<std::uint32_t> items = {0};
  const auto plain = Diffusion(graph, 1, 1).From(items, 1);
  const auto wary = Diffusion(graph, 1, 2).From(items, 1);
  EXPECT_FLOAT_EQ(plain(0, 1) / plain(0, 2), 2);
  EXPECT_FLOAT_EQ(wary(0, 1) / wary(0, 2), 4);
}

TEST(NearestByVectors, JoinsWhatLiesTogetherOnceWhatAllShareIsTakenOff) {
  // All lie far out in the same direction; around there they form two pairs.
  linalg::Matrix vectors(6, 2);
  const float offsets[6][2] = {{1, 0.1F}, {1, -0.1F}, {-1, 0.1F}, {-1, -0.1F}, {9, 9}, {0, 0}};
  for (std::size_t i = 0; i < 6; ++i) {
    vectors(i, 0) = 100 + offsets[i][0];
    vectors(i, 1) = 100 + 10 * offsets[i][1];
  }
  vectors(5, 0) = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::uint8_t> present = {1, 1, 1, 1, 0, 1};
  const auto graph = NearestByVectors(vectors.View(), present, 1);
  // 0 and 1 share the first dimension, 0 and 2 the second: both are as near as can be.
  ASSERT_EQ(graph.rows, 6U);
  EXPECT_TRUE(graph.ColumnsOf(4).empty());
  EXPECT_TRUE(graph.ColumnsOf(5).empty());
  for (const auto column : graph.columns) EXPECT_LT(column, 4U);
}

TEST(NearestByVectors, FindsTheNearestWithWeightsThatSumToOne) {
  Random random(3);
  linalg::Matrix vectors(700, 8);
  for (std::size_t i = 0; i < 700; ++i) {
    for (auto& value : vectors.Row(i)) value = static_cast<float>(0.3 * random.Normal());
    vectors(i, i % 8) += 6;
  }
  const std::vector<std::uint8_t> present(700, 1);
  const auto graph = NearestByVectors(vectors.View(), present, 10);
  for (std::size_t i = 0; i < 700; ++i) {
    ASSERT_EQ(graph.ColumnsOf(i).size(), 10U);
    float sum = 0;
    for (const float value : graph.ValuesOf(i)) sum += value;
    EXPECT_NEAR(sum, 1, 1e-5);
    for (const auto other : graph.ColumnsOf(i)) {
      EXPECT_EQ(other % 8, i % 8) << i;
      EXPECT_NE(other, i);
    }
  }
}

TEST(NearestByEntities, PrefersWhatSharesRareEntities) {
  // Everyone has entity 0; 0 and 1 share the rare one, 0 and 2 a more common one.
  const std::vector<std::vector<std::uint32_t>> entities = {
      {0, 1, 2}, {0, 1}, {0, 2}, {0, 2}, {0}, {0, 3}};
  const auto graph = NearestByEntities(entities, 4, 1);
  ASSERT_EQ(graph.ColumnsOf(0).size(), 1U);
  EXPECT_EQ(graph.ColumnsOf(0)[0], 1U);
  EXPECT_TRUE(graph.ColumnsOf(4).empty());  // what all have joins nobody
  EXPECT_TRUE(graph.ColumnsOf(5).empty());
}

TEST(Agreement, TellsAModalityThatFollowsBehaviourFromOneThatDoesNot) {
  constexpr std::size_t kItems = 60;
  Random random(4);
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < 200; ++user) {
    for (int i = 0; i < 4; ++i)
      rows.push_back({user, {static_cast<ItemIndex>(random.Below(kItems / 3) * 3 + user % 3)}});
  }
  const data::Interactions interactions(200, kItems, rows);
  linalg::Matrix telling(kItems, 3);
  linalg::Matrix noise(kItems, 3);
  for (std::size_t item = 0; item < kItems; ++item) {
    for (std::size_t i = 0; i < 3; ++i) {
      telling(item, i) = static_cast<float>(0.1 * random.Normal() + (item % 3 == i ? 1 : 0));
      noise(item, i) = static_cast<float>(random.Normal());
    }
  }
  const std::vector<std::uint8_t> present(kItems, 1);
  InteractionGraph graph(interactions, {}, 0);
  graph.AddModality("telling", telling.View(), present, 5);
  graph.AddModality("noise", noise.View(), present, 5);
  const double good = Agreement(graph, graph.relations()[0]);
  EXPECT_GT(good, 0.05);
  EXPECT_LT(Agreement(graph, graph.relations()[1]), good / 3);
}

}  // namespace
}  // namespace medley::graph
