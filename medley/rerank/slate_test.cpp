#include "medley/rerank/slate.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/recommender.h"

namespace medley::rerank {
namespace {

using recommenders::FeatureSpace;
using recommenders::ScoredItem;

const std::vector<ScoredItem> kCandidates = {{0, 1.0F}, {1, 0.95F}, {2, 0.9F}, {3, 0.2F}};

std::vector<ItemIndex> Items(const std::vector<Placed>& slate) {
  std::vector<ItemIndex> items;
  for (const auto& placed : slate) items.push_back(placed.item.item);
  return items;
}

/// Items 0 and 1 are the same; 2 is at right angles to them.
struct TwinSpace {
  linalg::Matrix vectors{4, 2};
  std::vector<std::uint8_t> present = {1, 1, 1, 0};
  TwinSpace() {
    vectors(0, 0) = vectors(1, 0) = 1;
    vectors(2, 1) = 1;
  }
  FeatureSpace View() const { return {"fused", vectors.View(), present}; }
};

TEST(Slate, KeepsTheOrderOfScoresWithoutDiversity) {
  Random random(1);
  EXPECT_EQ(Items(BuildSlate(kCandidates, {}, nullptr, {.n = 3, .diversity = 0}, random)),
            (std::vector<ItemIndex>{0, 1, 2}));
}

TEST(Slate, PutsTheUnlikeBeforeTheTwin) {
  Random random(1);
  const TwinSpace twins;
  const auto space = twins.View();
  EXPECT_EQ(Items(BuildSlate(kCandidates, {}, &space, {.n = 3, .diversity = 0.3}, random)),
            (std::vector<ItemIndex>{0, 2, 1}));
}

TEST(Slate, GivesAllThereIsWhenAskedForMore) {
  Random random(1);
  EXPECT_EQ(BuildSlate(kCandidates, {}, nullptr, {.n = 10}, random).size(), 4U);
  EXPECT_TRUE(BuildSlate({}, {}, nullptr, {.n = 10}, random).empty());
}

TEST(Slate, PropensityIsTheFrequencyWithWhichTheItemTakesThePlace) {
  Random random(7);
  constexpr int kRounds = 20000;
  std::map<ItemIndex, int> first;
  std::map<ItemIndex, double> said;
  for (int i = 0; i < kRounds; ++i) {
    const auto slate =
        BuildSlate(kCandidates, {}, nullptr, {.n = 2, .diversity = 0, .exploration = 0.4}, random);
    ++first[slate[0].item.item];
    said[slate[0].item.item] = slate[0].propensity;
    EXPECT_NE(slate[0].item.item, slate[1].item.item);
  }
  double sum = 0;
  for (const auto& [item, count] : first) {
    EXPECT_NEAR(static_cast<double>(count) / kRounds, said[item], 0.015);
    sum += said[item];
  }
  EXPECT_NEAR(sum, 1.0, 1e-9);
}

TEST(Slate, KeepsTheLastOfTenPlacesForANewcomer) {
  std::vector<ScoredItem> candidates;
  for (ItemIndex item = 0; item < 30; ++item)
    candidates.push_back({item, 30 - static_cast<float>(item)});
  const std::vector<ScoredItem> newcomers = {{50, 2}, {51, 1}};
  Random random(1);
  const auto list = [&](std::size_t n) {
    const SlateOptions options{.n = n, .diversity = 0, .newcomers = 0.1};
    return Items(BuildSlate(candidates, newcomers, nullptr, options, random));
  };
  EXPECT_EQ(list(9).back(), 8U);
  EXPECT_EQ(list(10).back(), 50U);
  EXPECT_EQ(list(10)[8], 8U);
  const auto thirty = list(30);
  EXPECT_EQ(thirty[9], 50U);
  EXPECT_EQ(thirty[19], 51U);
  EXPECT_EQ(thirty[29], 27U) << "no newcomer is left: the place is like any other";
}

TEST(Slate, ANewcomerWithAPlaceOfItsOwnNeedsNoKeptOne) {
  std::vector<ScoredItem> candidates;
  for (ItemIndex item = 0; item < 12; ++item)
    candidates.push_back({item, 12 - static_cast<float>(item)});
  const std::vector<ScoredItem> newcomers = {{3, 2}, {50, 1}};
  Random random(1);
  const SlateOptions options{.n = 10, .diversity = 0, .newcomers = 0.1};
  EXPECT_EQ(Items(BuildSlate(candidates, newcomers, nullptr, options, random)),
            (std::vector<ItemIndex>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Slate, ThePropensityOfAKeptPlaceIsOverTheNewcomers) {
  const std::vector<ScoredItem> newcomers = {{50, 2}, {51, 1}, {52, 0}, {53, -1}};
  Random random(7);
  constexpr int kRounds = 20000;
  std::map<ItemIndex, int> last;
  std::map<ItemIndex, double> said;
  for (int i = 0; i < kRounds; ++i) {
    const SlateOptions options{.n = 2, .diversity = 0, .exploration = 0.4, .newcomers = 0.5};
    const auto slate = BuildSlate(kCandidates, newcomers, nullptr, options, random);
    ++last[slate[1].item.item];
    said[slate[1].item.item] = slate[1].propensity;
  }
  ASSERT_EQ(last.size(), newcomers.size());
  for (const auto& [item, count] : last)
    EXPECT_NEAR(static_cast<double>(count) / kRounds, said[item], 0.015);
}

TEST(Slate, IsCertainWithoutExploration) {
  Random random(1);
  for (const auto& placed : BuildSlate(kCandidates, {}, nullptr, {.n = 4}, random))
    EXPECT_EQ(placed.propensity, 1.0);
}

}  // namespace
}  // namespace medley::rerank
