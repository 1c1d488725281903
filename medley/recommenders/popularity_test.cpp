#include <gtest/gtest.h>

#include "medley/core/clock.h"
#include "medley/core/progress.h"
#include "medley/data/interactions.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"
#include "tests/contract/recommender_world.h"

namespace medley::recommenders {
namespace {

using contract::ScoresOf;

TEST(Latest, BelievesTheCatalogueThenTheFirstEvent) {
  const data::Interactions interactions(
      2, 5, {{0, {0, 1, 10}}, {1, {0, 1, 90}}, {0, {1, 1, 20}}, {1, {2, 1, 30}}, {1, {4, 1, 99}}});
  ItemFeatures features;
  features.created = {0, 50, 5, 0, 1000};
  const auto recommender = *MakeRecommender("latest", {});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, &features, 100, 1}, progress));
  const auto scores = ScoresOf(*recommender, {kNoIndex, {}});
  // 2 at 5, 0 at 10, 1 at 50, 4 promised for later; of 3 nothing is known.
  EXPECT_FLOAT_EQ(scores[2], 0.25F);
  EXPECT_FLOAT_EQ(scores[0], 0.5F);
  EXPECT_FLOAT_EQ(scores[1], 0.75F);
  EXPECT_FLOAT_EQ(scores[4], 1);
  EXPECT_EQ(scores[3], kNothingKnown);
  EXPECT_EQ(recommender->Explain({kNoIndex, {}}, 1, 3).size(), 1U);
  EXPECT_TRUE(recommender->Explain({kNoIndex, {}}, 0, 3).empty());
  const auto by_events = *MakeRecommender("latest", {{"use_created", "false"}});
  ASSERT_TRUE(by_events->Fit({&interactions, &features, 100, 1}, progress));
  EXPECT_FLOAT_EQ(ScoresOf(*by_events, {kNoIndex, {}})[2], 0.75F);
  features.created.pop_back();
  EXPECT_FALSE(recommender->Fit({&interactions, &features, 100, 1}, progress));
}

TEST(Popularity, HalfLifeHalves) {
  const data::Interactions interactions(2, 2, {{0, {0, 1, 10 * kDayMs}}, {1, {1, 1, 20 * kDayMs}}});
  const auto recommender = *MakeRecommender("popularity", {{"half_life_days", "10"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
  const auto scores = ScoresOf(*recommender, {kNoIndex, {}});
  EXPECT_FLOAT_EQ(scores[0], 0.5F);
  EXPECT_FLOAT_EQ(scores[1], 1);
}

TEST(Popularity, CountsAgesFromNow) {
  const data::Interactions interactions(1, 2, {{0, {0, 1, 10 * kDayMs}}, {0, {1, 1, 20 * kDayMs}}});
  const auto recommender = *MakeRecommender("popularity", {{"half_life_days", "10"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, nullptr, 30 * kDayMs, 1}, progress));
  const auto scores = ScoresOf(*recommender, {kNoIndex, {}});
  EXPECT_FLOAT_EQ(scores[0], 0.25F);
  EXPECT_FLOAT_EQ(scores[1], 0.5F);
}

}  // namespace
}  // namespace medley::recommenders
