#include "medley/recommenders/content.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "medley/core/progress.h"
#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

/// Items show one of two signs in each of two spaces; people like those whose signs agree. The last
/// four items nobody has met.
class ContentOfTwoSpaces : public testing::Test {
 protected:
  static constexpr std::size_t kItems = 44;

  void SetUp() override {
    std::vector<data::Interactions::Row> rows;
    for (std::uint32_t item = 0; item < kItems; ++item) {
      const bool a = item % 2 == 0;
      const bool b = item / 2 % 2 == 0;
      text_(item, a ? 0 : 1) = 1;
      image_(item, b ? 0 : 1) = 1;
      for (std::uint32_t user = 0; user < 20 && item < kItems - 4; ++user) {
        if ((user % 2 == 0) == (a == b) && (user * 7 + item) % 3 != 0)
          rows.push_back({user, {item, 1.0F, 1000 + item}});
      }
    }
    interactions_ = data::Interactions(20, kItems, std::move(rows));
    features_.spaces = {{"text", text_.View(), present_}, {"image", image_.View(), present_}};
  }

  std::unique_ptr<Recommender> Fitted(const std::map<std::string, std::string>& settings) {
    auto recommender = *MakeRecommender("content", settings);
    SilentProgress progress;
    EXPECT_TRUE(recommender->Fit({&interactions_, &features_, 0, 1}, progress));
    return recommender;
  }
  std::vector<float> Scores(const Recommender& recommender, UserIndex user) const {
    std::vector<float> scores(kItems);
    EXPECT_TRUE(recommender.Score({user, interactions_.OfUser(user)}, scores));
    return scores;
  }

  linalg::Matrix text_ = linalg::Matrix(kItems, 2);
  linalg::Matrix image_ = linalg::Matrix(kItems, 2);
  std::vector<std::uint8_t> present_ = std::vector<std::uint8_t>(kItems, 1);
  data::Interactions interactions_;
  ItemFeatures features_;
};

TEST_F(ContentOfTwoSpaces, ProductsSeeWhatOnlyBothTogetherSay) {
  // Items 40 and 43 agree in their signs, 41 and 42 don't; one space alone tells nothing.
  const auto with = Scores(*Fitted({{"products", "true"}}), 0);
  EXPECT_GT(with[40], with[41] + 0.05F);
  EXPECT_GT(with[43], with[42] + 0.05F);
  const auto without = Scores(*Fitted({{"products", "false"}}), 0);
  EXPECT_NEAR(without[40], without[41], 0.05F);
}

TEST_F(ContentOfTwoSpaces, ExpansionSpreadsOneActionAndSurvivesSaving) {
  const auto plain = Fitted({});
  const auto expanded = Fitted({{"expansion", "0.8"}, {"expansion_lambda", "5"}});
  // With a single item of the history, what goes with it speaks, too: the cold ones stand apart.
  const data::Interaction one[] = {interactions_.OfUser(0)[0]};
  std::vector<float> before(kItems);
  std::vector<float> after(kItems);
  ASSERT_TRUE(plain->Score({kNoIndex, one}, before));
  ASSERT_TRUE(expanded->Score({kNoIndex, one}, after));
  EXPECT_NE(before, after);
  EXPECT_GT(after[40], after[41]);
  const auto folder = std::filesystem::path(testing::TempDir()) / "expanded_content";
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(expanded->Save(folder));
  const auto loaded = *MakeRecommender("content", {});
  ASSERT_TRUE(loaded->Load(folder, &features_));
  EXPECT_EQ(Scores(*loaded, 3), Scores(*expanded, 3));
}

}  // namespace
}  // namespace medley::recommenders
