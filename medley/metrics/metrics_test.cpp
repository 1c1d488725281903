#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/matrix.h"
#include "medley/metrics/beyond_accuracy.h"
#include "medley/metrics/interval.h"
#include "medley/metrics/ranking.h"

namespace medley::metrics {
namespace {

using Items = std::vector<std::uint32_t>;

TEST(Ranking, WorkedExample) {
  // Hits at places 1 and 3 of 4; three relevant.
  const auto scores = ScoreRanking(Items{7, 1, 3, 2, 9}, Items{3, 7, 9}, 4);
  EXPECT_DOUBLE_EQ(scores.precision, 0.5);
  EXPECT_DOUBLE_EQ(scores.recall, 2.0 / 3);
  EXPECT_DOUBLE_EQ(scores.hit_rate, 1);
  EXPECT_DOUBLE_EQ(scores.f1, 2 * 0.5 * (2.0 / 3) / (0.5 + 2.0 / 3));
  EXPECT_DOUBLE_EQ(scores.ndcg, (1 + 0.5) / (1 + 1 / std::log2(3.0) + 0.5));
  EXPECT_DOUBLE_EQ(scores.map, (1.0 + 2.0 / 3) / 3);
  EXPECT_DOUBLE_EQ(scores.mrr, 1);
}

TEST(Ranking, FirstHitAtPlaceThreeGivesAThird) {
  EXPECT_DOUBLE_EQ(ScoreRanking(Items{1, 2, 3}, Items{3}, 3).mrr, 1.0 / 3);
}

TEST(Ranking, NoHitIsZeroEverywhere) {
  const auto scores = ScoreRanking(Items{1, 2}, Items{3}, 20);
  EXPECT_EQ(scores.precision + scores.recall + scores.hit_rate + scores.f1 + scores.ndcg +
                scores.map + scores.mrr,
            0);
}

TEST(Ranking, MoreRelevantThanPlacesStillReachesOne) {
  const auto scores = ScoreRanking(Items{1, 2}, Items{1, 2, 3, 4}, 2);
  EXPECT_DOUBLE_EQ(scores.ndcg, 1);
  EXPECT_DOUBLE_EQ(scores.map, 1);
  EXPECT_DOUBLE_EQ(scores.recall, 0.5);
}

TEST(Ranking, AShortListIsNotStretched) {
  const auto scores = ScoreRanking(Items{1}, Items{1}, 10);
  EXPECT_DOUBLE_EQ(scores.precision, 0.1);
  EXPECT_DOUBLE_EQ(scores.ndcg, 1);
}

TEST(Auc, AgreesWithCountingPairs) {
  Random random(1);
  for (int round = 0; round < 50; ++round) {
    std::vector<float> scores(30);
    std::vector<std::uint8_t> relevant(30);
    for (auto& score : scores) score = static_cast<float>(random.Below(8));
    scores[5] = -std::numeric_limits<float>::infinity();
    for (auto& flag : relevant) flag = random.Bernoulli(0.3) ? 1 : 0;
    double sum = 0;
    double pairs = 0;
    for (std::size_t i = 0; i < 30; ++i) {
      for (std::size_t j = 0; j < 30; ++j) {
        if (relevant[i] == 0 || relevant[j] != 0) continue;
        sum += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        pairs += 1;
      }
    }
    EXPECT_DOUBLE_EQ(Auc(scores, relevant), pairs > 0 ? sum / pairs : 0.5);
  }
}

TEST(BeyondAccuracy, CoverageAndGini) {
  const std::vector<Items> even = {{0, 1}, {2, 3}};
  EXPECT_DOUBLE_EQ(Coverage(even, 4), 1);
  EXPECT_DOUBLE_EQ(Gini(even, 4), 0);
  const std::vector<Items> one = {{0}, {0}};
  EXPECT_DOUBLE_EQ(Coverage(one, 4), 0.25);
  EXPECT_DOUBLE_EQ(Gini(one, 4), 0.75);  // 1 - 1/n
}

TEST(BeyondAccuracy, NoveltyIsTheSurpriseInBits) {
  const std::vector<Items> lists = {{0, 1}};
  EXPECT_DOUBLE_EQ(Novelty(lists, std::vector<float>{4, 1}, 8), (1 + 3) / 2.0);
  EXPECT_DOUBLE_EQ(Novelty(lists, std::vector<float>{0, 0}, 8), 4);
}

TEST(BeyondAccuracy, DiversityLeavesOutItemsWithoutAVector) {
  linalg::Matrix vectors(4, 2);
  vectors(0, 0) = 1;
  vectors(1, 1) = 1;
  vectors(2, 0) = 1;
  EXPECT_DOUBLE_EQ(Diversity(Items{0, 1, 2, 3}, vectors.View()), (1 + 0 + 1) / 3.0);
  EXPECT_DOUBLE_EQ(Diversity(Items{0, 3}, vectors.View()), 0);
}

TEST(Interval, CoversTheTrueMeanAboutAsOftenAsItSays) {
  Random random(3);
  int covered = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<double> values(60);
    for (auto& value : values) value = random.Normal();
    const auto interval = BootstrapMean(values, static_cast<std::uint64_t>(round), 400);
    covered += interval.low <= 0 && interval.high >= 0 ? 1 : 0;
  }
  EXPECT_THAT(covered, testing::AllOf(testing::Ge(180), testing::Le(199)));
}

TEST(Interval, PairingFindsASmallSteadyGain) {
  Random random(4);
  std::vector<double> theirs(500);
  std::vector<double> ours(500);
  for (std::size_t i = 0; i < 500; ++i) {
    theirs[i] = random.Uniform();
    ours[i] = theirs[i] + 0.01 + 0.02 * random.Normal();
  }
  EXPECT_TRUE(PairedBootstrap(ours, theirs).ExcludesZero());
  EXPECT_FALSE(PairedBootstrap(theirs, theirs).ExcludesZero());
  EXPECT_NEAR(PairedBootstrap(ours, theirs).mean, 0.01, 0.004);
}

}  // namespace
}  // namespace medley::metrics
