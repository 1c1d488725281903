#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/recommenders/growing.h"
#include "medley/recommenders/kernel_weights.h"
#include "medley/recommenders/recommender.h"
#include "tests/contract/recommender_world.h"

namespace medley::recommenders {
namespace {

using contract::ScoresOf;
using contract::World;

TEST(Content, FindsTheTasteOfItemsNobodyHasMet) {
  const World world;
  for (const char* spaces : {"auto", "text", "image", "attributes", "text,image"}) {
    const auto recommender = *MakeRecommender("content", {{"spaces", spaces}});
    SilentProgress progress;
    ASSERT_TRUE(recommender->Fit(world.Training(), progress));
    int right = 0;
    for (UserIndex user = 0; user < World::kUsers; ++user) {
      const auto scores = ScoresOf(*recommender, world.User(user));
      const auto best =
          TopItems(scores, 1, [](ItemIndex item) { return item >= World::kItems - 3; });
      right += !best.empty() && best[0].item % World::kTastes == user % World::kTastes ? 1 : 0;
    }
    // One of the three has no picture.
    EXPECT_GT(right, std::string_view(spaces) == "image" ? 50 : 70) << spaces;
  }
}

TEST(Content, NamesTheSpaceThatIsMissing) {
  const World world;
  const auto recommender = *MakeRecommender("content", {{"spaces", "audio"}});
  SilentProgress progress;
  const auto status = recommender->Fit(world.Training(), progress);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, testing::HasSubstr("'audio'"));
}

/// The world with `more` items at its end, alike to the first taste's in text.
struct GrownWorld {
  World world;
  linalg::Matrix text;
  linalg::Matrix image;
  explicit GrownWorld(std::size_t more)
      : text(World::kItems + more, 8), image(World::kItems + more, 6) {
    std::copy_n(world.text.data(), World::kItems * 8, text.data());
    std::copy_n(world.image.data(), World::kItems * 6, image.data());
    for (std::size_t i = 0; i < more; ++i) {
      text(World::kItems + i, 1) = 1;
      text(World::kItems + i, 2) = static_cast<float>(i);
      world.all.push_back(1);
      world.some.push_back(0);
      world.features.attributes.push_back({1});
    }
    world.features.spaces = {{"text", text.View(), world.all}, {"image", image.View(), world.some}};
  }
};

TEST(Content, ScoresItemsThatCameAfterTraining) {
  const World world;
  const auto recommender = *MakeRecommender("content", {});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit(world.Training(), progress));
  auto folder = (std::filesystem::temp_directory_path() / "medley_content_XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  ASSERT_TRUE(recommender->Save(folder));
  const GrownWorld grown(1);
  const auto status = recommender->Load(folder, &grown.world.features);
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(status) << status.error().message;
  ASSERT_EQ(recommender->n_items(), World::kItems + 1);
  const auto fan = ScoresOf(*recommender, world.User(1));
  const auto other = ScoresOf(*recommender, world.User(0));
  EXPECT_GT(fan[World::kItems], other[World::kItems]);
}

TEST(Content, GrownScoresAndExplainsAsLoadedWithTheNewItems) {
  const World world;
  for (const char* name : {"content", "hybrid"}) {
    const auto recommender = *MakeRecommender(name, {});
    SilentProgress progress;
    ASSERT_TRUE(recommender->Fit(world.Training(), progress));
    auto folder = (std::filesystem::temp_directory_path() / "medley_content_XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    ASSERT_TRUE(recommender->Save(folder));
    const GrownWorld one(1);
    const GrownWorld three(3);
    const auto first = GrownOver(*recommender, one.world.features);
    ASSERT_NE(first, nullptr);
    const auto second = GrownOver(*first, three.world.features);
    ASSERT_NE(second, nullptr);
    const auto loaded = *MakeRecommender(name, {});
    ASSERT_TRUE(loaded->Load(folder, &three.world.features));
    std::filesystem::remove_all(folder);
    EXPECT_EQ(recommender->n_items(), World::kItems);
    EXPECT_EQ(first->n_items(), World::kItems + 1);
    ASSERT_EQ(second->n_items(), World::kItems + 3);
    const auto wanted = ScoresOf(*loaded, world.User(1));
    const auto got = ScoresOf(*second, world.User(1));
    for (ItemIndex item = 0; item < World::kItems + 3; ++item)
      EXPECT_NEAR(got[item], wanted[item], 1e-4) << name << " " << item;
    const ItemIndex last = World::kItems + 2;
    EXPECT_EQ(second->Explain(world.User(1), last, 3).size(),
              loaded->Explain(world.User(1), last, 3).size());
  }
}

TEST(KernelWeights, FindTheInformativePart) {
  // Y follows the first kernel; the second is noise.
  Random random(3);
  const std::size_t n = 60;
  linalg::Matrix good(n, 4);
  linalg::Matrix noise(n, 4);
  linalg::Matrix y(n, 30);
  for (std::size_t i = 0; i < n * 4; ++i) {
    good.data()[i] = static_cast<float>(random.Normal() / 2);
    noise.data()[i] = static_cast<float>(random.Normal() / 2);
  }
  linalg::Matrix mixing(30, 4);
  for (std::size_t i = 0; i < 120; ++i) mixing.data()[i] = static_cast<float>(random.Normal());
  linalg::TimesTransposed(good.View(), mixing.View(), y.View());
  for (std::size_t i = 0; i < n * 30; ++i) y.data()[i] += static_cast<float>(0.5 * random.Normal());
  std::vector<linalg::Matrix> parts(2, linalg::Matrix(n, n));
  linalg::TimesTransposed(good.View(), good.View(), parts[0].View());
  linalg::TimesTransposed(noise.View(), noise.View(), parts[1].View());
  linalg::Matrix together(n, n);
  linalg::TimesTransposed(y.View(), y.View(), together.View());
  SilentProgress progress;
  const auto weights = LearnKernelWeights(parts, together.View(), 40, progress);
  ASSERT_TRUE(weights);
  EXPECT_GT((*weights)[0], 0.5);
  EXPECT_LT((*weights)[1], (*weights)[0] / 20);
}

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
