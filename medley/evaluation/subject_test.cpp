#include "medley/evaluation/subject.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/event.h"
#include "medley/evaluation/protocol.h"
#include "medley/storage/workspace.h"

namespace medley::evaluation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Ten items, i0 to i9; "ann" and "bob", who agree to be learned from, and "eve", who does not.
class SubjectTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ =
        std::filesystem::path(testing::TempDir()) /
        (std::string("subject_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(root_);
    ASSERT_TRUE(storage::Workspace::Init(root_));
    workspace_.emplace(storage::Workspace::Open(root_).value());
    std::vector<data::Item> items(10);
    for (int i = 0; i < 10; ++i) items[i].id = "i" + std::to_string(i);
    ASSERT_TRUE(workspace_->store().PutItems(items));
    std::vector<data::User> users(3);
    users[0].id = "eve";
    users[0].consent = false;
    users[1].id = "ann";
    users[2].id = "bob";
    ASSERT_TRUE(workspace_->store().PutUsers(users));
  }
  void TearDown() override {
    workspace_.reset();
    std::filesystem::remove_all(root_);
  }

  void Add(
      const std::string& user, int item, data::EventType type, double value, TimeMs time) const {
    data::Event event;
    event.user = user;
    event.item = "i" + std::to_string(item);
    event.type = type;
    event.value = value;
    event.time = time;
    ASSERT_TRUE(workspace_->store().AppendEvents({&event, 1}));
  }
  std::filesystem::path Write(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / name, std::ios::binary) << text;
    return root_ / name;
  }
  Subject Load(const SubjectRequest& request) const {
    auto subject = LoadSubject(*workspace_, request);
    EXPECT_TRUE(subject) << subject.error().message;
    return subject ? *std::move(subject) : Subject{};
  }

  std::filesystem::path root_;
  std::optional<storage::Workspace> workspace_;
};

TEST_F(SubjectTest, SplitsTheBehaviourOfTheWorkspace) {
  for (int i = 0; i < 10; ++i) {
    Add("ann", 9 - i, data::EventType::kLike, 0, 1000 + i);
    Add("eve", i, data::EventType::kLike, 0, 1000 + i);
  }
  const Subject subject = Load({.protocol = Protocol::kTime});
  EXPECT_EQ(subject.item_ids.size(), 10U);
  EXPECT_EQ(subject.item_ids[3], "i3");
  const UserIndex ann = subject.users.Find("ann");
  ASSERT_NE(ann, kNoIndex);
  EXPECT_THAT(subject.split.test[ann], ElementsAre(0, 1)) << "the last fifth, by time";
  EXPECT_EQ(subject.split.full.OfUser(ann).size(), 8U);
  EXPECT_EQ(subject.split.full.size(), 8U) << "who did not agree is not learned from";
  EXPECT_TRUE(subject.ratings.test.empty());
}

TEST_F(SubjectTest, RatingsAreTheLastOfEachItemAndNothingElse) {
  for (int i = 0; i < 5; ++i) Add("bob", i, data::EventType::kRating, 1 + i, 1000 + i);
  Add("bob", 0, data::EventType::kRating, 4.5, 900);  // before the one above: does not count
  Add("bob", 7, data::EventType::kPurchase, 2, 2000);
  Add("eve", 1, data::EventType::kRating, 5, 1000);
  const Subject subject = Load({.protocol = Protocol::kTime, .ratings = true});
  const UserIndex bob = subject.users.Find("bob");
  ASSERT_NE(bob, kNoIndex);
  EXPECT_EQ(subject.users.Find("eve"), kNoIndex);
  ASSERT_EQ(subject.ratings.test.size(), 1U);
  EXPECT_EQ(subject.ratings.test[0].user, bob);
  EXPECT_EQ(subject.ratings.test[0].item, 4U);
  EXPECT_EQ(subject.ratings.test[0].rating, 5.0);
  ASSERT_EQ(subject.ratings.train.size(), 4U);
  EXPECT_EQ(subject.ratings.train.OfUser(bob)[0].weight, 1.0F);
}

TEST_F(SubjectTest, FilesStandInThePlaceOfTheBehaviour) {
  Add("ann", 1, data::EventType::kLike, 0, 1000);
  SubjectRequest request;
  request.files.train = Write("train", "u1\ti2\t5\t1\nu1\ti3\t5\t2\n");
  request.files.test = Write("test", "u1\ti4\t3\t3\n");
  const Subject ranking = Load(request);
  EXPECT_THAT(ranking.users.ids(), ElementsAre("u1"));
  EXPECT_THAT(ranking.split.test[0], ElementsAre(4));
  EXPECT_EQ(ranking.split.full.size(), 2U);

  request.ratings = true;
  const Subject ratings = Load(request);
  EXPECT_THAT(ratings.users.ids(), ElementsAre("u1"));
  ASSERT_EQ(ratings.ratings.test.size(), 1U);
  EXPECT_EQ(ratings.ratings.test[0].item, 4U);
  EXPECT_EQ(ratings.ratings.test[0].rating, 3.0);

  request.files.test = Write("unknown", "u1\tnowhere\t3\t3\n");
  const auto refused = LoadSubject(*workspace_, request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(refused.error().message, HasSubstr("nowhere"));
}

TEST_F(SubjectTest, HasFeaturesOnlyWhereSomethingIsKnownOfTheItems) {
  EXPECT_EQ(Load({}).features(), nullptr);
  data::Item described;
  described.id = "i2";
  described.categories = {"Horror"};
  ASSERT_TRUE(workspace_->store().PutItems({&described, 1}));
  const Subject subject = Load({});
  ASSERT_NE(subject.features(), nullptr);
  EXPECT_THAT(subject.features()->attribute_names, ElementsAre("category=Horror"));
}

}  // namespace
}  // namespace medley::evaluation
