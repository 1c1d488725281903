#include "medley/evaluation/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/evaluation/compare_runs.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/fingerprint.h"
#include "medley/evaluation/plot.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/report.h"

namespace medley::evaluation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Runs : public testing::Test {
 protected:
  void SetUp() override {
    auto path = (std::filesystem::temp_directory_path() / "medley_runs_XXXXXX").string();
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Two recommenders, judged by forty users on a split of the walk through the items.
  static evaluation::Run MakeRun(const std::string& name,
                                 const std::vector<std::string>& recommenders) {
    std::vector<data::Interactions::Row> rows;
    for (UserIndex user = 0; user < 40; ++user) {
      for (ItemIndex step = 0; step < 12; ++step)
        rows.push_back({user, {(user * 3 + step) % 30, 1, step}});
    }
    evaluation::Run run;
    run.name = name;
    run.version = "1.2.3";
    run.protocol = "time";
    run.request.recommenders = recommenders;
    run.request.ks = {5, 10};
    const data::Interactions all(40, 30, rows);
    const auto split = MakeSplit(all, Protocol::kTime, {}, 1);
    std::vector<std::string> items;
    for (int i = 0; i < 30; ++i) items.push_back("i" + std::to_string(i));
    for (int i = 0; i < 40; ++i) run.users.push_back("u" + std::to_string(i));
    run.fingerprints = FingerprintsOf(split, nullptr, {items, run.users});
    run.n_users = 40;
    run.n_items = 30;
    run.n_interactions = split.full.size();
    SilentProgress progress;
    auto evaluated = Evaluate(split, nullptr, run.request, progress);
    EXPECT_TRUE(evaluated) << evaluated.error().message;
    run.evaluated = *std::move(evaluated);
    run.comparisons = Compare(run.evaluated, nullptr, run.request);
    return run;
  }

  std::filesystem::path folder_;
};

TEST_F(Runs, AreKeptAndComparedUserByUser) {
  const auto a = MakeRun("a", {"popularity"});
  const auto b = MakeRun("b", {"sequence", "popularity"});
  ASSERT_TRUE(SaveRun(a, folder_));
  ASSERT_TRUE(SaveRun(b, folder_));
  auto runs = LoadRun(SavedRunFile(folder_, "a"), "a");
  ASSERT_TRUE(runs) << runs.error().message;
  const auto more = LoadRun(SavedRunFile(folder_, "b"), "b");
  ASSERT_TRUE(more) << more.error().message;
  ASSERT_EQ(more->size(), 2U);
  EXPECT_EQ((*more)[0].label, "b/sequence");
  runs->insert(runs->end(), more->begin(), more->end());
  const auto comparison = CompareRuns(*runs, 1);
  EXPECT_TRUE(comparison.refused.empty());
  bool seen = false;
  for (const auto& gain : comparison.gains) {
    if (gain.ours == "b/popularity") {
      EXPECT_EQ(gain.gain.mean, 0) << gain.metric;
      EXPECT_EQ(gain.p, 1);
    }
    if (gain.ours == "b/sequence" && gain.metric == "ndcg" && gain.k == 5) {
      seen = true;
      EXPECT_TRUE(gain.gain.ExcludesZero());
      EXPECT_GT(gain.gain.mean, 0);
      EXPECT_LT(gain.p, 0.01);
      EXPECT_GT(gain.p_holm, gain.p);
    }
  }
  EXPECT_TRUE(seen);
  EXPECT_THAT(comparison.differing.at("recommender"),
              ElementsAre("popularity", "sequence", "popularity"));
  EXPECT_FALSE(comparison.differing.contains("split fingerprint"));
  EXPECT_FALSE(comparison.differing.contains("seed"));
}

TEST_F(Runs, OfOtherSplitsOrSampledOnesAreNotCompared) {
  const auto a = MakeRun("a", {"popularity"});
  auto b = a;
  b.name = "b";
  b.fingerprints.split = "0123456789abcdef";
  auto c = a;
  c.name = "c";
  c.request.negatives = 100;
  for (const auto& run : {a, b, c}) ASSERT_TRUE(SaveRun(run, folder_));
  std::vector<SavedRun> runs;
  for (const auto* name : {"a", "b", "c"})
    runs.push_back(LoadRun(SavedRunFile(folder_, name), name)->front());
  const auto comparison = CompareRuns(runs, 1);
  EXPECT_TRUE(comparison.gains.empty());
  ASSERT_EQ(comparison.refused.size(), 2U);
  EXPECT_THAT(comparison.refused[0], HasSubstr("test part"));
  EXPECT_THAT(comparison.refused[1], HasSubstr("SAMPLED: among 100 negatives"));
}

TEST_F(Runs, TheSameRunTwiceIsTheSameButForTimes) {
  auto a = ToJson(MakeRun("a", {"sequence"}), true);
  auto b = ToJson(MakeRun("a", {"sequence"}), true);
  a["recommenders"][0].erase("fit_seconds");
  b["recommenders"][0].erase("fit_seconds");
  EXPECT_EQ(DumpJson(a), DumpJson(b));
  EXPECT_EQ(a["k"], 5);
  EXPECT_TRUE(a["recommenders"][0]["metrics"]["recall"].contains("mean"));
  EXPECT_EQ(a["recommenders"][0]["metrics"]["recall"], a["recommenders"][0]["at"]["recall@5"]);
  EXPECT_TRUE(a["recommenders"][0]["at"].contains("recall@10"));
  EXPECT_EQ(a["fingerprints"]["split"].get<std::string>().size(), 16U);
}

TEST_F(Runs, AFileThatIsNoRunIsRefusedSayingSo) {
  const auto write = [&](const std::string& text) {
    std::ofstream(folder_ / "x.json", std::ios::binary) << text;
    return LoadRun(folder_ / "x.json", "x");
  };
  const auto good = DumpJson(ToJson(MakeRun("a", {"popularity"}), true));
  EXPECT_TRUE(write(good));
  auto short_of_users = Json::parse(good);
  short_of_users["recommenders"][0]["user_values"]["recall@5"].erase(0);
  auto without = Json::parse(good);
  without["recommenders"][0].erase("user_values");
  auto odd = Json::parse(good);
  odd["recommenders"][0]["at"] = "all";
  for (const auto& text : {std::string("{"),
                           std::string("[]"),
                           std::string("{\"format\":\"medley-run-1\"}"),
                           std::string("{\"format\":7}"),
                           short_of_users.dump(),
                           without.dump(),
                           odd.dump()}) {
    const auto loaded = write(text);
    ASSERT_FALSE(loaded) << text.substr(0, 60);
    EXPECT_EQ(loaded.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(loaded.error().message, HasSubstr("is no run"));
  }
  EXPECT_EQ(LoadRun(folder_ / "none.json", "x").error().code, ErrorCode::kNotFound);
}

TEST_F(Runs, NamesOfRunsStayInTheirFolder) {
  auto run = MakeRun("a", {"popularity"});
  for (const auto* name : {"../a", "a/b", ".hidden", "", "..", "a\nb"}) {
    run.name = name;
    EXPECT_FALSE(SaveRun(run, folder_)) << name;
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(Runs, TheReportHoldsAllAndEscapesWhatIsHostile) {
  auto run = MakeRun("<script>alert(1)</script>", {"sequence", "popularity"});
  run.evaluated[0].name = "a\"><img src=x onerror=alert(2)>";
  run.evaluated[0].parameters["</code><b>"] = "'&\x01";
  run.evaluated[0].learning = {{"<i>stage", "loss</svg>", {3, 2, 1}}};
  run.files = {"--train </td><script>"};
  ASSERT_TRUE(WriteReport(run, folder_ / "out"));
  const auto page = *ReadFile(folder_ / "out" / "index.html");
  for (const auto* bad :
       {"<script", "<img", "<i>", "<b>", "loss</svg>", "\x01", "http://", "https://"})
    EXPECT_THAT(page, Not(HasSubstr(bad)));
  for (const auto* good : {"&lt;script&gt;alert(1)",
                           "Precision and recall",
                           "精确率与召回率",
                           "By the user",
                           "按用户历史长度",
                           "按物品热度",
                           "长尾",
                           "学习曲线",
                           "prefers-color-scheme:dark",
                           "default-src 'none'",
                           "class=\"gain\""})
    EXPECT_THAT(page, HasSubstr(good));
  EXPECT_THAT(page, Not(HasSubstr("nan")));
  EXPECT_THAT(page, Not(HasSubstr("class=\"warning\"")));
  const auto json = Json::parse(*ReadFile(folder_ / "out" / "report.json"));
  EXPECT_EQ(json["recommenders"].size(), 2U);
  EXPECT_EQ(json["users"].size(), 40U);
  EXPECT_EQ(json["recommenders"][0]["precision_recall"].size(), 50U);
}

TEST_F(Runs, ASampledRankingIsLabelledEverywhere) {
  auto run = MakeRun("a", {"popularity"});
  EXPECT_EQ(ToJson(run, false)["ranking"], "full");
  run.request.negatives = 100;
  EXPECT_THAT(ToJson(run, false)["ranking"].get<std::string>(), HasSubstr("SAMPLED"));
  EXPECT_THAT(ReportPage(run), HasSubstr("class=\"warning\""));
}

TEST(Fingerprint, ChangesWithWhatItIsOf) {
  const std::vector<std::string> items = {"a", "b", "c"};
  const std::vector<std::string> users = {"u", "v"};
  Split split;
  split.full = data::Interactions(2, 3, {{0, {0, 1, 1}}, {1, {1, 1, 2}}});
  split.test = {{1}, {2}};
  const auto first = FingerprintsOf(split, nullptr, {items, users});
  EXPECT_EQ(first.data.size(), 16U);
  EXPECT_EQ(FingerprintsOf(split, nullptr, {items, users}).split, first.split);
  auto other_test = split;
  other_test.test = {{2}, {2}};
  const auto second = FingerprintsOf(other_test, nullptr, {items, users});
  EXPECT_EQ(second.data, first.data);
  EXPECT_NE(second.split, first.split);
  auto masked = split;
  masked.mask = {{2}, {}};
  EXPECT_NE(FingerprintsOf(masked, nullptr, {items, users}).split, first.split);
  auto weighed = split;
  weighed.full = data::Interactions(2, 3, {{0, {0, 2, 1}}, {1, {1, 1, 2}}});
  EXPECT_NE(FingerprintsOf(weighed, nullptr, {items, users}).data, first.data);
  // Ids count, not indices.
  const std::vector<std::string> renamed = {"a", "c", "b"};
  EXPECT_NE(FingerprintsOf(split, nullptr, {renamed, users}).split, first.split);
}

TEST(Plot, TicksAreRoundAndInside) {
  EXPECT_THAT(Ticks(0, 1, 5), ElementsAre(0, 0.2, 0.4, testing::DoubleEq(0.6), 0.8, 1));
  EXPECT_THAT(Ticks(-0.013, 0.021, 4), ElementsAre(-0.01, 0, 0.01, 0.02));
  for (const double size : {1e-9, 0.37, 1.0, 123456.0}) {
    for (const double low : {-size, 0.0, 3 * size}) {
      const auto ticks = Ticks(low, low + size, 5);
      EXPECT_GE(ticks.size(), 2U);
      EXPECT_LE(ticks.size(), 6U);
      for (const double tick : ticks) {
        EXPECT_GE(tick, low - 1e-6 * size);
        EXPECT_LE(tick, low + size * (1 + 1e-6));
      }
    }
  }
}

TEST(Plot, LeavesOutWhatIsNotFiniteAndDrawsNothingOfNothing) {
  LinePlot plot;
  const double none = std::numeric_limits<double>::quiet_NaN();
  plot.series = {{"a", {{0, 1}, {1, none}, {2, 3}}}, {"b", {}}};
  const auto svg = Draw(plot);
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, HasSubstr("<path"));
  EXPECT_THAT(Draw(LinePlot{}), Not(HasSubstr("<path")));
  EXPECT_THAT(Draw(IntervalPlot{}), Not(HasSubstr("nan")));
  EXPECT_THAT(Draw(GainPlot{}), Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace medley::evaluation
