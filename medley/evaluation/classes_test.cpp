#include "medley/evaluation/classes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/ratings.h"
#include "medley/evaluation/user_metrics.h"

namespace medley::evaluation {
namespace {

TEST(BestBound, LiesWhereMostAreRight) {
  const std::vector<std::uint32_t> labels = {0, 0, 1, 0, 1, 1};
  const std::vector<float> scores = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(BestBound(scores, labels), 2.5F);
  EXPECT_EQ(BestBound(scores, std::vector<std::uint32_t>{1, 1, 1, 1, 1, 0}),
            -std::numeric_limits<float>::infinity());
  EXPECT_EQ(BestBound(scores, std::vector<std::uint32_t>(6, 0)), 6);
  // Between equal scores there is nothing to choose.
  EXPECT_EQ(BestBound(std::vector<float>{1, 1, 2}, std::vector<std::uint32_t>{0, 1, 1}),
            -std::numeric_limits<float>::infinity());
}

/// Users of one half like the items of one half: 5, the others: 2; the last tenth of each history
/// is the test, the tenth before it the validation.
RatingSplit Halves() {
  constexpr UserIndex kUsers = 40;
  constexpr ItemIndex kItems = 60;
  constexpr int kEach = 30;
  std::vector<data::Interactions::Row> rows;
  std::vector<data::Interactions::Row> tuning;
  RatingSplit split;
  Random random(4);
  for (UserIndex user = 0; user < kUsers; ++user) {
    std::vector<ItemIndex> items(kItems);
    for (ItemIndex item = 0; item < kItems; ++item) items[item] = item;
    random.Shuffle(std::span(items));
    for (int i = 0; i < kEach; ++i) {
      const float rating = user % 2 == items[i] % 2 ? 5 : 2;
      const data::Interactions::Row row{user, {items[i], rating, i}};
      if (i >= kEach - 3) {
        split.test.push_back({user, items[i], rating});
        continue;
      }
      rows.push_back(row);
      if (i < kEach - 6) {
        tuning.push_back(row);
      } else {
        split.valid.push_back({user, items[i], rating});
      }
    }
  }
  split.train = data::Interactions(kUsers, kItems, rows);
  split.tuning = data::Interactions(kUsers, kItems, tuning);
  return split;
}

TEST(Classes, AreToldByAClassifierAndReported) {
  const auto split = Halves();
  EvaluationRequest request;
  request.recommenders = {"logistic", "popularity"};
  SilentProgress progress;
  const auto judged = EvaluateClasses(split, 4, nullptr, request, progress);
  ASSERT_TRUE(judged) << judged.error().message;
  const auto& ours = judged->front();
  ASSERT_TRUE(ours.report);
  EXPECT_GT(ours.report->accuracy, 0.9);
  EXPECT_EQ(ours.report->classes[0].support + ours.report->classes[1].support, split.test.size());
  const auto* accuracy = FindColumn(ours.columns, "accuracy", 0);
  ASSERT_NE(accuracy, nullptr);
  EXPECT_EQ(accuracy->values.size(), JudgedUsers(split).size());
  EXPECT_NEAR(ours.metrics[0].value.mean, ours.report->accuracy, 1e-9);
  EXPECT_NEAR(ours.metrics[3].value.mean, ours.report->classes[1].f1, 1e-9);
  EXPECT_GT(ours.learned["validation_accuracy"].get<double>(), 0.9);
  const auto compared = Compare(*judged, nullptr, request);
  ASSERT_EQ(compared.size(), 2U);
  EXPECT_EQ(compared[0].metric, "accuracy");
  EXPECT_GT(compared[0].gain.low, 0.1);
}

TEST(Classes, NeedAValidationAndBothClasses) {
  auto split = Halves();
  EvaluationRequest request;
  request.recommenders = {"logistic"};
  SilentProgress progress;
  const auto nobody = EvaluateClasses(split, 9, nullptr, request, progress);
  ASSERT_FALSE(nobody);
  EXPECT_THAT(nobody.error().message, testing::HasSubstr("--interested-from"));
  request.tune = true;
  EXPECT_FALSE(EvaluateClasses(split, 4, nullptr, request, progress));
  request.tune = false;
  split.valid.clear();
  const auto blind = EvaluateClasses(split, 4, nullptr, request, progress);
  ASSERT_FALSE(blind);
  EXPECT_THAT(blind.error().message, testing::HasSubstr("--valid"));
}

}  // namespace
}  // namespace medley::evaluation
