#include "medley/metrics/classification_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace medley::metrics {
namespace {

TEST(ClassificationReport, CountsEachClassByHand) {
  // a: 2 true, said 3 times, right twice. b: 3 true, said once, right once. c: 1 true, said twice,
  // right once.
  const std::vector<std::uint32_t> truth = {0, 0, 1, 1, 1, 2};
  const std::vector<std::uint32_t> said = {0, 0, 0, 1, 2, 2};
  const auto report = ReportClasses(truth, said, 3);
  EXPECT_DOUBLE_EQ(report.classes[0].precision, 2.0 / 3);
  EXPECT_DOUBLE_EQ(report.classes[0].recall, 1);
  EXPECT_DOUBLE_EQ(report.classes[0].f1, 0.8);
  EXPECT_DOUBLE_EQ(report.classes[1].precision, 1);
  EXPECT_DOUBLE_EQ(report.classes[1].recall, 1.0 / 3);
  EXPECT_DOUBLE_EQ(report.classes[1].f1, 0.5);
  EXPECT_DOUBLE_EQ(report.classes[2].f1, 2.0 / 3);
  EXPECT_EQ(report.classes[1].support, 3U);
  EXPECT_DOUBLE_EQ(report.accuracy, 4.0 / 6);
  EXPECT_NEAR(report.macro.f1, (0.8 + 0.5 + 2.0 / 3) / 3, 1e-12);
  EXPECT_NEAR(report.weighted.f1, (2 * 0.8 + 3 * 0.5 + 2.0 / 3) / 6, 1e-12);
  // Weighed by support, recall is accuracy.
  EXPECT_NEAR(report.weighted.recall, report.accuracy, 1e-12);
  const std::vector<std::string> names = {"a", "b", "c"};
  EXPECT_EQ(ToJson(report, names)["classes"]["b"]["support"], 3);
  EXPECT_THAT(ToText(report, names), ::testing::HasSubstr("accuracy 0.6667"));
}

TEST(ClassificationReport, HasNoNanWhereAClassIsMissing) {
  const auto report =
      ReportClasses(std::vector<std::uint32_t>{0}, std::vector<std::uint32_t>{0}, 2);
  EXPECT_EQ(report.classes[1].f1, 0);
  EXPECT_EQ(report.accuracy, 1);
  EXPECT_EQ(ReportClasses({}, {}, 2).accuracy, 0);
}

}  // namespace
}  // namespace medley::metrics
