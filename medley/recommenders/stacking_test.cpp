#include "medley/recommenders/stacking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_THAT(split.late[0], testing::ElementsAre(0, 1));
  EXPECT_EQ(split.early.OfUser(0).size(), 14U);
  EXPECT_TRUE(split.late[1].empty());
  EXPECT_EQ(split.early.OfUser(1).size(), 1U);
}

}  // namespace
}  // namespace medley::recommenders
