#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/segments.h"
#include "medley/evaluation/split_files.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/evaluation/user_ranking.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

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
  const auto split = MakeSplit(Histories(), Protocol::kTime, {Ids(20), {}}, 1);
  EXPECT_THAT(split.test[0], ElementsAre(16, 17, 18, 19));
  EXPECT_THAT(split.valid[0], ElementsAre(14, 15));  // the last eighth of 16
  EXPECT_EQ(split.train.OfUser(0).size(), 14U);
  EXPECT_EQ(split.full.OfUser(0).size(), 16U);
  EXPECT_TRUE(split.test[2].empty());
  EXPECT_EQ(split.train.OfUser(2).size(), 1U);
}

TEST(Protocol, LeaveOneOutTakesTheLastTwo) {
  const auto split = MakeSplit(Histories(), Protocol::kLeaveOneOut, {Ids(20), {}}, 1);
  EXPECT_THAT(split.test[0], ElementsAre(19));
  EXPECT_THAT(split.valid[0], ElementsAre(18));
  EXPECT_THAT(split.test[1], ElementsAre(6));
  EXPECT_TRUE(split.valid[1].empty());
  EXPECT_TRUE(split.test[2].empty());
}

TEST(Protocol, RandomHasTheSameSizesAndFollowsTheSeed) {
  const auto a = MakeSplit(Histories(), Protocol::kRandom, {Ids(20), {}}, 1);
  const auto b = MakeSplit(Histories(), Protocol::kRandom, {Ids(20), {}}, 1);
  const auto c = MakeSplit(Histories(), Protocol::kRandom, {Ids(20), {}}, 2);
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
      MakeSplit(data::Interactions(30, 200, rows), Protocol::kColdItems, {Ids(200), {}}, 3);
  for (UserIndex user = 0; user < 30; ++user) {
    for (const auto& entry : split.full.OfUser(user)) EXPECT_EQ(split.candidates[entry.item], 0);
    for (const auto& entry : split.train.OfUser(user))
      EXPECT_EQ(split.valid_candidates[entry.item], 0);
    for (const auto item : split.test[user]) EXPECT_EQ(split.candidates[item], 1);
  }
  EXPECT_THAT(std::count(split.candidates.begin(), split.candidates.end(), 1),
              testing::AllOf(testing::Gt(20), testing::Lt(60)));
  const auto grown =
      MakeSplit(data::Interactions(30, 250, rows), Protocol::kColdItems, {Ids(250), {}}, 3);
  EXPECT_TRUE(
      std::equal(split.candidates.begin(), split.candidates.end(), grown.candidates.begin()));
}

TEST(Protocol, ColdUsersTrainNothingAndShowTheFirstPart) {
  Random random(2);
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < 100; ++user) {
    for (int i = 0; i < 10; ++i)
      rows.push_back({user, {static_cast<ItemIndex>((user + 7 * i) % 50), 1, i}});
  }
  const data::Interactions all(100, 50, rows);
  const auto ids = Ids(100);
  const auto split = MakeSplit(all, Protocol::kColdUsers, {{}, ids}, 3);
  std::size_t tested = 0;
  std::size_t validated = 0;
  for (UserIndex user = 0; user < 100; ++user) {
    const bool test = !split.test[user].empty();
    const bool valid = !split.valid[user].empty();
    EXPECT_FALSE(test && valid);
    EXPECT_EQ(split.train.OfUser(user).size(), test || valid ? 0U : 10U);
    EXPECT_EQ(split.full.OfUser(user).size(), test ? 0U : 10U);
    EXPECT_EQ(split.HistoryAtTest().OfUser(user).size(), test ? 8U : 0U);
    EXPECT_EQ(split.HistoryWhileTuning().OfUser(user).size(), valid ? 8U : 0U);
    if (test) {
      std::vector<std::uint32_t> last = {all.OfUser(user)[8].item, all.OfUser(user)[9].item};
      std::sort(last.begin(), last.end());
      EXPECT_EQ(split.test[user], last);
    }
    tested += test ? 1 : 0;
    validated += valid ? 1 : 0;
  }
  EXPECT_THAT(tested, testing::AllOf(testing::Gt(8U), testing::Lt(35U)));
  EXPECT_THAT(validated, testing::AllOf(testing::Gt(8U), testing::Lt(35U)));
  // More users move nobody.
  const auto more_ids = Ids(150);
  const auto grown =
      MakeSplit(data::Interactions(150, 50, rows), Protocol::kColdUsers, {{}, more_ids}, 3);
  EXPECT_TRUE(std::equal(split.test.begin(), split.test.end(), grown.test.begin()));
}

TEST(Protocol, AgainstItemsAreNotJudgedBy) {
  std::vector<data::Interactions::Row> rows;
  for (ItemIndex item = 0; item < 10; ++item)
    rows.push_back({0, {item, item % 2 == 0 ? 1.0F : -1.0F, item}});
  const auto split = MakeSplit(data::Interactions(1, 10, rows), Protocol::kTime, {Ids(10), {}}, 1);
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

TEST_F(SplitFiles, AUserCalledLikeAColumnIsStillAUser) {
  SplitPaths paths;
  paths.train = Write("train", "user1\ta\nuser2\tb\n");
  paths.test = Write("test", "user_id:token\titem_id:token\nuser1\tc\n");
  const auto loaded = LoadSplit(paths, 6, Find);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_THAT(loaded->users.ids(), ElementsAre("user1", "user2"));
}

TEST_F(SplitFiles, RatingsKeepTheLastAndMustBeThere) {
  SplitPaths paths;
  paths.train = Write("train", "u\ta\t5\t1\nv\ta\t2\t1\nu\ta\t3\t2\nu\tb\t0\t3\n");
  paths.test = Write("test", "v\tb\t4\nu\tc\t1\nv\tc\t2\n");
  const auto loaded = LoadRatings(paths, 6, Find);
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto& split = loaded->split;
  ASSERT_EQ(split.train.OfUser(0).size(), 2U);
  EXPECT_EQ(split.train.OfUser(0)[0].weight, 3);  // not 5 + 3
  EXPECT_EQ(split.train.OfUser(0)[1].weight, 0);
  ASSERT_EQ(split.test.size(), 3U);
  EXPECT_EQ(split.test[0].user, 0U);  // by user
  EXPECT_EQ(split.test[0].rating, 1);
  paths.test = Write("test", "v\tb\n");
  const auto without = LoadRatings(paths, 6, Find);
  ASSERT_FALSE(without);
  EXPECT_THAT(without.error().message, HasSubstr("no rating"));
}

TEST(Ratings, RefuseWhatIsOfLists) {
  RatingSplit split;
  split.train = data::Interactions(1, 2, {{0, {0, 4, 1}}});
  split.test = {{0, 1, 5}};
  SilentProgress progress;
  EvaluationRequest request;
  request.recommenders = {"biased_mf"};
  EXPECT_TRUE(EvaluateRatings(split, nullptr, request, progress));
  auto tuned = request;
  tuned.tune = true;
  const auto refused = EvaluateRatings(split, nullptr, tuned, progress);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("--set"));
  auto sampled = request;
  sampled.negatives = 10;
  EXPECT_FALSE(EvaluateRatings(split, nullptr, sampled, progress));
}

TEST(Ratings, SplitsKeepRatingsOfZeroAndBelow) {
  std::vector<data::Interactions::Row> rows;
  for (ItemIndex item = 0; item < 10; ++item)
    rows.push_back({0, {item, static_cast<float>(item % 3) - 1, item}});
  const auto split =
      MakeRatingSplit(data::Interactions(1, 10, rows), Protocol::kTime, {Ids(10), {}}, 1);
  EXPECT_EQ(split.train.size(), 8U);
  ASSERT_EQ(split.test.size(), 2U);
  EXPECT_EQ(split.test[0].item, 8U);
  EXPECT_EQ(split.test[0].rating, 1);
  EXPECT_EQ(split.test[1].rating, -1);
  EXPECT_EQ(split.tuning.size(), 7U);
  ASSERT_EQ(split.valid.size(), 1U);
  EXPECT_EQ(split.valid[0].item, 7U);
  EXPECT_EQ(split.valid[0].rating, 0);
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
  const auto split = MakeSplit(data::Interactions(60, 40, rows), Protocol::kTime, {Ids(40), {}}, 1);
  EvaluationRequest request;
  request.recommenders = {"sequence", "popularity"};
  request.tune = true;
  request.ks = {5, 10};
  SilentProgress progress;
  const auto evaluated = Evaluate(split, nullptr, request, progress);
  ASSERT_TRUE(evaluated) << evaluated.error().message;
  EXPECT_EQ((*evaluated)[0].metrics[0].metric, "recall");
  EXPECT_GT((*evaluated)[0].metrics[0].value.mean, 0.8);
  for (const auto& [name, value] : (*evaluated)[0].settings)
    EXPECT_EQ((*evaluated)[0].parameters.at(name), value);
  EXPECT_GE((*evaluated)[0].parameters.size(), 3U);  // defaults too
  EXPECT_EQ((*evaluated)[0].lists[0].size(), 30U);
  const auto baseline = JudgeLists("baseline", split, (*evaluated)[0].lists, request);
  const auto comparisons = Compare(*evaluated, &baseline, request);
  ASSERT_EQ(comparisons.size(), 6U);
  EXPECT_TRUE(comparisons[0].gain.ExcludesZero());
  EXPECT_FALSE(comparisons[2].gain.ExcludesZero());  // against its own lists
  EXPECT_EQ(comparisons[2].theirs, "baseline");
  EXPECT_EQ(comparisons[2].p, 1);
  EXPECT_GE(comparisons[0].p_holm, comparisons[0].p);
}

/// Scores items by index, or says what it was asked with.
class ByIndex : public recommenders::Recommender {
 public:
  explicit ByIndex(std::size_t n_items) : n_items_(n_items) {}
  std::string_view name() const override { return "by_index"; }
  Status Fit(const recommenders::TrainingData&, Progress&) override { return {}; }
  std::size_t n_items() const override { return n_items_; }
  Status Score(const recommenders::UserState& user, std::span<float> scores) const override {
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = static_cast<float>(i);
    if (user.index == kNoIndex)
      std::fill(scores.begin(), scores.end(), recommenders::kNothingKnown);
    if (not_a_number) scores[0] = std::numeric_limits<float>::quiet_NaN();
    return {};
  }
  std::vector<recommenders::Evidence> Explain(const recommenders::UserState&,
                                              ItemIndex,
                                              std::size_t) const override {
    return {};
  }
  Status Save(const std::filesystem::path&) const override { return {}; }
  Status Load(const std::filesystem::path&, const recommenders::ItemFeatures*) override {
    return {};
  }
  bool not_a_number = false;

 private:
  std::size_t n_items_;
};

TEST(RankForUsers, SampledNegativesAreAsManyAsAskedForAndFollowTheSeed) {
  const auto split = MakeSplit(Histories(), Protocol::kTime, {Ids(20), {}}, 1);
  std::vector<data::Interactions::Row> rows;
  for (const auto& entry : split.full.OfUser(0)) rows.push_back({0, entry});
  const data::Interactions history(3, 300, rows);
  const ByIndex recommender(300);
  RankOptions options;
  options.length = 300;
  options.negatives = 25;
  const auto a = RankForUsers(recommender, history, split.test, options);
  const auto b = RankForUsers(recommender, history, split.test, options);
  options.seed = 2;
  const auto c = RankForUsers(recommender, history, split.test, options);
  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(a->lists[0].size(), 25U + 4U);
  EXPECT_EQ(std::set(a->lists[0].begin(), a->lists[0].end()).size(), 29U);
  for (const auto item : split.test[0])
    EXPECT_THAT(a->lists[0], testing::Contains(item));  // the relevant ones always
  for (const auto& entry : history.OfUser(0))
    EXPECT_THAT(a->lists[0], testing::Not(testing::Contains(entry.item)));
  EXPECT_EQ(a->lists, b->lists);
  EXPECT_NE(a->lists, c->lists);
  EXPECT_TRUE(std::is_sorted(a->lists[0].rbegin(), a->lists[0].rend()));  // best first
}

TEST(RankForUsers, ANewUserIsAskedAsNew) {
  const auto history = Histories();
  const data::Interactions fitted(3, 20, {{0, {1, 1, 1}}});
  const std::vector<std::vector<std::uint32_t>> relevant = {{}, {9}, {}};
  RankOptions options;
  const ByIndex recommender(20);
  EXPECT_FALSE(RankForUsers(recommender, history, relevant, options)->lists[1].empty());
  options.fitted = &fitted;
  EXPECT_TRUE(RankForUsers(recommender, history, relevant, options)->lists[1].empty());
}

TEST(RankForUsers, RefusesScoresThatAreNoNumbers) {
  ByIndex recommender(20);
  recommender.not_a_number = true;
  const std::vector<std::vector<std::uint32_t>> relevant = {{19}, {}, {}};
  const auto ranked = RankForUsers(recommender, Histories(), relevant, {});
  ASSERT_FALSE(ranked);
  EXPECT_EQ(ranked.error().code, ErrorCode::kInternal);
}

TEST(Evaluate, AModelThatTheSeedDoesNotChangeIsFittedTwiceAtMost) {
  const auto split = MakeSplit(Histories(), Protocol::kTime, {Ids(20), {}}, 1);
  EvaluationRequest request;
  request.recommenders = {"popularity"};
  request.seeds = 5;
  SilentProgress progress;
  const auto evaluated = Evaluate(split, nullptr, request, progress);
  ASSERT_TRUE(evaluated) << evaluated.error().message;
  EXPECT_EQ((*evaluated)[0].seeds, 2U);
}

TEST(MeanOverRuns, AveragesUserByUserAndLeavesOutWhatIsMissing) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::vector<UserColumn>> runs = {{{"ndcg", 5, {1, none, none}}},
                                                     {{"ndcg", 5, {0, 0.5, none}}}};
  const auto mean = MeanOverRuns(runs);
  EXPECT_EQ(mean[0].values[0], 0.5);
  EXPECT_EQ(mean[0].values[1], 0.5);
  EXPECT_TRUE(std::isnan(mean[0].values[2]));
  const auto metrics = Summarize(mean, 1);
  EXPECT_EQ(metrics[0].value.mean, 0.5);
  EXPECT_TRUE(Summarize(std::vector<UserColumn>{{"ndcg", 5, {none}}}, 1).empty());
}

TEST(ListJudge, KnowsCategoriesPopularityAndVectors) {
  // Three items, two categories; the user had item 0 of category a, three users had item 2.
  std::vector<data::Interactions::Row> rows = {
      {0, {0, 1, 1}}, {1, {2, 1, 1}}, {2, {2, 1, 1}}, {3, {2, 1, 1}}};
  Split split;
  split.full = data::Interactions(4, 3, rows);
  split.test = {{1, 2}, {}, {}, {}};
  recommenders::ItemFeatures features;
  features.attribute_names = {"category=a", "tag=x", "category=b"};
  features.attributes = {{0, 1}, {0, 2}, {2}};
  linalg::Matrix vectors(3, 2);
  vectors(1, 0) = 1;
  vectors(2, 1) = 1;
  features.spaces.push_back({"text", vectors.View(), {}});
  const ListJudge judge(split, &features, {1, 2});
  const std::vector<std::vector<std::uint32_t>> lists = {{1, 2}, {}, {}, {}};
  const auto columns = judge.Columns(lists, {});
  EXPECT_EQ(FindColumn(columns, "serendipity", 1)->values[0], 1);    // item 2 is the obvious one
  EXPECT_EQ(FindColumn(columns, "serendipity", 2)->values[0], 0.5);  // 2 and 0 are
  EXPECT_DOUBLE_EQ(FindColumn(columns, "diversity", 2)->values[0], 1);
  EXPECT_TRUE(std::isnan(FindColumn(columns, "diversity", 1)->values[0]));  // one item, no pair
  EXPECT_NEAR(
      FindColumn(columns, "calibration", 1)->values[0], std::log(1 / (0.99 * 0.5 + 0.01)), 1e-12);
  EXPECT_DOUBLE_EQ(FindColumn(columns, "novelty", 2)->values[0],
                   (std::log2(8.0) + std::log2(4.0 / 3)) / 2);
  EXPECT_EQ(FindColumn(columns, "auc", 0), nullptr);
  EXPECT_DOUBLE_EQ(judge.Properties(lists)[2].value, 2.0 / 3);  // coverage at 2
}

TEST(Segments, PartUsersByHistoryAndItemsByPopularity) {
  std::vector<data::Interactions::Row> rows;
  // Item 0: 6 users, item 1: 4, item 2: 2, items 3 and 4: 1; item 5: none. 14 in all.
  const std::vector<int> counts = {6, 4, 2, 1, 1, 0};
  for (ItemIndex item = 0; item < counts.size(); ++item) {
    for (int user = 0; user < counts[item]; ++user)
      rows.push_back({static_cast<UserIndex>(user), {item, 1, item}});
  }
  Split split;
  split.full = data::Interactions(8, 7, rows);
  split.test = {{5}, {2, 5}, {1}, {0, 3}, {0}, {0}, {5}, {6}};
  const ListJudge judge(split, nullptr, {2});
  const std::vector<std::vector<std::uint32_t>> lists = {
      {5}, {2, 5}, {3}, {3, 2}, {}, {0}, {1}, {6}};
  const auto columns = judge.Columns(lists, {});
  const auto by_item = ByPopularity(split, judge, lists, 2, 1);
  ASSERT_EQ(by_item.size(), 4U);
  EXPECT_EQ(by_item[0].name, "head");  // item 0 has six of fourteen: over a third
  EXPECT_EQ(by_item[0].size, 1U);
  EXPECT_DOUBLE_EQ(by_item[0].value.mean, 1.0 / 3);
  EXPECT_EQ(by_item[1].size, 1U);  // item 1
  EXPECT_DOUBLE_EQ(by_item[1].value.mean, 0);
  EXPECT_EQ(by_item[2].size, 3U);
  EXPECT_DOUBLE_EQ(by_item[2].value.mean, 1);  // 2 and 3, both found
  EXPECT_EQ(by_item[3].name, "unseen");
  EXPECT_DOUBLE_EQ(by_item[3].value.mean, 3.0 / 4);
  const auto by_user = ByHistory(split, judge, columns, 2, 1);
  std::size_t users = 0;
  for (const auto& part : by_user) users += part.size;
  EXPECT_EQ(users, 8U);
  EXPECT_EQ(by_user.front().name, "0");  // users 6 and 7
  EXPECT_EQ(by_user.front().size, 2U);
  EXPECT_DOUBLE_EQ(by_user.front().value.mean, 0.5);
}

TEST(Evaluate, LeavesOutWhatTheUserHadAndWhatIsMasked) {
  auto split = MakeSplit(Histories(), Protocol::kTime, {Ids(20), {}}, 1);
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
