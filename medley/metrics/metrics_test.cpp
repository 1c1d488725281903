#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <set>
#include <string_view>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/random.h"
#include "medley/linalg/matrix.h"
#include "medley/metrics/beyond_accuracy.h"
#include "medley/metrics/classification.h"
#include "medley/metrics/interval.h"
#include "medley/metrics/metric_table.h"
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
  vectors(2, 0) = 3;  // only the direction counts
  EXPECT_DOUBLE_EQ(Diversity(Items{0, 1, 2, 3}, vectors.View()).value_or(-1), (1 + 0 + 1) / 3.0);
  EXPECT_FALSE(Diversity(Items{0, 3}, vectors.View()).has_value());
}

TEST(BeyondAccuracy, SerendipityCountsHitsNobodyExpects) {
  // Relevant: 1, 5, 9. Of the first four places 5 is expected, 1 and 9 are finds; 9 lies behind k.
  EXPECT_DOUBLE_EQ(Serendipity(Items{5, 1, 3, 2, 9}, Items{1, 5, 9}, Items{2, 5}, 4), 0.25);
  EXPECT_DOUBLE_EQ(Serendipity(Items{5, 1, 9}, Items{1, 5, 9}, Items{}, 4), 0.75);
  EXPECT_EQ(Serendipity(Items{}, Items{1}, Items{}, 4), 0);
}

TEST(BeyondAccuracy, EachItemSharesOneVoteAmongItsCategories) {
  const std::vector<Items> categories = {{0}, {0, 1}, {}, {2}};
  EXPECT_THAT(CategoryShares(Items{0, 1, 2}, categories, 3),
              testing::ElementsAre(testing::DoubleEq(0.75), testing::DoubleEq(0.25), 0));
  EXPECT_THAT(CategoryShares(Items{2}, categories, 3), testing::Each(0));
}

TEST(BeyondAccuracy, MiscalibrationByHand) {
  // Steck's smoothing: .99 x list + .01 x history.
  const double expected = 0.7 * std::log(0.7 / (0.99 * 0.5 + 0.01 * 0.7)) +
                          0.3 * std::log(0.3 / (0.99 * 0.5 + 0.01 * 0.3));
  EXPECT_NEAR(Miscalibration(std::vector<double>{0.7, 0.3}, std::vector<double>{0.5, 0.5}),
              expected,
              1e-15);
  EXPECT_NEAR(
      Miscalibration(std::vector<double>{0.7, 0.3}, std::vector<double>{0.7, 0.3}), 0, 1e-15);
  EXPECT_NEAR(
      Miscalibration(std::vector<double>{1, 0}, std::vector<double>{0, 1}), std::log(100.0), 1e-12);
}

TEST(BeyondAccuracy, TheLorenzCurveEnclosesHalfTheGini) {
  Random random(5);
  std::vector<Items> lists(40);
  for (auto& list : lists) {
    for (int i = 0; i < 6; ++i)
      list.push_back(static_cast<std::uint32_t>(random.Below(5) * random.Below(6)));
  }
  const auto curve = LorenzCurve(lists, 30, 30);  // a point an item: the trapezia are exact
  ASSERT_EQ(curve.size(), 31U);
  double area = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    EXPECT_GE(curve[i], curve[i - 1]);
    area += (curve[i] + curve[i - 1]) / 2 / 30;
  }
  EXPECT_EQ(curve.front(), 0);
  EXPECT_DOUBLE_EQ(curve.back(), 1);
  EXPECT_NEAR(1 - 2 * area, Gini(lists, 30), 1e-12);
  EXPECT_DOUBLE_EQ(LorenzCurve(lists, 30, 4)[2], curve[15]);
  EXPECT_DOUBLE_EQ(LorenzCurve({}, 30, 4)[1], 0.25);
}

TEST(Ranking, PrecisionRecallCurveIsTheMeanOfScoreRanking) {
  const std::vector<Items> lists = {{1, 2, 3}, {4}, {5, 6}};
  const std::vector<Items> relevant = {{2, 3}, {4, 9}, {}};
  const auto curve = PrecisionRecallCurve(lists, relevant, 4);
  ASSERT_EQ(curve.size(), 4U);
  for (std::size_t k = 1; k <= 4; ++k) {
    const auto a = ScoreRanking(lists[0], relevant[0], k);
    const auto b = ScoreRanking(lists[1], relevant[1], k);
    EXPECT_DOUBLE_EQ(curve[k - 1].precision, (a.precision + b.precision) / 2) << k;
    EXPECT_DOUBLE_EQ(curve[k - 1].recall, (a.recall + b.recall) / 2) << k;
  }
}

using Flags = std::vector<std::uint8_t>;
using Numbers = std::vector<double>;

TEST(Labels, ByHand) {
  const auto scores = ScoreLabels(Flags{1, 1, 1, 0, 0}, Flags{1, 0, 0, 1, 0});
  EXPECT_DOUBLE_EQ(scores.accuracy, 0.4);
  EXPECT_DOUBLE_EQ(scores.precision, 0.5);
  EXPECT_DOUBLE_EQ(scores.recall, 1.0 / 3);
  EXPECT_DOUBLE_EQ(scores.f1, 2 * 0.5 / 3 / (0.5 + 1.0 / 3));
  EXPECT_EQ(ScoreLabels(Flags{1, 0}, Flags{0, 0}).precision, 0);
  EXPECT_EQ(ScoreLabels(Flags{0, 0}, Flags{0, 0}).f1, 0);
  EXPECT_EQ(ScoreLabels({}, {}).accuracy, 0);
}

TEST(Labels, LogLossIsOfWhatWasTrueAndFinite) {
  EXPECT_DOUBLE_EQ(LogLoss(Flags{1, 0}, Numbers{0.8, 0.4}), -(std::log(0.8) + std::log(0.6)) / 2);
  EXPECT_NEAR(LogLoss(Flags{1}, Numbers{0}), 52 * std::log(2.0), 1e-12);
}

TEST(Labels, CalibrationErrorByHand) {
  // Bins of a tenth: .1 belongs to the first, .15 to the second, 1 to the last.
  const double expected = (std::abs(0.1 - 1) + std::abs(0.15 + 0.2 - 1) + std::abs(1.0 - 1)) / 4;
  EXPECT_NEAR(
      ExpectedCalibrationError(Flags{1, 0, 1, 1}, Numbers{0.1, 0.15, 0.2, 1}), expected, 1e-15);
  EXPECT_EQ(ExpectedCalibrationError({}, {}), 0);
}

TEST(Labels, GaucLeavesOutUsersWithOneAnswerAndWeighsByPairs) {
  // User 7: AUC 1, two pairs; user 5 says yes only.
  const std::vector<std::uint32_t> user = {7, 3, 3, 5, 7, 3, 3};
  const Numbers scores = {0.9, 0.5, 0.5, 0.1, 0.2, 0.7, 0.3};
  const Flags truth = {1, 1, 0, 1, 0, 0, 1};
  // Pairs of user 3: .5 against .5 and .7: half + 0; .3 against both: 0. AUC .125.
  EXPECT_DOUBLE_EQ(Gauc(user, scores, truth), (2 * 1.0 + 4 * 0.125) / 6);
  EXPECT_EQ(Gauc(std::vector<std::uint32_t>{1}, Numbers{1}, Flags{1}), 0.5);
}

TEST(Ratings, ByHand) {
  EXPECT_DOUBLE_EQ(Rmse(Numbers{1, 5}, Numbers{2, 3}), std::sqrt(2.5));
  EXPECT_DOUBLE_EQ(Mae(Numbers{1, 5}, Numbers{2, 3}), 1.5);
  EXPECT_EQ(Rmse({}, {}), 0);
}

TEST(Holm, RaisesAndKeepsTheOrder) {
  EXPECT_THAT(HolmAdjusted(Numbers{0.01, 0.04, 0.03, 0.5}),
              testing::ElementsAre(testing::DoubleEq(0.04),
                                   testing::DoubleEq(0.09),
                                   testing::DoubleEq(0.09),
                                   testing::DoubleEq(0.5)));
  EXPECT_THAT(HolmAdjusted(Numbers{0.9, 0.8}), testing::Each(1));
  EXPECT_TRUE(HolmAdjusted({}).empty());
}

TEST(PairedTest, AgreesWithItsIntervalAndIsRarelyWrong) {
  Random random(6);
  int found = 0;
  for (int round = 0; round < 200; ++round) {
    Numbers ours(60);
    Numbers theirs(60);
    for (std::size_t i = 0; i < 60; ++i) {
      theirs[i] = random.Normal();
      ours[i] = theirs[i] + random.Normal();
    }
    const auto test = TestPaired(ours, theirs, static_cast<std::uint64_t>(round), 400);
    if (test.p < 0.05) {
      EXPECT_TRUE(test.gain.ExcludesZero());
    }
    found += test.p < 0.05 ? 1 : 0;
  }
  EXPECT_LE(found, 24);  // 5 % of 200 on average
}

TEST(PairedTest, SameIsCertainToBeNoneAndASteadyGainIsAsSureAsCanBe) {
  const Numbers zeros(50, 0.0);
  const Numbers ones(50, 1.0);
  EXPECT_EQ(TestPaired(zeros, zeros).p, 1);
  EXPECT_DOUBLE_EQ(TestPaired(ones, zeros).p, 2.0 / (kResamples + 1));
  EXPECT_DOUBLE_EQ(TestPaired(zeros, ones).p, 2.0 / (kResamples + 1));
  EXPECT_EQ(TestPaired({}, {}).p, 1);
}

TEST(Interval, ARatioWeighsUsersByTheirWholes) {
  const Numbers parts = {1, 0, 3};
  const Numbers wholes = {1, 5, 4};
  const auto ratio = BootstrapRatio(parts, wholes);
  EXPECT_DOUBLE_EQ(ratio.mean, 0.4);
  EXPECT_LT(ratio.low, 0.4);
  EXPECT_GT(ratio.high, 0.4);
  // With wholes of 1 it is the mean, draw by draw.
  const Numbers ones(3, 1.0);
  EXPECT_EQ(BootstrapRatio(parts, ones, 3).low, BootstrapMean(parts, 3).low);
  EXPECT_EQ(BootstrapRatio(Numbers{0}, Numbers{0}).mean, 0);
}

TEST(MetricTable, EveryRowIsCompleteAndFound) {
  std::set<std::string_view> names;
  for (const auto& metric : Metrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    for (const auto text :
         {metric.title, metric.title_zh, metric.range, metric.meaning, metric.edges, metric.source})
      EXPECT_FALSE(text.empty()) << metric.name;
    EXPECT_EQ(FindMetric(metric.name), &metric);
  }
  EXPECT_EQ(FindMetric("recal"), nullptr);
}

TEST(MetricTable, TheReferenceSaysWhatTheTableSays) {
  const std::filesystem::path file = "docs/reference/metrics.md";
  if (std::getenv("MEDLEY_UPDATE_REFERENCE") != nullptr) {
    ASSERT_TRUE(WriteFileAtomically(file, MetricsReference()));
  }
  const auto text = ReadFile(file);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text, MetricsReference());
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
  EXPECT_TRUE(TestPaired(ours, theirs).gain.ExcludesZero());
  EXPECT_FALSE(TestPaired(theirs, theirs).gain.ExcludesZero());
  EXPECT_NEAR(TestPaired(ours, theirs).gain.mean, 0.01, 0.004);
}

}  // namespace
}  // namespace medley::metrics
