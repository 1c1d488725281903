#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/split_files.h"

namespace medley::evaluation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// One user with 20 items in time order, one with 2, one with 1.
data::Interactions Histories() {
  std::vector<data::Interactions::Row> rows;
  for (ItemIndex item = 0; item < 20; ++item) rows.push_back({0, {item, 1, item}});
  rows.push_back({1, {5, 1, 1}});
  rows.push_back({1, {6, 1, 2}});
  rows.push_back({2, {7, 1, 1}});
  return {3, 20, rows};
}

std::vector<std::string> Ids(std::size_t n) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < n; ++i) ids.push_back(std::to_string(i));
  return ids;
}

TEST(Protocol, TimeKeepsTheOrder) {
  const auto split = MakeSplit(Histories(), Protocol::kTime, Ids(20), 1);
  EXPECT_THAT(split.test[0], ElementsAre(16, 17, 18, 19));
  EXPECT_THAT(split.valid[0], ElementsAre(14, 15));  // the last eighth of 16
  EXPECT_EQ(split.train.OfUser(0).size(), 14U);
  EXPECT_EQ(split.full.OfUser(0).size(), 16U);
  EXPECT_TRUE(split.test[2].empty());
  EXPECT_EQ(split.train.OfUser(2).size(), 1U);
}

TEST(Protocol, LeaveOneOutTakesTheLastTwo) {
  const auto split = MakeSplit(Histories(), Protocol::kLeaveOneOut, Ids(20), 1);
  EXPECT_THAT(split.test[0], ElementsAre(19));
  EXPECT_THAT(split.valid[0], ElementsAre(18));
  EXPECT_THAT(split.test[1], ElementsAre(6));
  EXPECT_TRUE(split.valid[1].empty());
  EXPECT_TRUE(split.test[2].empty());
}

TEST(Protocol, RandomHasTheSameSizesAndFollowsTheSeed) {
  const auto a = MakeSplit(Histories(), Protocol::kRandom, Ids(20), 1);
  const auto b = MakeSplit(Histories(), Protocol::kRandom, Ids(20), 1);
  const auto c = MakeSplit(Histories(), Protocol::kRandom, Ids(20), 2);
  EXPECT_EQ(a.test[0].size(), 4U);
  EXPECT_EQ(a.test, b.test);
  EXPECT_NE(a.test[0], c.test[0]);
}

TEST(Protocol, ColdItemsAreInOnePartOnlyAndDoNotMoveWhenTheCatalogueGrows) {
  Random random(1);
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < 30; ++user) {
    for (int i = 0; i < 40; ++i)
      rows.push_back({user, {static_cast<ItemIndex>(random.Below(200)), 1, i}});
  }
  const auto split =
      MakeSplit(data::Interactions(30, 200, rows), Protocol::kColdItems, Ids(200), 3);
  for (UserIndex user = 0; user < 30; ++user) {
    for (const auto& entry : split.full.OfUser(user)) EXPECT_EQ(split.candidates[entry.item], 0);
    for (const auto& entry : split.train.OfUser(user))
      EXPECT_EQ(split.valid_candidates[entry.item], 0);
    for (const auto item : split.test[user]) EXPECT_EQ(split.candidates[item], 1);
  }
  EXPECT_THAT(std::count(split.candidates.begin(), split.candidates.end(), 1),
              testing::AllOf(testing::Gt(20), testing::Lt(60)));
  const auto grown =
      MakeSplit(data::Interactions(30, 250, rows), Protocol::kColdItems, Ids(250), 3);
  EXPECT_TRUE(
      std::equal(split.candidates.begin(), split.candidates.end(), grown.candidates.begin()));
}

TEST(Protocol, AgainstItemsAreNotJudgedBy) {
  std::vector<data::Interactions::Row> rows;
  for (ItemIndex item = 0; item < 10; ++item)
    rows.push_back({0, {item, item % 2 == 0 ? 1.0F : -1.0F, item}});
  const auto split = MakeSplit(data::Interactions(1, 10, rows), Protocol::kTime, Ids(10), 1);
  EXPECT_THAT(split.test[0], ElementsAre(8));
}

class SplitFiles : public testing::Test {
 protected:
  void SetUp() override {
    auto path = (std::filesystem::temp_directory_path() / "medley_split_XXXXXX").string();
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  static ItemIndex Find(std::string_view id) {
    return id.size() == 1 && id[0] >= 'a' && id[0] <= 'f' ? static_cast<ItemIndex>(id[0] - 'a')
                                                          : kNoIndex;
  }

  std::filesystem::path folder_;
};

TEST_F(SplitFiles, ReadsAllParts) {
  SplitPaths paths;
  paths.train =
      Write("train", "user\titem\trating\ttime\nu1\ta\t5\t878542960\nu1\tb\t2\t878542961\r\n");
  paths.valid = Write("valid", "u1\tc\t4\t878542962\nu2\ta\t1\t1\n");
  paths.test = Write("test", "u2\td\nu1\te\t5\t9\nu1\te\t5\t9\n");
  paths.candidates = Write("items", "d\ne\n");
  paths.masks = {Write("mask", "u1\td\n")};
  paths.positive_from = 3;
  const auto loaded = LoadSplit(paths, 6, Find);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_THAT(loaded->users.ids(), ElementsAre("u1", "u2"));
  const auto& split = loaded->split;
  EXPECT_EQ(split.train.OfUser(0).size(), 2U);
  EXPECT_EQ(split.train.OfUser(0)[0].time, 878542960000);
  EXPECT_EQ(split.train.OfUser(0)[1].weight, -1);
  EXPECT_EQ(split.full.OfUser(0).size(), 3U);
  EXPECT_THAT(split.valid[0], ElementsAre(2));
  EXPECT_TRUE(split.valid[1].empty());
  EXPECT_THAT(split.test[0], ElementsAre(4));
  EXPECT_THAT(split.test[1], ElementsAre(3));
  EXPECT_THAT(split.candidates, ElementsAre(0, 0, 0, 1, 1, 0));
  EXPECT_THAT(split.mask[0], ElementsAre(3));
}

TEST_F(SplitFiles, NamesFileAndLineOfWhatIsWrong) {
  for (const auto& [text, what] :
       std::vector<std::pair<std::string, std::string>>{{"u\ta\nu\tzz\n", "no item 'zz'"},
                                                        {"u\ta\nu\n", "tab"},
                                                        {"u\ta\nu\tb\tgood\n", "no rating"},
                                                        {"u\ta\nu\tb\t3\tnoon\n", "no time"}}) {
    SplitPaths paths;
    paths.train = Write("train", text);
    paths.test = Write("test", "u\ta\n");
    const auto loaded = LoadSplit(paths, 6, Find);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(loaded.error().message, testing::AllOf(HasSubstr("line 2"), HasSubstr(what)));
  }
}

TEST_F(SplitFiles, WritesWhatItReads) {
  IdMap users;
  users.Intern("x");
  users.Intern("y");
  const std::vector<std::vector<std::uint32_t>> lists = {{2, 0, 5}, {}};
  static const std::vector<std::string> ids = {"a", "b", "c", "d", "e", "f"};
  ASSERT_TRUE(WriteRanking(folder_ / "ranking", lists, users.ids(), [](ItemIndex item) {
    return std::string_view(ids[item]);
  }));
  EXPECT_EQ(*ReadRanking(folder_ / "ranking", users, Find), lists);
  const auto odd = Write("odd", "z a b\nx a a zz  b\n\n");
  EXPECT_EQ((*ReadRanking(odd, users, Find))[0], (std::vector<std::uint32_t>{0, 1}));
}

TEST(Evaluate, JudgesOnTheTestPartAndTunesOnTheOther) {
  // Everyone walks through their block of items in order: what comes next is the next item.
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < 60; ++user) {
    for (ItemIndex step = 0; step < 12; ++step)
      rows.push_back({user, {(user * 3 + step) % 40, 1, step}});
  }
  const auto split = MakeSplit(data::Interactions(60, 40, rows), Protocol::kTime, Ids(40), 1);
  EvaluationRequest request;
  request.recommenders = {"sequence", "popularity"};
  request.tune = true;
  request.k = 5;
  SilentProgress progress;
  const auto evaluated = Evaluate(split, nullptr, request, progress);
  ASSERT_TRUE(evaluated) << evaluated.error().message;
  EXPECT_GT((*evaluated)[0].metrics[0].second.mean, 0.8);
  EXPECT_EQ((*evaluated)[0].lists[0].size(), 30U);
  const auto comparisons = Compare(split, *evaluated, 5, (*evaluated)[0].lists);
  ASSERT_EQ(comparisons.size(), 6U);
  EXPECT_TRUE(comparisons[0].gain.ExcludesZero());
  EXPECT_FALSE(comparisons[2].gain.ExcludesZero());  // against its own lists
  EXPECT_EQ(comparisons[2].theirs, "baseline");
}

TEST(Evaluate, LeavesOutWhatTheUserHadAndWhatIsMasked) {
  auto split = MakeSplit(Histories(), Protocol::kTime, Ids(20), 1);
  split.mask.resize(3);
  split.mask[0] = {17};
  EvaluationRequest request;
  request.recommenders = {"popularity"};
  SilentProgress progress;
  const auto evaluated = Evaluate(split, nullptr, request, progress);
  ASSERT_TRUE(evaluated);
  EXPECT_THAT((*evaluated)[0].lists[0], testing::UnorderedElementsAre(16, 18, 19));
  EXPECT_TRUE((*evaluated)[0].lists[2].empty());
}

}  // namespace
}  // namespace medley::evaluation
