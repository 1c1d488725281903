#include "medley/pipeline/model_set.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/data/catalogue.h"
#include "medley/data/event.h"
#include "medley/pipeline/snapshot.h"
#include "medley/recommenders/recommender.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {
namespace {

class ModelSetTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::path(testing::TempDir()) /
            testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(root_);
    ASSERT_TRUE(storage::Workspace::Init(root_));
    workspace_.emplace(storage::Workspace::Open(root_).value());
    std::vector<data::Item> items;
    std::vector<data::Event> events;
    for (int i = 0; i < 6; ++i) {
      data::Item item;
      item.id = "i" + std::to_string(i);
      item.kind = "film";
      item.title = item.id;
      items.push_back(std::move(item));
      for (int user = 0; user < 4; ++user) {
        data::Event event;
        event.user = "u" + std::to_string(user);
        event.item = "i" + std::to_string(i);
        event.type = data::EventType::kLike;
        event.time = 1000 + i;
        if ((i + user) % 3 != 0) events.push_back(std::move(event));
      }
    }
    ASSERT_TRUE(workspace_->store().PutItems(items));
    ASSERT_TRUE(workspace_->store().AppendEvents(events));
  }

  /// Who answers, with and without a history, once these are trained besides what is.
  std::pair<std::string, std::string> BestWith(std::initializer_list<const char*> names) {
    const auto catalogue = LoadCatalogue(*workspace_).value();
    const auto behaviour = LoadBehaviour(*workspace_, *catalogue).value();
    SilentProgress silent;
    for (const char* name : names) {
      auto recommender = recommenders::MakeRecommender(name, {}).value();
      EXPECT_TRUE(recommender->Fit({.interactions = &behaviour->interactions}, silent));
      EXPECT_TRUE(workspace_->models().Publish(
          name, Json::object(), [&](const std::filesystem::path& directory) {
            return recommender->Save(directory);
          }));
    }
    const auto set = ModelSet::Load(*workspace_, catalogue, *behaviour);
    return {set->Best(true).name, set->Best(false).name};
  }

  std::filesystem::path root_;
  std::optional<storage::Workspace> workspace_;
};

using Names = std::pair<std::string, std::string>;

TEST_F(ModelSetTest, ServesTheFirstThatIsTrained) {
  EXPECT_EQ(BestWith({}), (Names{"popularity", "popularity"}));
  EXPECT_EQ(BestWith({"popularity", "latest"}), (Names{"popularity", "popularity"}));
  EXPECT_EQ(BestWith({"sequence"}), (Names{"sequence", "popularity"}));
  EXPECT_EQ(BestWith({"als"}), (Names{"als", "popularity"}));
  EXPECT_EQ(BestWith({"item_knn"}), (Names{"item_knn", "popularity"}));
  EXPECT_EQ(BestWith({"ease"}), (Names{"ease", "popularity"}));
  EXPECT_EQ(BestWith({"user_knn"}), (Names{"ease", "popularity"}));
}

// What is trained by name alone serves too, before what is the same for everyone; what predicts
// ratings does not.
TEST_F(ModelSetTest, ServesFromAnyRowThatRanks) {
  EXPECT_EQ(BestWith({"biased_mf"}), (Names{"popularity", "popularity"}));
  EXPECT_EQ(BestWith({"user_knn"}), (Names{"user_knn", "popularity"}));
  EXPECT_EQ(BestWith({"sequence"}), (Names{"sequence", "popularity"}));
}

}  // namespace
}  // namespace medley::pipeline
