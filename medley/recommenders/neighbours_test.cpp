#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/progress.h"
#include "medley/data/interactions.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"
#include "tests/contract/recommender_world.h"

namespace medley::recommenders {
namespace {

using contract::ScoresOf;
using contract::World;

TEST(ItemKnn, WorkedExample) {
  // Item 0 with users {0, 1, 2}, item 1 with {0, 1}, item 2 with {2}.
  const data::Interactions interactions(3,
                                        3,
                                        {{0, {0, 1, 1}},
                                         {0, {1, 1, 2}},
                                         {1, {0, 1, 1}},
                                         {1, {1, 1, 2}},
                                         {2, {0, 1, 1}},
                                         {2, {2, 1, 2}}});
  const auto recommender = *MakeRecommender("item_knn", {{"shrinkage", "1"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
  const std::vector<data::Interaction> history = {{0, 1, 1}};
  const auto scores = ScoresOf(*recommender, {kNoIndex, history});
  EXPECT_FLOAT_EQ(scores[0], 0);
  EXPECT_FLOAT_EQ(scores[1], 2 / (std::sqrt(6.0F) + 1));
  EXPECT_FLOAT_EQ(scores[2], 1 / (std::sqrt(3.0F) + 1));
  const auto evidence = recommender->Explain({kNoIndex, history}, 1, 3);
  ASSERT_EQ(evidence.size(), 1U);
  EXPECT_EQ(evidence[0].item, 0U);
  EXPECT_FLOAT_EQ(static_cast<float>(evidence[0].contribution), scores[1]);
}

// Users {0: a b, 1: a b c, 2: b}: hand-worked for each measure.
TEST(ItemKnn, EveryMeasureAgreesWithItsEquation) {
  const data::Interactions interactions(3,
                                        4,
                                        {{0, {0, 1, 1}},
                                         {0, {1, 1, 2}},
                                         {1, {0, 1, 1}},
                                         {1, {1, 1, 2}},
                                         {1, {2, 1, 3}},
                                         {2, {1, 1, 1}}});
  const auto similarity =
      [&](const std::map<std::string, std::string>& settings, ItemIndex source, ItemIndex target) {
        const auto recommender = *MakeRecommender("item_knn", settings);
        SilentProgress progress;
        EXPECT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
        const std::vector<data::Interaction> history = {{source, 1, 1}};
        return ScoresOf(*recommender, {kNoIndex, history})[target];
      };
  EXPECT_FLOAT_EQ(similarity({{"similarity", "cosine"}, {"shrinkage", "0"}}, 0, 1),
                  2 / std::sqrt(6.0F));
  EXPECT_FLOAT_EQ(similarity({{"similarity", "jaccard"}, {"shrinkage", "0"}}, 0, 1), 2.0F / 3);
  EXPECT_FLOAT_EQ(similarity({{"similarity", "jaccard"}, {"shrinkage", "1"}}, 0, 2), 1.0F / 3);
  // Of b given a: users 0 and 1 have two and three items; a has 2 users, b 3.
  const float together = 1 / std::sqrt(2.0F) + 1 / std::sqrt(3.0F);
  EXPECT_FLOAT_EQ(similarity({{"similarity", "conditional"}, {"popularity_power", "1"}}, 0, 1),
                  together / (2 * 3));
  EXPECT_FLOAT_EQ(similarity({{"similarity", "conditional"}, {"popularity_power", "0"}}, 1, 0),
                  together / 3);
  // log(3 / 3) = 0 for a, which leaves nothing; c is rare, b is everyone's.
  EXPECT_FLOAT_EQ(similarity({{"similarity", "bm25"}}, 0, 1), kNothingKnown);
}

// Six users so that no weight vanishes.
TEST(ItemKnn, Bm25AgreesWithItsEquation) {
  const data::Interactions interactions(
      6, 3, {{0, {0, 1, 1}}, {0, {1, 1, 2}}, {1, {0, 1, 1}}, {2, {2, 1, 1}}, {3, {2, 1, 1}}});
  const auto recommender = *MakeRecommender("item_knn", {{"similarity", "bm25"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
  const double norm = 1.2 * (0.25 + 0.75 * 2 / (5.0 / 6));
  const double weight = 2.2 / (norm + 1);
  const double expected = std::log(6.0 / 3) * weight * std::log(6.0 / 2) * weight;
  const std::vector<data::Interaction> history = {{0, 1, 1}};
  EXPECT_NEAR(ScoresOf(*recommender, {kNoIndex, history})[1], expected, 1e-6);
}

// Small lists, so that neighbours fall off their ends and have to come back.
TEST(ItemKnn, UpdatesExactlyWhateverTheSettings) {
  for (const char* measure : {"cosine", "jaccard", "conditional", "bm25"}) {
    for (const char* neighbours : {"1", "3", "200"}) {
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const World world(seed);
        const auto earlier = world.Earlier();
        const std::map<std::string, std::string> settings = {
            {"similarity", measure}, {"neighbours", neighbours}, {"use_weights", "true"}};
        const auto updated = *MakeRecommender("item_knn", settings);
        const auto fitted = *MakeRecommender("item_knn", settings);
        SilentProgress progress;
        ASSERT_TRUE(updated->Fit({&earlier, nullptr, 0, 1}, progress));
        ASSERT_TRUE(updated->Update({&world.interactions, nullptr, 0, 1}, earlier, progress));
        ASSERT_TRUE(fitted->Fit({&world.interactions, nullptr, 0, 1}, progress));
        EXPECT_EQ(contract::DigestOf(*updated, world), contract::DigestOf(*fitted, world))
            << measure << " " << neighbours << " " << seed;
      }
    }
  }
}

// One user takes one thing back and takes up another: most items are not touched.
TEST(ItemKnn, UpdatesExactlyWhenLittleChanged) {
  const World world;
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < World::kUsers; ++user) {
    for (const auto& entry : world.interactions.OfUser(user)) {
      if (user == 7 && rows.size() % 3 == 0) continue;
      rows.push_back({user, entry});
    }
  }
  rows.push_back({7, {1, 1, 99}});
  const data::Interactions changed(World::kUsers, World::kItems, rows);
  for (const char* name : {"item_knn", "sequence"}) {
    std::map<std::string, std::string> settings;
    if (std::string_view(name) == "item_knn") settings["neighbours"] = "4";
    const auto updated = *MakeRecommender(name, settings);
    const auto fitted = *MakeRecommender(name, settings);
    SilentProgress progress;
    ASSERT_TRUE(updated->Fit({&world.interactions, nullptr, 0, 1}, progress));
    ASSERT_TRUE(updated->Update({&changed, nullptr, 0, 1}, world.interactions, progress));
    ASSERT_TRUE(fitted->Fit({&changed, nullptr, 0, 1}, progress));
    EXPECT_EQ(contract::DigestOf(*updated, world), contract::DigestOf(*fitted, world)) << name;
  }
}

TEST(UserKnn, WorkedExample) {
  // The user has {0, 1}; user 0 shares both and adds 2, user 1 shares one and adds 3.
  const data::Interactions interactions(3,
                                        5,
                                        {{0, {0, 1, 1}},
                                         {0, {1, 1, 2}},
                                         {0, {2, 1, 3}},
                                         {1, {0, 1, 1}},
                                         {1, {3, 1, 2}},
                                         {2, {4, 1, 1}}});
  const std::vector<data::Interaction> history = {{0, 1, 1}, {1, 1, 2}};
  const auto scores = [&](const std::map<std::string, std::string>& given) {
    auto settings = given;
    settings.insert({{"shrinkage", "0"}, {"recency_power", "0"}});
    const auto recommender = *MakeRecommender("user_knn", settings);
    SilentProgress progress;
    EXPECT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
    const auto evidence = recommender->Explain({kNoIndex, history}, 2, 5);
    EXPECT_EQ(evidence.size(), 2U);
    return ScoresOf(*recommender, {kNoIndex, history});
  };
  const auto cosine = scores({{"similarity", "cosine"}});
  EXPECT_FLOAT_EQ(cosine[2], 2 / std::sqrt(6.0F));
  EXPECT_FLOAT_EQ(cosine[3], 0.5F);
  EXPECT_FLOAT_EQ(cosine[4], 0);
  const auto jaccard = scores({{"similarity", "jaccard"}});
  EXPECT_FLOAT_EQ(jaccard[2], 2.0F / 3);
  EXPECT_FLOAT_EQ(jaccard[3], 1.0F / 3);
  const auto nearest = scores({{"neighbours", "1"}, {"amplify", "2"}});
  EXPECT_FLOAT_EQ(nearest[2], 4.0F / 6);
  EXPECT_FLOAT_EQ(nearest[3], 0);
}

TEST(SessionKnn, WorkedExample) {
  // Two sessions of one user, a day and more apart, and one of another.
  constexpr TimeMs kHour = 3'600'000;
  const data::Interactions interactions(2,
                                        5,
                                        {{0, {0, 1, kHour}},
                                         {0, {1, 1, 2 * kHour}},
                                         {0, {2, 1, 100 * kHour}},
                                         {0, {3, 1, 101 * kHour}},
                                         {1, {0, 1, kHour}},
                                         {1, {2, 1, 2 * kHour}},
                                         {1, {4, 1, 3 * kHour}}});
  const auto recommender = *MakeRecommender(
      "session_knn", {{"fade_items", "1"}, {"fade_places", "2"}, {"fade_days", "0"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
  const std::vector<data::Interaction> history = {{0, 1, 1}, {2, 1, 2}};
  const auto scores = ScoresOf(*recommender, {kNoIndex, history});
  const float older = std::exp(-1.0F);
  const float place = std::exp(-0.5F);
  EXPECT_FLOAT_EQ(scores[1], older / std::sqrt(4.0F) * place);
  EXPECT_FLOAT_EQ(scores[3], 1 / std::sqrt(4.0F) * place);
  EXPECT_FLOAT_EQ(scores[4], (1 + older) / std::sqrt(6.0F) * place);
  const auto evidence = recommender->Explain({kNoIndex, history}, 4, 5);
  ASSERT_EQ(evidence.size(), 2U);
  EXPECT_EQ(evidence[0].item, 2U);
  EXPECT_NEAR(evidence[0].contribution + evidence[1].contribution, scores[4], 1e-6);
  const auto whole = *MakeRecommender("session_knn", {{"gap_hours", "0"}});
  ASSERT_TRUE(whole->Fit({&interactions, nullptr, 0, 1}, progress));
  const std::vector<data::Interaction> first = {{1, 1, 1}};
  EXPECT_GT(ScoresOf(*whole, {kNoIndex, first})[3], 0);
  EXPECT_EQ(ScoresOf(*recommender, {kNoIndex, first})[3], 0);
}

TEST(Sequence, WorkedExample) {
  // 0 -> 1 -> 2 by one user, 0 -> 2 by another.
  const data::Interactions interactions(
      2, 4, {{0, {0, 1, 1}}, {0, {1, 1, 2}}, {0, {2, 1, 3}}, {1, {0, 1, 1}}, {1, {2, 1, 2}}});
  const auto recommender = *MakeRecommender(
      "sequence", {{"window", "2"}, {"decay", "0.5"}, {"backward", "0.25"}, {"shrinkage", "1"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
  const std::vector<data::Interaction> history = {{0, 1, 1}};
  const auto scores = ScoresOf(*recommender, {kNoIndex, history});
  // c(0, 1) = 1, c(0, 2) = .5 + 1; into 1: 1 + .25 from 2; into 2: 1.5 + 1.
  EXPECT_FLOAT_EQ(scores[1], 1 / std::sqrt((2.5F + 1) * (1.25F + 1)));
  EXPECT_FLOAT_EQ(scores[2], 1.5F / std::sqrt((2.5F + 1) * (2.5F + 1)));
  EXPECT_EQ(scores[3], kNothingKnown);
}

}  // namespace
}  // namespace medley::recommenders
