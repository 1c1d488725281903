#include "medley/evaluation/score_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace medley::evaluation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ScoreFiles : public testing::Test {
 protected:
  void SetUp() override {
    auto path = (std::filesystem::temp_directory_path() / "medley_score_XXXXXX").string();
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  static std::vector<double> Column(const ScoredRankings& scored,
                                    const std::string& metric,
                                    std::size_t k) {
    const auto* column = FindColumn(scored.columns, metric, k);
    return column == nullptr ? std::vector<double>{} : column->values;
  }

  std::filesystem::path folder_;
};

TEST_F(ScoreFiles, RepeatsMasksAndMissingUsersAsTheRefereeTakesThem) {
  RankingFiles files;
  files.test = Write("test", "user\titem\nu\tc\nu\td\nv\ta\nw\tb\n");
  // u: a is masked, the second b is a repeat, so that c stands second. v has no line, w an empty
  // one, x is no user of the test.
  files.rankings = {Write("ranking", "u a b b c d\nx a b\nw\n")};
  files.masks = {Write("mask", "u\ta\n")};
  EvaluationRequest request;
  request.ks = {2, 10};
  const auto scored = ScoreRankings(files, request);
  ASSERT_TRUE(scored) << scored.error().message;
  EXPECT_THAT(scored->users, ElementsAre("u", "v", "w"));
  EXPECT_THAT(Column(*scored, "recall", 2), ElementsAre(0.5, 0, 0));
  EXPECT_THAT(Column(*scored, "mrr", 2), ElementsAre(0.5, 0, 0));
  EXPECT_THAT(Column(*scored, "recall", 10), ElementsAre(1, 0, 0));
  EXPECT_DOUBLE_EQ(Column(*scored, "ndcg", 2)[0], 1 / std::log2(3.0) / (1 + 1 / std::log2(3.0)));
  EXPECT_TRUE(Column(*scored, "novelty", 2).empty());  // nobody said who had what
  EXPECT_DOUBLE_EQ(scored->metrics[0].value.mean, 0.5 / 3);
  EXPECT_TRUE(scored->gains.empty());
}

TEST_F(ScoreFiles, SeveralRankingsAreAveragedAndComparedUserByUser) {
  RankingFiles files;
  files.test = Write("test", "u\ta\nv\tb\n");
  files.rankings = {Write("one", "u a\nv a\n"), Write("two", "u b\nv b\n")};
  files.bases = {Write("base", "u b\nv b\n")};
  EvaluationRequest request;
  request.ks = {1};
  const auto scored = ScoreRankings(files, request);
  ASSERT_TRUE(scored) << scored.error().message;
  EXPECT_THAT(Column(*scored, "recall", 1), ElementsAre(0.5, 0.5));
  ASSERT_FALSE(scored->gains.empty());
  EXPECT_EQ(scored->gains[0].metric, "recall");
  EXPECT_EQ(scored->gains[0].gain.mean, 0);  // +.5 for u, -.5 for v
  EXPECT_FALSE(scored->gains[0].gain.ExcludesZero());
}

TEST_F(ScoreFiles, CategoriesGiveCalibrationAndDiversity) {
  RankingFiles files;
  files.test = Write("test", "u\tc\n");
  files.rankings = {Write("ranking", "u b c\n")};
  files.train = Write("train", "u\ta\n");
  files.categories = Write("categories", "a\tx\nb\tx\nb\ty\nc\ty\n");
  EvaluationRequest request;
  request.ks = {2};
  const auto scored = ScoreRankings(files, request);
  ASSERT_TRUE(scored) << scored.error().message;
  EXPECT_NEAR(Column(*scored, "diversity", 2)[0], 1 - 1 / std::sqrt(2.0), 1e-15);
  EXPECT_NEAR(Column(*scored, "calibration", 2)[0], std::log(1 / (0.99 * 0.25 + 0.01)), 1e-12);
}

TEST_F(ScoreFiles, SaysWhatIsWrong) {
  RankingFiles files;
  files.test = Write("test", "u a\n");
  files.rankings = {Write("ranking", "u a\n")};
  EXPECT_THAT(ScoreRankings(files, {}).error().message, HasSubstr("line 1"));
  files.test = Write("test", "user\titem\n");
  EXPECT_THAT(ScoreRankings(files, {}).error().message, HasSubstr("names no user"));
  files.test = folder_ / "none";
  EXPECT_EQ(ScoreRankings(files, {}).error().code, ErrorCode::kNotFound);
  files.test = Write("test", "u\ta\n");
  files.categories = Write("categories", "a x\n");
  EXPECT_THAT(ScoreRankings(files, {}).error().message, HasSubstr("item and category"));
}

TEST_F(ScoreFiles, PredictionsOfLabelsRatingsAndScores) {
  const auto values = [&](const std::string& text) {
    const auto scored = ScorePredictions(Write("p", text), 0.5);
    EXPECT_TRUE(scored) << scored.error().message;
    return std::map<std::string, double>(scored->values.begin(), scored->values.end());
  };
  const auto ratings = values("user,item,truth,prediction\nu,a,4,3\nv,b,2,2\n");
  EXPECT_DOUBLE_EQ(ratings.at("mae"), 0.5);
  EXPECT_DOUBLE_EQ(ratings.at("rmse"), std::sqrt(0.5));
  EXPECT_FALSE(ratings.contains("auc"));
  const auto labels = values("u\ta\t1\t0.5\nu\tb\t0\t0.4\nv\ta\t1\t0.1\n");
  EXPECT_DOUBLE_EQ(labels.at("accuracy"), 2.0 / 3);  // .5 says yes
  EXPECT_DOUBLE_EQ(labels.at("precision"), 1);
  EXPECT_DOUBLE_EQ(labels.at("recall"), 0.5);
  EXPECT_DOUBLE_EQ(labels.at("auc"), 0.5);
  EXPECT_DOUBLE_EQ(labels.at("gauc"), 1);
  const auto scores = values("u,a,1,7\nu,b,0,-3\n");
  EXPECT_DOUBLE_EQ(scores.at("auc"), 1);
  EXPECT_FALSE(scores.contains("log_loss"));
  EXPECT_THAT(ScorePredictions(Write("p", "u,a,1,nan\n"), 0.5).error().message,
              HasSubstr("must be numbers"));
  EXPECT_THAT(ScorePredictions(Write("p", "u,a,1\n"), 0.5).error().message, HasSubstr("line 1"));
  EXPECT_THAT(ScorePredictions(Write("p", "\n"), 0.5).error().message, HasSubstr("no predictions"));
}

}  // namespace
}  // namespace medley::evaluation
