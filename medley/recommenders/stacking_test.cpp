#include "medley/recommenders/stacking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/random.h"
#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"

namespace medley::recommenders {
namespace {

TEST(Stacking, LearnsWhichComponentToTrust) {
  Random random(4);
  HeldOutUsers users;
  const std::size_t n_users = 100;
  const std::size_t n_items = 50;
  users.scores.assign(2, linalg::Matrix(n_users, n_items));
  for (std::size_t user = 0; user < n_users; ++user) {
    const auto relevant = static_cast<std::uint32_t>(random.Below(n_items));
    users.relevant.push_back({relevant});
    for (std::size_t item = 0; item < n_items; ++item) {
      users.scores[0](user, item) = static_cast<float>(random.Normal());
      users.scores[1](user, item) =
          static_cast<float>(random.Normal() + (item == relevant ? 3 : 0));
    }
  }
  const auto weights = LearnStackingWeights(users, 20);
  EXPECT_EQ(weights[1], 1);
  EXPECT_LT(weights[0], 0.4);
}

TEST(Stacking, SplitsEachHistoryByTime) {
  std::vector<data::Interactions::Row> rows;
  for (ItemIndex item = 0; item < 16; ++item)
    rows.push_back({0, {item, 1, 100 - static_cast<TimeMs>(item)}});
  rows.push_back({1, {3, 1, 5}});
  const auto split = SplitByTime(data::Interactions(2, 16, rows), 0.125);
  EXPECT_THAT(split.held_out[0], testing::ElementsAre(0, 1));
  EXPECT_EQ(split.kept.OfUser(0).size(), 14U);
  EXPECT_TRUE(split.held_out[1].empty());
  EXPECT_EQ(split.kept.OfUser(1).size(), 1U);
}

TEST(Stacking, SplitsEachHistoryAtRandom) {
  std::vector<data::Interactions::Row> rows;
  for (ItemIndex item = 0; item < 400; ++item)
    rows.push_back({0, {item, item % 2 == 0 ? 1.0F : -1.0F, static_cast<TimeMs>(item)}});
  const data::Interactions all(1, 400, rows);
  const auto split = SplitAtRandom(all, 0.25, 3);
  const auto& held = split.held_out[0];
  EXPECT_EQ(split.kept.OfUser(0).size(), 300U);
  EXPECT_TRUE(std::is_sorted(held.begin(), held.end()));
  EXPECT_NEAR(static_cast<double>(held.size()), 50, 20);  // only what the user was for
  EXPECT_LT(held.front(), 50U);
  EXPECT_GT(held.back(), 350U);
  for (const auto& entry : split.kept.OfUser(0))
    EXPECT_FALSE(std::binary_search(held.begin(), held.end(), entry.item));
  EXPECT_EQ(SplitAtRandom(all, 0.25, 3).held_out, split.held_out);
  EXPECT_NE(SplitAtRandom(all, 0.25, 4).held_out, split.held_out);
}

}  // namespace
}  // namespace medley::recommenders
