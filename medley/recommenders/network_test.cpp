#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/learning_curve.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/network_recommender.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kItems = 40;
constexpr std::size_t kMet = 36;  ///< nobody has met the others
constexpr std::size_t kUsers = 120;

/// Two tastes, shown by an item's parity and by the first number of its text vector.
struct Market {
  explicit Market(std::size_t items = kItems) : text(items, 4), present(items, 1) {
    Random random(3);
    for (std::size_t item = 0; item < items; ++item) {
      for (auto& value : text.Row(item)) value = static_cast<float>(0.1 * random.Normal());
      text(item, 0) += item % 2 == 0 ? 1.0F : -1.0F;
      linalg::Normalize(text.Row(item));
    }
    features.spaces = {{"text", text.View(), present}};
    std::vector<data::Interactions::Row> rows;
    Random draws(4);
    for (UserIndex user = 0; user < kUsers; ++user) {
      for (int i = 0; i < 8; ++i) {
        const auto item = static_cast<ItemIndex>(2 * draws.Below(kMet / 2) + user % 2);
        rows.push_back({user, {item, 1, 1000 * (i + 1)}});
      }
    }
    interactions = data::Interactions(kUsers, kItems, std::move(rows));
  }

  linalg::Matrix text;
  std::vector<std::uint8_t> present;
  ItemFeatures features;
  data::Interactions interactions;
};

std::unique_ptr<Recommender> Fitted(const std::string& name,
                                    const Market& market,
                                    std::map<std::string, std::string> settings) {
  settings.try_emplace("dimension", "16");
  settings.try_emplace("epochs", "12");
  auto made = MakeRecommender(name, settings);
  EXPECT_TRUE(made) << made.error().message;
  SilentProgress progress;
  const auto status = (*made)->Fit({&market.interactions, &market.features, 0, 1}, progress);
  EXPECT_TRUE(status) << status.error().message;
  return *std::move(made);
}

std::vector<float> Scores(const Recommender& recommender, const UserState& user) {
  std::vector<float> scores(recommender.n_items());
  const auto status = recommender.Score(user, scores);
  EXPECT_TRUE(status) << status.error().message;
  return scores;
}

class Networks : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto path = (std::filesystem::temp_directory_path() / "medley_network_XXXXXX").string();
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_P(Networks, ScoreItemsNobodyHasMetByTheirContent) {
  const Market market;
  const auto recommender = Fitted(GetParam(), market, {});
  int right = 0;
  for (UserIndex user = 0; user < kUsers; ++user) {
    const auto scores = Scores(*recommender, {user, market.interactions.OfUser(user)});
    for (std::size_t item = kMet; item < kItems; item += 2) {
      ASSERT_TRUE(std::isfinite(scores[item]) && std::isfinite(scores[item + 1]));
      right += (scores[item] > scores[item + 1]) == (user % 2 == 0) ? 1 : 0;
    }
  }
  EXPECT_GT(right, static_cast<int>(kUsers * (kItems - kMet) / 2 * 9 / 10));
}

TEST_P(Networks, SayNothingOfUnmetItemsWithoutContent) {
  const Market market;
  const auto recommender = Fitted(GetParam(), market, {{"content", "none"}});
  const auto scores = Scores(*recommender, {0, market.interactions.OfUser(0)});
  for (std::size_t item = 0; item < kItems; ++item)
    EXPECT_EQ(std::isfinite(scores[item]), item < kMet) << item;
  const std::vector<data::Interaction> unmet = {{kItems - 1, 1, 1}};
  EXPECT_THAT(Scores(*recommender, {kNoIndex, unmet}),
              testing::Each(-std::numeric_limits<float>::infinity()));
}

TEST_P(Networks, ScoreItemsThatCameAfterTraining) {
  const Market market;
  const auto recommender = Fitted(GetParam(), market, {});
  ASSERT_TRUE(recommender->Save(folder_));
  const Market grown(kItems + 6);
  auto loaded = *MakeRecommender(GetParam(), {});
  const auto status = loaded->Load(folder_, &grown.features);
  ASSERT_TRUE(status) << status.error().message;
  ASSERT_EQ(loaded->n_items(), kItems + 6);
  const auto scores = Scores(*loaded, {0, market.interactions.OfUser(0)});
  EXPECT_TRUE(std::isfinite(scores.back()));
  const std::vector<data::Interaction> fresh = {{kItems + 1, 1, 1}};
  EXPECT_TRUE(std::isfinite(Scores(*loaded, {kNoIndex, fresh})[0]));
  EXPECT_FALSE(loaded->Load(folder_, nullptr));
}

TEST_P(Networks, TellHowTheyLearn) {
  const Market market;
  SilentProgress silent;
  RecordingProgress progress(silent);
  auto made = *MakeRecommender(GetParam(), {});
  ASSERT_TRUE(made->Fit({&market.interactions, &market.features, 0, 1}, progress));
  const auto curves = progress.Curves();
  ASSERT_EQ(curves.size(), 2U);
  EXPECT_EQ(curves[0].name, "loss");
  EXPECT_LT(curves[0].values.back(), curves[0].values.front());
  EXPECT_EQ(curves[1].name, "validation ndcg@10");
}

TEST_P(Networks, RefuseContentThatIsNotThere) {
  const Market market;
  auto made = *MakeRecommender(GetParam(), {{"content", "smell"}});
  SilentProgress progress;
  const auto status = made->Fit({&market.interactions, &market.features, 0, 1}, progress);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(status.error().message, testing::HasSubstr("smell"));
}

INSTANTIATE_TEST_SUITE_P(Table, Networks, testing::Values("sequential", "two_tower"));

TEST(Sequential, EveryBlockLearnsInEveryWay) {
  const Market market;
  for (const auto& settings : std::vector<std::map<std::string, std::string>>{
           {{"block", "sasrec"}},
           {{"block", "ligr"}, {"places", "relative"}, {"heads", "2"}},
           {{"block", "bsarec"}, {"rows", "fixed"}, {"max_length", "9"}},
           {{"block", "sasrec"}, {"loss", "sampled"}, {"negatives", "20"}}}) {
    const auto recommender = Fitted("sequential", market, settings);
    const auto scores = Scores(*recommender, {0, market.interactions.OfUser(0)});
    double even = 0;
    double odd = 0;
    for (std::size_t item = 0; item < kMet; ++item) (item % 2 == 0 ? even : odd) += scores[item];
    EXPECT_GT(even, odd) << settings.at("block");
  }
}

TEST(Sequential, RefusesHeadsThatDoNotDivideTheDimension) {
  const Market market;
  auto made = *MakeRecommender("sequential", {{"heads", "3"}});
  SilentProgress progress;
  const auto status = made->Fit({&market.interactions, nullptr, 0, 1}, progress);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace medley::recommenders
