#include "medley/recommenders/recommender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/recommenders/kernel_weights.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/stacking.h"
#include "tests/contract/recommender_contract.h"

namespace medley::recommenders {
namespace {

using contract::ScoresOf;
using contract::World;

TEST(RecommenderTable, EveryRowIsComplete) {
  std::set<std::string> names;
  for (const auto& kind : Recommenders()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_FALSE(kind.summary.empty());
    EXPECT_THAT(kind.example, testing::HasSubstr("medley train " + kind.name));
    for (const auto& parameter : kind.parameters)
      EXPECT_FALSE(parameter.help.empty()) << parameter.name;
  }
}

/// docs/reference/recommenders.md as the table says it.
std::string Reference() {
  std::string out =
      "# Recommenders\n\nMade from the table in medley/recommenders/recommender.cpp; a test keeps "
      "it so "
      "(`MEDLEY_UPDATE_REFERENCE=1 recommenders_test` writes it anew).\n"
      "Set parameters with `--set recommender.parameter=value`, or in `medley.toml` under "
      "`[recommenders.NAME]`.\n";
  for (const auto& kind : Recommenders()) {
    out += "\n## " + kind.name + "\n\n" + kind.summary + ".\n\n    " + kind.example + "\n";
    if (!kind.paper.empty()) out += "\n" + kind.paper + ".\n";
    out += "\n| parameter | default | meaning |\n|---|---|---|\n";
    for (const auto& parameter : kind.parameters) {
      const auto value =
          std::visit([](const auto& v) { return Json(v).dump(); }, parameter.default_value);
      out += "| " + parameter.name + " | " + value + " | " + parameter.help + " |\n";
    }
  }
  return out;
}

TEST(RecommenderTable, TheReferenceSaysWhatTheTableSays) {
  const std::filesystem::path file = "docs/reference/recommenders.md";
  if (std::getenv("MEDLEY_UPDATE_REFERENCE") != nullptr) {
    std::filesystem::create_directories(file.parent_path());
    ASSERT_TRUE(WriteFileAtomically(file, Reference()));
  }
  const auto text = ReadFile(file);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text, Reference());
}

TEST(RecommenderTable, AnUnknownNameListsTheKnownOnes) {
  const auto made = MakeRecommender("itemknn", {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(made.error().message, testing::HasSubstr("item_knn"));
  EXPECT_EQ(MakeRecommender("ease", {{"lambda", "-1"}}).error().code, ErrorCode::kInvalidInput);
}

TEST(Profile, WeighsTheLatestMostAndMergesRepeats) {
  const std::vector<data::Interaction> history = {{5, 1, 1}, {6, -1, 2}, {7, 1, 3}, {5, 1, 4}};
  const auto profile = Profile(history, 2, true);
  ASSERT_EQ(profile.size(), 2U);
  EXPECT_EQ(profile[0].item, 7U);
  EXPECT_FLOAT_EQ(profile[0].weight, 0.75F * 0.75F);
  EXPECT_EQ(profile[1].item, 5U);
  EXPECT_FLOAT_EQ(profile[1].weight, 2);
}

TEST(ItemKnn, WorkedExample) {
  // Item 0 with users {0, 1, 2}, item 1 with {0, 1}, item 2 with {2}.
  const data::Interactions interactions(3,
                                        3,
                                        {{0, {0, 1, 1}},
                                         {0, {1, 1, 2}},
                                         {1, {0, 1, 1}},
                                         {1, {1, 1, 2}},
                                         {2, {0, 1, 1}},
                                         {2, {2, 1, 2}}});
  const auto recommender = *MakeRecommender("item_knn", {{"shrinkage", "1"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
  const std::vector<data::Interaction> history = {{0, 1, 1}};
  const auto scores = ScoresOf(*recommender, {kNoIndex, history});
  EXPECT_FLOAT_EQ(scores[0], 0);
  EXPECT_FLOAT_EQ(scores[1], 2 / (std::sqrt(6.0F) + 1));
  EXPECT_FLOAT_EQ(scores[2], 1 / (std::sqrt(3.0F) + 1));
  const auto evidence = recommender->Explain({kNoIndex, history}, 1, 3);
  ASSERT_EQ(evidence.size(), 1U);
  EXPECT_EQ(evidence[0].item, 0U);
  EXPECT_FLOAT_EQ(static_cast<float>(evidence[0].contribution), scores[1]);
}

TEST(Ease, AgreesWithItsDefinition) {
  const World world;
  const auto recommender = *MakeRecommender("ease", {{"lambda", "5"}, {"recency_power", "0"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit(world.Training(), progress));
  // A column of B is the ridge regression of the item on all others: (G' + lambda I) b = g, the
  // item's own row and column left out.
  const auto x = PositiveMatrix(world.interactions, false);
  const std::size_t item = 7;
  std::vector<std::size_t> others;
  const auto counts = PositiveCounts(world.interactions);
  for (std::size_t i = 0; i < World::kItems; ++i) {
    if (i != item && counts[i] > 0) others.push_back(i);
  }
  linalg::Matrix dense(World::kUsers, World::kItems);
  for (std::size_t user = 0; user < World::kUsers; ++user) {
    for (const auto column : x.ColumnsOf(user)) dense(user, column) = 1;
  }
  linalg::Matrix gram(World::kItems, World::kItems);
  linalg::ColumnGram(dense.View(), gram.View());
  linalg::Matrix system(others.size(), others.size());
  linalg::Matrix weights(1, others.size());
  for (std::size_t i = 0; i < others.size(); ++i) {
    for (std::size_t j = 0; j < others.size(); ++j)
      system(i, j) = gram(others[i], others[j]) + (i == j ? 5.0F : 0.0F);
    weights(0, i) = gram(others[i], item);
  }
  ASSERT_TRUE(linalg::SolvePositiveDefinite(system.View(), weights.View()));
  for (std::size_t i = 0; i < others.size(); ++i) {
    const std::vector<data::Interaction> history = {{static_cast<ItemIndex>(others[i]), 1, 1}};
    EXPECT_NEAR(ScoresOf(*recommender, {kNoIndex, history})[item], weights(0, i), 1e-4);
  }
}

TEST(Ease, LeavesOutTheRarestBeyondMaxItems) {
  const World world;
  const auto recommender = *MakeRecommender("ease", {{"max_items", "10"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit(world.Training(), progress));
  const auto scores = ScoresOf(*recommender, world.User(0));
  EXPECT_LE(
      std::count_if(scores.begin(), scores.end(), [](float score) { return std::isfinite(score); }),
      10);
}

TEST(Popularity, HalfLifeHalves) {
  const data::Interactions interactions(2, 2, {{0, {0, 1, 10 * kDayMs}}, {1, {1, 1, 20 * kDayMs}}});
  const auto recommender = *MakeRecommender("popularity", {{"half_life_days", "10"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
  const auto scores = ScoresOf(*recommender, {kNoIndex, {}});
  EXPECT_FLOAT_EQ(scores[0], 0.5F);
  EXPECT_FLOAT_EQ(scores[1], 1);
}

TEST(Als, ContributionsAddUpToTheScore) {
  const World world;
  const auto recommender = *MakeRecommender("als", {{"factors", "6"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit(world.Training(), progress));
  const auto scores = ScoresOf(*recommender, world.User(3));
  const auto top = TopItems(scores, 1, {});
  double sum = 0;
  for (const auto& one : recommender->Explain(world.User(3), top[0].item, 100))
    sum += one.contribution;
  EXPECT_NEAR(sum, top[0].score, 0.05);  // negative ones are left out
}

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

TEST(Content, ScoresItemsThatCameAfterTraining) {
  const World world;
  const auto recommender = *MakeRecommender("content", {});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit(world.Training(), progress));
  auto folder = (std::filesystem::temp_directory_path() / "medley_content_XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  ASSERT_TRUE(recommender->Save(folder));
  World grown;
  linalg::Matrix text(World::kItems + 1, 8);
  linalg::Matrix image(World::kItems + 1, 6);
  std::copy_n(grown.text.data(), World::kItems * 8, text.data());
  std::copy_n(grown.image.data(), World::kItems * 6, image.data());
  text(World::kItems, 1) = 1;
  grown.all.push_back(1);
  grown.some.push_back(0);
  grown.features.attributes.push_back({1});
  grown.features.spaces = {{"text", text.View(), grown.all}, {"image", image.View(), grown.some}};
  const auto status = recommender->Load(folder, &grown.features);
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(status) << status.error().message;
  ASSERT_EQ(recommender->n_items(), World::kItems + 1);
  const auto fan = ScoresOf(*recommender, world.User(1));
  const auto other = ScoresOf(*recommender, world.User(0));
  EXPECT_GT(fan[World::kItems], other[World::kItems]);
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

TEST(Stacking, LearnsWhichComponentToTrust) {
  Random random(4);
  HeldOutUsers users;
  const std::size_t n_users = 100;
  const std::size_t n_items = 50;
  users.scores.assign(2, linalg::Matrix(n_users, n_items));
  for (std::size_t user = 0; user < n_users; ++user) {
    const auto relevant = static_cast<std::uint32_t>(random.Below(n_items));
    users.relevant.push_back({relevant});
    for (std::size_t item = 0; item < n_items; ++item) {
      users.scores[0](user, item) = static_cast<float>(random.Normal());
      users.scores[1](user, item) =
          static_cast<float>(random.Normal() + (item == relevant ? 3 : 0));
    }
  }
  const auto weights = LearnStackingWeights(users, 20);
  EXPECT_EQ(weights[1], 1);
  EXPECT_LT(weights[0], 0.4);
}

TEST(Stacking, SplitsEachHistoryByTime) {
  std::vector<data::Interactions::Row> rows;
  for (ItemIndex item = 0; item < 16; ++item)
    rows.push_back({0, {item, 1, 100 - static_cast<TimeMs>(item)}});
  rows.push_back({1, {3, 1, 5}});
  const auto split = SplitByTime(data::Interactions(2, 16, rows), 0.125);
  EXPECT_THAT(split.late[0], testing::ElementsAre(0, 1));
  EXPECT_EQ(split.early.OfUser(0).size(), 14U);
  EXPECT_TRUE(split.late[1].empty());
  EXPECT_EQ(split.early.OfUser(1).size(), 1U);
}

TEST(TopItems, LeavesOutWhatIsNotAllowedOrUnknown) {
  const std::vector<float> scores = {1, 3, -std::numeric_limits<float>::infinity(), 3, 2};
  const auto top = TopItems(scores, 10, [](ItemIndex item) { return item != 1; });
  ASSERT_EQ(top.size(), 3U);
  EXPECT_EQ(top[0].item, 3U);
  EXPECT_EQ(top[2].item, 0U);
}

}  // namespace
}  // namespace medley::recommenders
