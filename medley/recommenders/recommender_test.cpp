#include "medley/recommenders/recommender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/als_solver.h"
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

// Users {0: a b, 1: a b c, 2: b}: hand-worked for each measure.
TEST(ItemKnn, EveryMeasureAgreesWithItsEquation) {
  const data::Interactions interactions(3,
                                        4,
                                        {{0, {0, 1, 1}},
                                         {0, {1, 1, 2}},
                                         {1, {0, 1, 1}},
                                         {1, {1, 1, 2}},
                                         {1, {2, 1, 3}},
                                         {2, {1, 1, 1}}});
  const auto similarity =
      [&](const std::map<std::string, std::string>& settings, ItemIndex source, ItemIndex target) {
        const auto recommender = *MakeRecommender("item_knn", settings);
        SilentProgress progress;
        EXPECT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
        const std::vector<data::Interaction> history = {{source, 1, 1}};
        return ScoresOf(*recommender, {kNoIndex, history})[target];
      };
  EXPECT_FLOAT_EQ(similarity({{"similarity", "cosine"}, {"shrinkage", "0"}}, 0, 1),
                  2 / std::sqrt(6.0F));
  EXPECT_FLOAT_EQ(similarity({{"similarity", "jaccard"}, {"shrinkage", "0"}}, 0, 1), 2.0F / 3);
  EXPECT_FLOAT_EQ(similarity({{"similarity", "jaccard"}, {"shrinkage", "1"}}, 0, 2), 1.0F / 3);
  // Of b given a: users 0 and 1 have two and three items; a has 2 users, b 3.
  const float together = 1 / std::sqrt(2.0F) + 1 / std::sqrt(3.0F);
  EXPECT_FLOAT_EQ(similarity({{"similarity", "conditional"}, {"popularity_power", "1"}}, 0, 1),
                  together / (2 * 3));
  EXPECT_FLOAT_EQ(similarity({{"similarity", "conditional"}, {"popularity_power", "0"}}, 1, 0),
                  together / 3);
  // log(3 / 3) = 0 for a, which leaves nothing; c is rare, b is everyone's.
  EXPECT_FLOAT_EQ(similarity({{"similarity", "bm25"}}, 0, 1), kNothingKnown);
}

// Six users so that no weight vanishes.
TEST(ItemKnn, Bm25AgreesWithItsEquation) {
  const data::Interactions interactions(
      6, 3, {{0, {0, 1, 1}}, {0, {1, 1, 2}}, {1, {0, 1, 1}}, {2, {2, 1, 1}}, {3, {2, 1, 1}}});
  const auto recommender = *MakeRecommender("item_knn", {{"similarity", "bm25"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
  const double norm = 1.2 * (0.25 + 0.75 * 2 / (5.0 / 6));
  const double weight = 2.2 / (norm + 1);
  const double expected = std::log(6.0 / 3) * weight * std::log(6.0 / 2) * weight;
  const std::vector<data::Interaction> history = {{0, 1, 1}};
  EXPECT_NEAR(ScoresOf(*recommender, {kNoIndex, history})[1], expected, 1e-6);
}

// Small lists, so that neighbours fall off their ends and have to come back.
TEST(ItemKnn, UpdatesExactlyWhateverTheSettings) {
  for (const char* measure : {"cosine", "jaccard", "conditional", "bm25"}) {
    for (const char* neighbours : {"1", "3", "200"}) {
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const World world(seed);
        const auto earlier = world.Earlier();
        const std::map<std::string, std::string> settings = {
            {"similarity", measure}, {"neighbours", neighbours}, {"use_weights", "true"}};
        const auto updated = *MakeRecommender("item_knn", settings);
        const auto fitted = *MakeRecommender("item_knn", settings);
        SilentProgress progress;
        ASSERT_TRUE(updated->Fit({&earlier, nullptr, 0, 1}, progress));
        ASSERT_TRUE(updated->Update({&world.interactions, nullptr, 0, 1}, earlier, progress));
        ASSERT_TRUE(fitted->Fit({&world.interactions, nullptr, 0, 1}, progress));
        EXPECT_EQ(contract::DigestOf(*updated, world), contract::DigestOf(*fitted, world))
            << measure << " " << neighbours << " " << seed;
      }
    }
  }
}

// One user takes one thing back and takes up another: most items are not touched.
TEST(ItemKnn, UpdatesExactlyWhenLittleChanged) {
  const World world;
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < World::kUsers; ++user) {
    for (const auto& entry : world.interactions.OfUser(user)) {
      if (user == 7 && rows.size() % 3 == 0) continue;
      rows.push_back({user, entry});
    }
  }
  rows.push_back({7, {1, 1, 99}});
  const data::Interactions changed(World::kUsers, World::kItems, rows);
  for (const char* name : {"item_knn", "sequence"}) {
    std::map<std::string, std::string> settings;
    if (std::string_view(name) == "item_knn") settings["neighbours"] = "4";
    const auto updated = *MakeRecommender(name, settings);
    const auto fitted = *MakeRecommender(name, settings);
    SilentProgress progress;
    ASSERT_TRUE(updated->Fit({&world.interactions, nullptr, 0, 1}, progress));
    ASSERT_TRUE(updated->Update({&changed, nullptr, 0, 1}, world.interactions, progress));
    ASSERT_TRUE(fitted->Fit({&changed, nullptr, 0, 1}, progress));
    EXPECT_EQ(contract::DigestOf(*updated, world), contract::DigestOf(*fitted, world)) << name;
  }
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

TEST(UserKnn, WorkedExample) {
  // The user has {0, 1}; user 0 shares both and adds 2, user 1 shares one and adds 3.
  const data::Interactions interactions(3,
                                        5,
                                        {{0, {0, 1, 1}},
                                         {0, {1, 1, 2}},
                                         {0, {2, 1, 3}},
                                         {1, {0, 1, 1}},
                                         {1, {3, 1, 2}},
                                         {2, {4, 1, 1}}});
  const std::vector<data::Interaction> history = {{0, 1, 1}, {1, 1, 2}};
  const auto scores = [&](const std::map<std::string, std::string>& given) {
    auto settings = given;
    settings.insert({{"shrinkage", "0"}, {"recency_power", "0"}});
    const auto recommender = *MakeRecommender("user_knn", settings);
    SilentProgress progress;
    EXPECT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
    const auto evidence = recommender->Explain({kNoIndex, history}, 2, 5);
    EXPECT_EQ(evidence.size(), 2U);
    return ScoresOf(*recommender, {kNoIndex, history});
  };
  const auto cosine = scores({{"similarity", "cosine"}});
  EXPECT_FLOAT_EQ(cosine[2], 2 / std::sqrt(6.0F));
  EXPECT_FLOAT_EQ(cosine[3], 0.5F);
  EXPECT_FLOAT_EQ(cosine[4], 0);
  const auto jaccard = scores({{"similarity", "jaccard"}});
  EXPECT_FLOAT_EQ(jaccard[2], 2.0F / 3);
  EXPECT_FLOAT_EQ(jaccard[3], 1.0F / 3);
  const auto nearest = scores({{"neighbours", "1"}, {"amplify", "2"}});
  EXPECT_FLOAT_EQ(nearest[2], 4.0F / 6);
  EXPECT_FLOAT_EQ(nearest[3], 0);
}

TEST(SessionKnn, WorkedExample) {
  // Two sessions of one user, a day and more apart, and one of another.
  constexpr TimeMs kHour = 3'600'000;
  const data::Interactions interactions(2,
                                        5,
                                        {{0, {0, 1, kHour}},
                                         {0, {1, 1, 2 * kHour}},
                                         {0, {2, 1, 100 * kHour}},
                                         {0, {3, 1, 101 * kHour}},
                                         {1, {0, 1, kHour}},
                                         {1, {2, 1, 2 * kHour}},
                                         {1, {4, 1, 3 * kHour}}});
  const auto recommender = *MakeRecommender(
      "session_knn", {{"fade_items", "1"}, {"fade_places", "2"}, {"fade_days", "0"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
  const std::vector<data::Interaction> history = {{0, 1, 1}, {2, 1, 2}};
  const auto scores = ScoresOf(*recommender, {kNoIndex, history});
  const float older = std::exp(-1.0F);
  const float place = std::exp(-0.5F);
  EXPECT_FLOAT_EQ(scores[1], older / std::sqrt(4.0F) * place);
  EXPECT_FLOAT_EQ(scores[3], 1 / std::sqrt(4.0F) * place);
  EXPECT_FLOAT_EQ(scores[4], (1 + older) / std::sqrt(6.0F) * place);
  const auto evidence = recommender->Explain({kNoIndex, history}, 4, 5);
  ASSERT_EQ(evidence.size(), 2U);
  EXPECT_EQ(evidence[0].item, 2U);
  EXPECT_NEAR(evidence[0].contribution + evidence[1].contribution, scores[4], 1e-6);
  const auto whole = *MakeRecommender("session_knn", {{"gap_hours", "0"}});
  ASSERT_TRUE(whole->Fit({&interactions, nullptr, 0, 1}, progress));
  const std::vector<data::Interaction> first = {{1, 1, 1}};
  EXPECT_GT(ScoresOf(*whole, {kNoIndex, first})[3], 0);
  EXPECT_EQ(ScoresOf(*recommender, {kNoIndex, first})[3], 0);
}

TEST(Sequence, WorkedExample) {
  // 0 -> 1 -> 2 by one user, 0 -> 2 by another.
  const data::Interactions interactions(
      2, 4, {{0, {0, 1, 1}}, {0, {1, 1, 2}}, {0, {2, 1, 3}}, {1, {0, 1, 1}}, {1, {2, 1, 2}}});
  const auto recommender = *MakeRecommender(
      "sequence", {{"window", "2"}, {"decay", "0.5"}, {"backward", "0.25"}, {"shrinkage", "1"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, nullptr, 0, 1}, progress));
  const std::vector<data::Interaction> history = {{0, 1, 1}};
  const auto scores = ScoresOf(*recommender, {kNoIndex, history});
  // c(0, 1) = 1, c(0, 2) = .5 + 1; into 1: 1 + .25 from 2; into 2: 1.5 + 1.
  EXPECT_FLOAT_EQ(scores[1], 1 / std::sqrt((2.5F + 1) * (1.25F + 1)));
  EXPECT_FLOAT_EQ(scores[2], 1.5F / std::sqrt((2.5F + 1) * (2.5F + 1)));
  EXPECT_EQ(scores[3], kNothingKnown);
}

TEST(Latest, BelievesTheCatalogueThenTheFirstEvent) {
  const data::Interactions interactions(
      2, 5, {{0, {0, 1, 10}}, {1, {0, 1, 90}}, {0, {1, 1, 20}}, {1, {2, 1, 30}}, {1, {4, 1, 99}}});
  ItemFeatures features;
  features.created = {0, 50, 5, 0, 1000};
  const auto recommender = *MakeRecommender("latest", {});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, &features, 100, 1}, progress));
  const auto scores = ScoresOf(*recommender, {kNoIndex, {}});
  // 2 at 5, 0 at 10, 1 at 50, 4 promised for later; of 3 nothing is known.
  EXPECT_FLOAT_EQ(scores[2], 0.25F);
  EXPECT_FLOAT_EQ(scores[0], 0.5F);
  EXPECT_FLOAT_EQ(scores[1], 0.75F);
  EXPECT_FLOAT_EQ(scores[4], 1);
  EXPECT_EQ(scores[3], kNothingKnown);
  EXPECT_EQ(recommender->Explain({kNoIndex, {}}, 1, 3).size(), 1U);
  EXPECT_TRUE(recommender->Explain({kNoIndex, {}}, 0, 3).empty());
  const auto by_events = *MakeRecommender("latest", {{"use_created", "false"}});
  ASSERT_TRUE(by_events->Fit({&interactions, &features, 100, 1}, progress));
  EXPECT_FLOAT_EQ(ScoresOf(*by_events, {kNoIndex, {}})[2], 0.75F);
  features.created.pop_back();
  EXPECT_FALSE(recommender->Fit({&interactions, &features, 100, 1}, progress));
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

TEST(Popularity, CountsAgesFromNow) {
  const data::Interactions interactions(1, 2, {{0, {0, 1, 10 * kDayMs}}, {0, {1, 1, 20 * kDayMs}}});
  const auto recommender = *MakeRecommender("popularity", {{"half_life_days", "10"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&interactions, nullptr, 30 * kDayMs, 1}, progress));
  const auto scores = ScoresOf(*recommender, {kNoIndex, {}});
  EXPECT_FLOAT_EQ(scores[0], 0.25F);
  EXPECT_FLOAT_EQ(scores[1], 0.5F);
}

TEST(Als, BothSolversComeToTheSame) {
  const World world;
  const auto quick =
      *MakeRecommender("als", {{"factors", "6"}, {"cg_steps", "8"}, {"iterations", "60"}});
  const auto exact =
      *MakeRecommender("als", {{"factors", "6"}, {"solver", "cholesky"}, {"iterations", "60"}});
  SilentProgress progress;
  ASSERT_TRUE(quick->Fit(world.Training(), progress));
  ASSERT_TRUE(exact->Fit(world.Training(), progress));
  for (UserIndex user = 0; user < World::kUsers; ++user) {
    const auto a = ScoresOf(*quick, world.User(user));
    const auto b = ScoresOf(*exact, world.User(user));
    for (std::size_t item = 0; item < World::kItems - 3; ++item)
      ASSERT_NEAR(a[item], b[item], 0.02) << user << " " << item;
  }
}

// At the solution no small change of an item's vector lowers the loss: the normal equations hold.
TEST(AlsSolver, SolvesTheNormalEquations) {
  Random random(5);
  const std::size_t d = 19;
  linalg::Matrix fixed(40, d);
  for (std::size_t i = 0; i < fixed.rows() * d; ++i)
    fixed.data()[i] = static_cast<float>(random.Normal());
  std::vector<linalg::Triplet> triplets;
  for (std::uint32_t row = 1; row < 100; ++row) {
    for (std::uint32_t k = 0; k < row % 11; ++k)
      triplets.push_back({row, static_cast<std::uint32_t>(random.Below(40)), 1.5F});
  }
  const auto seen = linalg::FromTriplets(100, 40, triplets);
  const auto gram = RegularisedGram(fixed.View(), 3);
  const AlsHalfStep step{seen, fixed.View(), gram.View(), 2};
  for (const bool exact : {false, true}) {
    linalg::Matrix x(100, d, 0.5F);
    if (exact) {
      SolveByCholesky(step, x.View());
    } else {
      SolveByConjugateGradient(step, 60, x.View());
    }
    for (std::size_t row = 0; row < 100; ++row) {
      for (std::size_t i = 0; i < d; ++i) {
        double left = 0;
        for (std::size_t j = 0; j < d; ++j) left += double{gram(i, j)} * double{x(row, j)};
        double right = 0;
        for (std::size_t k = 0; k < seen.ColumnsOf(row).size(); ++k) {
          const auto y = fixed.Row(seen.ColumnsOf(row)[k]);
          const double extra = 2 * double{seen.ValuesOf(row)[k]};
          left += extra * double{linalg::Dot(y, x.Row(row))} * double{y[i]};
          right += (1 + extra) * double{y[i]};
        }
        ASSERT_NEAR(left, right, 2e-2) << exact << " " << row;
      }
    }
  }
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
