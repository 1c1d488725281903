#include "medley/recommenders/recommender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/data/interactions.h"
#include "medley/recommenders/profile.h"
#include "tests/contract/recommender_contract.h"
#include "tests/contract/recommender_world.h"

namespace medley::recommenders {
namespace {

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

TEST(RecommenderTable, ServesByPreferenceAndFromWhatRanks) {
  std::vector<const RecommenderKind*> serving;
  for (const auto& kind : Recommenders())
    if (kind.serving > 0) serving.push_back(&kind);
  std::stable_sort(serving.begin(), serving.end(), [](const auto* a, const auto* b) {
    return a->serving > b->serving;
  });
  std::vector<std::string> names;
  for (const auto* kind : serving) {
    EXPECT_TRUE(kind->ranks) << kind->name;
    names.push_back(kind->name);
  }
  EXPECT_THAT(
      names,
      testing::ElementsAre(
          "hybrid", "ease", "item_knn", "als", "sequence", "content", "popularity", "latest"));
}

TEST(RecommenderTable, WordsForManyStandForRows) {
  EXPECT_EQ(NamesOf({"all"}).size(), Recommenders().size());
  EXPECT_THAT(NamesOf({"served"}),
              testing::AllOf(testing::Contains("hybrid"), testing::Not(testing::Contains("bpr"))));
  const std::vector<std::string> some = {"bpr", "all"};
  EXPECT_EQ(NamesOf(some), some);
  EXPECT_TRUE(NamesOf({}).empty());
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
    out += "\n[How it works](../explanation/recommenders/" + kind.name + ".md)\n";
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

TEST(RecommenderTable, EachHasAPageThatNamesItsPaper) {
  const std::filesystem::path pages = "docs/explanation/recommenders";
  const auto list = ReadFile(pages / "README.md");
  ASSERT_TRUE(list) << list.error().message;
  for (const auto& kind : Recommenders()) {
    const auto text = ReadFile(pages / (kind.name + ".md"));
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_THAT(*text, testing::StartsWith("# " + kind.name + "\n"));
    EXPECT_THAT(*text, testing::HasSubstr(kind.paper));
    EXPECT_THAT(*list, testing::HasSubstr("[" + kind.name + "](" + kind.name + ".md)"));
  }
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

TEST(Update, RefusesAnotherCatalogue) {
  const World world;
  const data::Interactions smaller(World::kUsers, World::kItems - 1, {{0, {1, 1, 1}}});
  for (const char* name : {"item_knn", "sequence", "als"}) {
    const auto recommender = *MakeRecommender(name, {});
    SilentProgress progress;
    ASSERT_TRUE(recommender->Fit(world.Training(), progress));
    const auto status = recommender->Update(world.Training(), smaller, progress);
    ASSERT_FALSE(status) << name;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
    EXPECT_FALSE(recommender->Update({&smaller, nullptr, 0, 1}, world.interactions, progress));
  }
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
