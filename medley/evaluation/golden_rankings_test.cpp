#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/progress.h"
#include "medley/evaluation/split_files.h"
#include "medley/evaluation/user_ranking.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

const std::filesystem::path kFolder = "tests/golden/rankings";
constexpr std::size_t kItems = 60;
constexpr std::size_t kLength = 10;

ItemIndex Find(std::string_view id) {
  return static_cast<ItemIndex>(std::stoul(std::string(id.substr(1))));
}

struct Golden {
  const char* name;
  std::map<std::string, std::string> settings;
};

class GoldenRankings : public testing::TestWithParam<Golden> {};

// The references were made by make_references.py, with other software and in double precision.
TEST_P(GoldenRankings, AgreeWithTheReferences) {
  SplitPaths paths;
  paths.train = paths.test = kFolder / "events.tsv";
  const auto loaded = LoadSplit(paths, kItems, Find);
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto& split = loaded->split;
  const auto recommender = recommenders::MakeRecommender(GetParam().name, GetParam().settings);
  ASSERT_TRUE(recommender) << recommender.error().message;
  SilentProgress progress;
  ASSERT_TRUE((*recommender)->Fit({&split.train, nullptr, 0, 1}, progress));
  const auto ranked = RankForUsers(**recommender, split.train, split.test, {{}, {}, kLength});
  ASSERT_TRUE(ranked);
  const auto expected =
      ReadRanking(kFolder / (std::string(GetParam().name) + ".txt"), loaded->users, Find);
  ASSERT_TRUE(expected);
  std::size_t same = 0;
  std::size_t places = 0;
  for (std::size_t user = 0; user < expected->size(); ++user) {
    ASSERT_EQ(ranked->lists[user].size(), (*expected)[user].size()) << user;
    for (std::size_t place = 0; place < (*expected)[user].size(); ++place) {
      same += ranked->lists[user][place] == (*expected)[user][place] ? 1 : 0;
      ++places;
    }
  }
  // Single precision may swap items whose scores agree to the sixth digit.
  EXPECT_GE(static_cast<double>(same), 0.98 * static_cast<double>(places));
}

INSTANTIATE_TEST_SUITE_P(Table,
                         GoldenRankings,
                         testing::Values(Golden{"popularity", {}},
                                         Golden{"ease", {{"lambda", "20"}}},
                                         Golden{"item_knn",
                                                {{"shrinkage", "10"}, {"recency_power", "0"}}},
                                         Golden{"sequence", {{"window", "2"}, {"shrinkage", "5"}}}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace medley::evaluation
