#include "medley/recommenders/pair_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/progress.h"
#include "medley/data/interactions.h"
#include "medley/recommenders/behaviour_vectors.h"
#include "medley/recommenders/pair_features.h"
#include "medley/recommenders/recommender.h"
#include "tests/contract/recommender_world.h"

namespace medley::recommenders {
namespace {

using contract::World;

std::vector<data::Interactions::Row> RowsOf(const data::Interactions& interactions) {
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < interactions.n_users(); ++user)
    for (const auto& entry : interactions.OfUser(user)) rows.push_back({user, entry});
  return rows;
}

std::vector<float> FeaturesOf(const World& world,
                              const data::Interactions& interactions,
                              UserIndex user,
                              std::size_t before) {
  SilentProgress progress;
  const auto features = PairFeatures::Fit({&interactions, &world.features, 0, 1}, "auto", progress);
  EXPECT_TRUE(features) << features.error().message;
  const auto history = interactions.OfUser(user);
  const auto reader = features->Read(history.first(before), PairFeatures::FoldOf(user));
  EXPECT_TRUE(reader);
  std::vector<float> out(features->size());
  features->Write(*reader, history[before].item, out);
  return out;
}

// What is asked must not stand in its own features: whatever the answer, they are the same.
TEST(PairFeatures, KnowNothingOfTheAnswer) {
  const World world;
  for (const UserIndex user : {0U, 13U, 44U}) {
    const std::size_t before = world.interactions.OfUser(user).size() - 2;
    auto rows = RowsOf(world.interactions);
    const auto item = world.interactions.OfUser(user)[before].item;
    for (auto& row : rows)
      if (row.user == user && row.interaction.item == item) row.interaction.weight *= -3;
    const data::Interactions changed(World::kUsers, World::kItems, std::move(rows));
    EXPECT_EQ(FeaturesOf(world, world.interactions, user, before),
              FeaturesOf(world, changed, user, before));
    EXPECT_NE(FeaturesOf(world, world.interactions, user, before + 1),
              FeaturesOf(world, changed, user, before + 1));
  }
}

TEST(BehaviourVectors, BringItemsOfTheSamePeopleTogether) {
  const World world;
  const auto vectors = BehaviourVectors(world.interactions, 4, 1);
  double same = 0;
  double other = 0;
  for (std::size_t a = 0; a < 30; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      double dot = 0;
      for (std::size_t k = 0; k < 4; ++k) dot += double{vectors(a, k)} * double{vectors(b, k)};
      (a % World::kTastes == b % World::kTastes ? same : other) += dot;
    }
  }
  EXPECT_GT(same / 135, 0.5);
  EXPECT_LT(other / 300, 0.1);
  for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(vectors(World::kItems - 1, k), 0);
}

TEST(PairBlocks, AskAboutEverythingButTheBeginningsInOrder) {
  std::vector<data::Interactions::Row> rows;
  for (ItemIndex i = 0; i < 40; ++i) rows.push_back({1, {i, i % 2 == 0 ? 1.0F : -1.0F, 1000 * i}});
  rows.push_back({0, {7, 1, 5}});
  const auto blocks = MakePairBlocks(data::Interactions(2, 40, rows), 1);
  ASSERT_EQ(blocks.size(), 3U);
  EXPECT_EQ(blocks[0].before, 3U);
  EXPECT_EQ(blocks[1].before, 19U);
  EXPECT_EQ(blocks[2].items.size(), 5U);
  EXPECT_EQ(blocks[1].items[0], 19U);
  EXPECT_EQ(blocks[1].labels[0], 0U);
  EXPECT_EQ(blocks[1].labels[1], 1U);
}

TEST(PairBlocks, DrawWhatWasNotDoneWhereNobodyIsAgainstAnything) {
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < 30; ++user)
    for (ItemIndex i = 0; i < 8; ++i) rows.push_back({user, {(user * 3 + i) % 40, 1, 1000 * i}});
  const data::Interactions interactions(30, 50, rows);
  const auto blocks = MakePairBlocks(interactions, 1);
  std::size_t positive = 0;
  std::size_t drawn = 0;
  std::size_t held_out = 0;
  for (const auto& block : blocks) {
    std::set<ItemIndex> own;
    for (const auto& entry : interactions.OfUser(block.user)) own.insert(entry.item);
    for (std::size_t i = 0; i < block.items.size(); ++i) {
      (block.labels[i] == 1 ? positive : drawn) += 1;
      EXPECT_EQ(own.contains(block.items[i]), block.labels[i] == 1);
      EXPECT_LT(block.items[i], 40U);
    }
    held_out += block.held_out ? 1 : 0;
  }
  EXPECT_EQ(positive, drawn);
  EXPECT_GT(held_out, 0U);
  EXPECT_LT(held_out, blocks.size() / 2);
}

std::unique_ptr<Recommender> Fitted(const World& world,
                                    const std::string& name,
                                    const std::map<std::string, std::string>& settings) {
  auto made = MakeRecommender(name, settings);
  EXPECT_TRUE(made) << made.error().message;
  SilentProgress progress;
  const auto status = (*made)->Fit(world.Training(), progress);
  EXPECT_TRUE(status) << status.error().message;
  return *std::move(made);
}

TEST(Interest, ReadsTheShortlistAndKeepsTheOthersBehindIt) {
  const World world;
  const std::map<std::string, std::string> small = {{"start", "drawn"}, {"epochs", "1"}};
  auto shortened = small;
  shortened["shortlist"] = "10";
  const auto all = Fitted(world, "interest", small);
  const auto some = Fitted(world, "interest", shortened);
  const auto whole = contract::ScoresOf(*all, world.User(4));
  const auto scores = contract::ScoresOf(*some, world.User(4));
  auto order = scores;
  std::ranges::sort(order, std::greater<>());
  std::size_t same = 0;
  for (std::size_t item = 0; item < scores.size(); ++item) {
    if (scores[item] < order[9]) continue;
    EXPECT_NEAR(scores[item], whole[item], 1e-4) << item;
    ++same;
  }
  EXPECT_EQ(same, 10U);
}

TEST(Interest, SomeItemsAloneScoreAsAmongAll) {
  const World world;
  for (const auto* name : {"logistic", "boosted_trees"}) {
    const auto model = Fitted(world, name, {});
    const auto scores = contract::ScoresOf(*model, world.User(7));
    const std::vector<ItemIndex> items = {30, 2, 11, World::kItems + 1};
    std::vector<float> few(items.size());
    ASSERT_TRUE(dynamic_cast<const ScoresSome&>(*model).ScoreSome(world.User(7), items, few));
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(few[i], scores[items[i]]) << name;
    EXPECT_TRUE(std::isinf(few[3]));
  }
}

}  // namespace
}  // namespace medley::recommenders
