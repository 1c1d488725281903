#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/progress.h"
#include "medley/data/interactions.h"
#include "medley/recommenders/recommender.h"
#include "tests/contract/recommender_world.h"

/// What every row of Recommenders() must do. The suite runs over the whole table by itself; a new
/// recommender is covered the moment it is a row. Included by one test file.
namespace medley::recommenders::contract {

/// Pearson's, over what both know; fails where one knows what the other doesn't.
inline double Correlation(const std::vector<float>& a, const std::vector<float>& b) {
  double n = 0;
  double sums[5] = {};
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(std::isfinite(a[i]), std::isfinite(b[i])) << "item " << i;
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) continue;
    const double x{a[i]};
    const double y{b[i]};
    const double terms[5] = {x, y, x * x, y * y, x * y};
    for (int k = 0; k < 5; ++k) sums[k] += terms[k];
    n += 1;
  }
  const double covariance = n * sums[4] - sums[0] * sums[1];
  const double variances = (n * sums[2] - sums[0] * sums[0]) * (n * sums[3] - sums[1] * sums[1]);
  return variances > 0 ? covariance / std::sqrt(variances) : 0;
}

class RecommenderContract : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto name = "medley_contract_" + GetParam() + "_XXXXXX";
    auto path = (std::filesystem::temp_directory_path() / name).string();
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static std::unique_ptr<Recommender> Make() {
    auto made = MakeRecommender(GetParam(), {});
    EXPECT_TRUE(made) << made.error().message;
    return *std::move(made);
  }
  std::unique_ptr<Recommender> Fitted() const {
    auto recommender = Make();
    SilentProgress progress;
    const auto status = recommender->Fit(world_.Training(), progress);
    EXPECT_TRUE(status) << status.error().message;
    return recommender;
  }
  static const RecommenderKind& Row() {
    const auto& kinds = Recommenders();
    return *std::find_if(
        kinds.begin(), kinds.end(), [](const auto& kind) { return kind.name == GetParam(); });
  }
  std::unique_ptr<Recommender> FittedOn(const data::Interactions& interactions) const {
    auto recommender = Make();
    SilentProgress progress;
    const auto status = recommender->Fit({&interactions, &world_.features, 0, 1}, progress);
    EXPECT_TRUE(status) << status.error().message;
    return recommender;
  }

  World world_;
  std::filesystem::path folder_;
};

TEST_P(RecommenderContract, ScoresEveryItemOrSaysItCant) {
  const auto recommender = Fitted();
  ASSERT_EQ(recommender->n_items(), World::kItems);
  EXPECT_EQ(recommender->name(), GetParam());
  for (UserIndex user = 0; user < World::kUsers; ++user) {
    const auto scores = ScoresOf(*recommender, world_.User(user));
    EXPECT_THAT(scores, testing::Each(testing::Truly([](float score) {
                  return std::isfinite(score) || score == -std::numeric_limits<float>::infinity();
                })));
    EXPECT_GT(std::count_if(
                  scores.begin(), scores.end(), [](float score) { return std::isfinite(score); }),
              20);
  }
}

TEST_P(RecommenderContract, PrefersTheUsersTaste) {
  if (!Row().personal) GTEST_SKIP() << "the same for everyone";
  if (!Row().ranks) GTEST_SKIP() << "predicts how much, not whether";
  const auto recommender = Fitted();
  int own = 0;
  for (UserIndex user = 0; user < World::kUsers; ++user) {
    std::set<ItemIndex> seen;
    for (const auto& entry : world_.interactions.OfUser(user)) seen.insert(entry.item);
    const auto top = TopItems(ScoresOf(*recommender, world_.User(user)), 3, [&](ItemIndex item) {
      return !seen.contains(item);
    });
    for (const auto& item : top) own += item.item % World::kTastes == user % World::kTastes ? 1 : 0;
  }
  EXPECT_GT(own, static_cast<int>(3 * World::kUsers) * 2 / 3);
}

TEST_P(RecommenderContract, KnowsAUserByHistoryAlone) {
  const auto recommender = Fitted();
  EXPECT_EQ(ScoresOf(*recommender, world_.User(4)),
            ScoresOf(*recommender, {kNoIndex, world_.interactions.OfUser(4)}));
}

// Of someone unknown most can say nothing, and must say so: the product asks another then.
TEST_P(RecommenderContract, SaysNothingOfAnEmptyHistoryUnlessItsRowSaysSo) {
  const auto recommender = Fitted();
  const std::vector<data::Interaction> only_against = {{3, -1, 1}};
  for (const auto& history : {std::span<const data::Interaction>{}, std::span(only_against)}) {
    const auto scores = ScoresOf(*recommender, {kNoIndex, history});
    const bool answers =
        std::any_of(scores.begin(), scores.end(), [](float score) { return std::isfinite(score); });
    if (history.empty() || Row().answers_newcomers) {
      EXPECT_EQ(answers, Row().answers_newcomers);
    }
    EXPECT_LE(recommender->Explain({kNoIndex, history}, 3, 5).size(), 5U);
  }
}

TEST_P(RecommenderContract, UpdatesAsItsRowSays) {
  const auto earlier = world_.Earlier();
  const auto updated = FittedOn(earlier);
  const auto before = DigestOf(*updated, world_);
  SilentProgress progress;
  const auto status = updated->Update(world_.Training(), earlier, progress);
  ASSERT_TRUE(status) << status.error().message;
  const auto fitted = Fitted();
  EXPECT_NE(DigestOf(*updated, world_), before);
  if (Row().updating != Updating::kFoldsIn) {
    EXPECT_EQ(DigestOf(*updated, world_), DigestOf(*fitted, world_));
    return;
  }
  // Folded in: it knows the same items, and on the whole says of each user what a new fit would.
  double sum = 0;
  for (UserIndex user = 0; user < World::kUsers; ++user)
    sum += Correlation(ScoresOf(*updated, world_.User(user)), ScoresOf(*fitted, world_.User(user)));
  EXPECT_GT(sum / World::kUsers, 0.9);
}

TEST_P(RecommenderContract, UpdatesAfterItWasLoaded) {
  const auto earlier = world_.Earlier();
  const auto updated = FittedOn(earlier);
  ASSERT_TRUE(updated->Save(folder_));
  const auto loaded = Make();
  ASSERT_TRUE(loaded->Load(folder_, &world_.features));
  SilentProgress progress;
  ASSERT_TRUE(updated->Update(world_.Training(), earlier, progress));
  ASSERT_TRUE(loaded->Update(world_.Training(), earlier, progress));
  EXPECT_EQ(DigestOf(*loaded, world_), DigestOf(*updated, world_));
}

TEST_P(RecommenderContract, AnUpdateWithoutNewsChangesNothing) {
  const auto recommender = Fitted();
  const auto digest = DigestOf(*recommender, world_);
  SilentProgress progress;
  ASSERT_TRUE(recommender->Update(world_.Training(), world_.interactions, progress));
  EXPECT_EQ(DigestOf(*recommender, world_), digest);
}

TEST_P(RecommenderContract, RefusesABadUpdateAndStaysAsItWas) {
  const auto recommender = Fitted();
  const auto digest = DigestOf(*recommender, world_);
  SilentProgress progress;
  const data::Interactions broken(
      World::kUsers, World::kItems, {{0, {1, std::numeric_limits<float>::quiet_NaN(), 1}}});
  const auto status =
      recommender->Update({&broken, &world_.features, 0, 1}, world_.interactions, progress);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
  EXPECT_FALSE(
      recommender->Update({nullptr, &world_.features, 0, 1}, world_.interactions, progress));
  EXPECT_EQ(DigestOf(*recommender, world_), digest);
}

TEST_P(RecommenderContract, ExplainsByWhatTheUserReallyDid) {
  const auto recommender = Fitted();
  std::size_t explained = 0;
  for (UserIndex user = 0; user < 20; ++user) {
    const auto state = world_.User(user);
    std::set<ItemIndex> past;
    for (const auto& entry : state.history) past.insert(entry.item);
    const auto top = TopItems(
        ScoresOf(*recommender, state), 3, [&](ItemIndex item) { return !past.contains(item); });
    for (const auto& item : top) {
      const auto evidence = recommender->Explain(state, item.item, 4);
      ASSERT_LE(evidence.size(), 4U);
      explained += evidence.empty() ? 0 : 1;
      double before = std::numeric_limits<double>::infinity();
      for (const auto& one : evidence) {
        EXPECT_GT(one.contribution, 0);
        EXPECT_LE(one.contribution, before);
        before = one.contribution;
        if (one.kind == Evidence::Kind::kPastItem || one.kind == Evidence::Kind::kSimilar) {
          EXPECT_TRUE(past.contains(one.item));
          EXPECT_EQ(one.kind == Evidence::Kind::kSimilar,
                    world_.features.Find(one.space) != nullptr);
        } else if (one.kind == Evidence::Kind::kAttribute) {
          EXPECT_THAT(world_.features.attribute_names, testing::Contains(one.attribute));
          EXPECT_GE(one.count, 1);
        } else if (one.kind == Evidence::Kind::kNew) {
          EXPECT_GE(one.count, 0);
        } else {
          EXPECT_GT(one.count, 0);
        }
      }
    }
  }
  EXPECT_GT(explained, 50U);
  EXPECT_TRUE(recommender->Explain(world_.User(0), World::kItems + 5, 4).empty());
  EXPECT_TRUE(recommender->Explain(world_.User(0), 1, 0).empty());
}

TEST_P(RecommenderContract, LoadsWhatItSavedBitForBit) {
  const auto recommender = Fitted();
  ASSERT_TRUE(recommender->Save(folder_));
  const auto loaded = Make();
  const auto status = loaded->Load(folder_, &world_.features);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(DigestOf(*loaded, world_), DigestOf(*recommender, world_));
}

TEST_P(RecommenderContract, RefusesADamagedModelAndKeepsTheOldOne) {
  const auto recommender = Fitted();
  ASSERT_TRUE(recommender->Save(folder_));
  const auto file = folder_ / "model.bin";
  const auto size = std::filesystem::file_size(file);
  const auto digest = DigestOf(*recommender, world_);
  for (const std::uintmax_t length :
       {std::uintmax_t{0}, std::uintmax_t{7}, std::uintmax_t{20}, size / 2, size - 1}) {
    std::filesystem::resize_file(file, length);
    EXPECT_FALSE(recommender->Load(folder_, &world_.features)) << length;
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    ASSERT_TRUE(recommender->Save(folder_));
  }
  std::filesystem::remove_all(folder_);
  EXPECT_FALSE(recommender->Load(folder_, &world_.features));
  EXPECT_EQ(DigestOf(*recommender, world_), digest);
}

TEST_P(RecommenderContract, RefusesBadTrainingDataAndStaysAsItWas) {
  const auto recommender = Fitted();
  const auto digest = DigestOf(*recommender, world_);
  SilentProgress progress;
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const data::Interactions broken(2, World::kItems, {{0, {1, 1, 1}}, {1, {2, bad, 1}}});
    const auto status = recommender->Fit({&broken, &world_.features, 0, 1}, progress);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
  }
  EXPECT_FALSE(recommender->Fit({nullptr, &world_.features, 0, 1}, progress));
  EXPECT_EQ(DigestOf(*recommender, world_), digest);
}

TEST_P(RecommenderContract, RefusesAHistoryItDoesNotKnow) {
  const auto recommender = Fitted();
  std::vector<float> scores(World::kItems);
  const std::vector<data::Interaction> unknown = {{World::kItems, 1, 1}};
  EXPECT_EQ(recommender->Score({kNoIndex, unknown}, scores).error().code, ErrorCode::kInvalidInput);
  const std::vector<data::Interaction> not_a_number = {
      {1, std::numeric_limits<float>::quiet_NaN(), 1}};
  EXPECT_EQ(recommender->Score({kNoIndex, not_a_number}, scores).error().code,
            ErrorCode::kInvalidInput);
  scores.pop_back();
  EXPECT_EQ(recommender->Score(world_.User(0), scores).error().code, ErrorCode::kInvalidInput);
}

TEST_P(RecommenderContract, GivesTheSameForTheSameSeed) {
  EXPECT_EQ(DigestOf(*Fitted(), world_), DigestOf(*Fitted(), world_));
}

// The number of threads is read once a process: the other numbers need other processes. The
// environment variable asks this very test to print its digest instead of comparing.
TEST_P(RecommenderContract, GivesTheSameForAnyNumberOfThreads) {
  const auto digest = DigestOf(*Fitted(), world_);
  if (std::getenv("MEDLEY_CONTRACT_CHILD") != nullptr) {
    std::printf("digest %s\n", digest.c_str());
    return;
  }
  const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
  for (const char* threads : {"1", "3"}) {
    const std::string command =
        std::string("MEDLEY_CONTRACT_CHILD=1 MEDLEY_THREADS=") + threads + " '" + self +
        "' --gtest_filter='*GivesTheSameForAnyNumberOfThreads/" + GetParam() + "'";
    std::FILE* pipe = popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string output;
    for (char buffer[256]; std::fgets(buffer, sizeof(buffer), pipe) != nullptr;) output += buffer;
    pclose(pipe);
    EXPECT_THAT(output, testing::HasSubstr("digest " + digest)) << threads << " threads";
  }
}

inline std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& kind : Recommenders()) names.push_back(kind.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Table,
                         RecommenderContract,
                         testing::ValuesIn(Names()),
                         [](const auto& test) { return test.param; });

}  // namespace medley::recommenders::contract
