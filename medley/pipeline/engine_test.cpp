#include "medley/pipeline/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/event.h"
#include "medley/linalg/matrix.h"
#include "medley/pipeline/rules.h"
#include "medley/pipeline/snapshot.h"
#include "medley/recommenders/recommender.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {
namespace {

using testing::Contains;
using testing::Not;

data::Item MakeItem(int number) {
  data::Item item;
  item.id = "i" + std::to_string(number);
  item.kind = number % 2 == 0 ? "film" : "song";
  item.title = "Title " + std::to_string(number);
  item.texts["title:zh"] = "标题" + std::to_string(number);
  item.categories = {number < 10 ? "first" : "second"};
  return item;
}

data::Event Like(const std::string& user, int item, TimeMs time) {
  data::Event event;
  event.user = user;
  event.item = "i" + std::to_string(item);
  event.type = data::EventType::kLike;
  event.time = time;
  return event;
}

/// Twenty items; users 0-9 like the first ten, users 10-19 the others, each all but one or two.
class EngineTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::path(testing::TempDir()) /
            testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(root_);
    ASSERT_TRUE(storage::Workspace::Init(root_));
    workspace_.emplace(storage::Workspace::Open(root_).value());
    std::vector<data::Item> items;
    for (int i = 0; i < 20; ++i) items.push_back(MakeItem(i));
    ASSERT_TRUE(workspace_->store().PutItems(items));
    std::vector<data::Event> events;
    for (int user = 0; user < 20; ++user) {
      const int base = user < 10 ? 0 : 10;
      for (int i = 0; i < 10; ++i) {
        if (i != user % 10) events.push_back(Like("u" + std::to_string(user), base + i, 1000 + i));
      }
    }
    ASSERT_TRUE(workspace_->store().AppendEvents(events));
    Train("item_knn");
    engine_ = Engine::Open(*workspace_, {.rewrite = false}).value();
  }

  /// Vectors of the items' taste: one direction for the first ten, another for the others.
  void Encode(int first, int last) {
    auto space =
        storage::EmbeddingSpace::Open(workspace_->EmbeddingFile("text"), 2, "test/1").value();
    linalg::Matrix vectors(40, 2);
    std::vector<storage::EmbeddingSpace::Row> rows;
    for (int i = first; i <= last; ++i) {
      vectors(i, i < 10 ? 0 : 1) = 1;
      rows.push_back({.item = i + 1, .source = 1, .vector = vectors.Row(i)});
    }
    ASSERT_TRUE(space.Append(rows));
  }

  void Train(const std::string& name) {
    const auto catalogue = LoadCatalogue(*workspace_).value();
    const auto behaviour = LoadBehaviour(*workspace_, *catalogue).value();
    auto recommender = recommenders::MakeRecommender(name, {}).value();
    SilentProgress silent;
    ASSERT_TRUE(recommender->Fit(
        {.interactions = &behaviour->interactions, .features = &catalogue->features}, silent));
    ASSERT_TRUE(workspace_->models().Publish(
        name, Json{{"items", recommender->n_items()}}, [&](const std::filesystem::path& directory) {
          return recommender->Save(directory);
        }));
  }

  std::vector<std::string> Ids(const std::vector<RecommendedItem>& items) {
    std::vector<std::string> ids;
    for (const auto& shown : items) ids.push_back(shown.item.id);
    return ids;
  }
  std::vector<std::string> Recommend(RecommendRequest request) {
    const auto answer = engine_->Recommend(request);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? Ids(answer->items) : std::vector<std::string>{};
  }

  std::filesystem::path root_;
  std::optional<storage::Workspace> workspace_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(EngineTest, RecommendsWhatLikeMindedPeopleLikedAndNothingSeen) {
  EXPECT_EQ(Recommend({.user = "u3", .n = 1}), std::vector<std::string>{"i3"});
  EXPECT_EQ(Recommend({.user = "u13", .n = 1}), std::vector<std::string>{"i13"});
  for (const auto& id : Recommend({.user = "u3", .n = 20}))
    EXPECT_THAT((std::vector<std::string>{"i0", "i1", "i2", "i4"}), Not(Contains(id)));
}

TEST_F(EngineTest, ExplainsByWhatTheUserDid) {
  const auto answer = engine_->Recommend({.user = "u3", .n = 1}).value();
  ASSERT_TRUE(answer.personal);
  const auto& explanation = answer.items[0].explanation;
  ASSERT_FALSE(explanation.facts.empty());
  EXPECT_EQ(explanation.facts[0].kind, recommenders::Evidence::Kind::kPastItem);
  EXPECT_EQ(explanation.facts[0].action, "like");
  EXPECT_NE(explanation.sentence.find(explanation.facts[0].item_title), std::string::npos);
  const auto chinese = engine_->Recommend({.user = "u3", .n = 1, .locale = "zh"}).value();
  EXPECT_NE(chinese.items[0].explanation.sentence.find("标题"), std::string::npos);
}

TEST_F(EngineTest, SpeaksTheUsersOwnLanguageUnlessAskedForAnother) {
  ASSERT_TRUE(engine_->PutUsers(
      std::vector<data::User>{{.id = "zh", .locale = "zh-CN"}, {.id = "de", .locale = "de"}}));
  const auto locale = [this](const RecommendRequest& request) {
    return engine_->Recommend(request).value().items[0].explanation.locale;
  };
  EXPECT_EQ(locale({.user = "zh", .n = 1}), "zh");
  EXPECT_EQ(locale({.user = "zh", .n = 1, .locale = "en"}), "en");
  EXPECT_EQ(locale({.user = "de", .n = 1}), "en");
}

TEST_F(EngineTest, TheNextRequestSeesTheEvent) {
  ASSERT_TRUE(engine_->PutUsers(std::vector<data::User>{{.id = "new"}}));
  EXPECT_FALSE(engine_->Recommend({.user = "new"}).value().personal);
  ASSERT_TRUE(
      engine_->Accept(std::vector<data::Event>{Like("new", 12, 5000), Like("new", 13, 5001)}));
  const auto answer = engine_->Recommend({.user = "new", .n = 8}).value();
  EXPECT_TRUE(answer.personal);
  for (const auto& shown : answer.items)
    EXPECT_EQ(shown.item.categories[0], "second") << shown.item.id;
  EXPECT_THAT(Ids(answer.items), Not(Contains("i12")));
}

TEST_F(EngineTest, EventsSurviveReloadOnceAndOnly) {
  ASSERT_TRUE(engine_->Accept(std::vector<data::Event>{Like("u3", 15, 5000)}));
  const auto before = Recommend({.user = "u3", .n = 20});
  Train("item_knn");
  ASSERT_TRUE(engine_->Reload());
  EXPECT_THAT(Recommend({.user = "u3", .n = 20}), Not(Contains("i15")));
  EXPECT_EQ(before.size(), Recommend({.user = "u3", .n = 20}).size());
}

TEST_F(EngineTest, HiddenAndDeletedItemsAreGoneAtOnceAndAfterReload) {
  ASSERT_TRUE(engine_->SetHidden("i3", true));
  ASSERT_TRUE(engine_->DeleteItem("i13"));
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(Recommend({.user = "u3", .n = 20}), Not(Contains("i3")));
    EXPECT_THAT(Recommend({.user = "u13", .n = 20}), Not(Contains("i13")));
    EXPECT_EQ(engine_->Similar("i13", 3, "en").error().code, ErrorCode::kNotFound);
    ASSERT_TRUE(engine_->Reload());
  }
  ASSERT_TRUE(engine_->SetHidden("i3", false));
  ASSERT_TRUE(engine_->Reload());
  EXPECT_THAT(Recommend({.user = "u3", .n = 20}), Contains("i3"));
}

TEST_F(EngineTest, ADeletedUserIsUnknown) {
  ASSERT_TRUE(engine_->DeleteUser("u3"));
  EXPECT_EQ(engine_->Recommend({.user = "u3"}).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(engine_->Reload());
  EXPECT_EQ(engine_->Recommend({.user = "u3"}).error().code, ErrorCode::kNotFound);
}

TEST_F(EngineTest, HeedsFilters) {
  RecommendRequest request{.user = "u3", .n = 20};
  request.kind = "film";
  for (const auto& id : Recommend(request)) EXPECT_EQ(std::stoi(id.substr(1)) % 2, 0);
  request.kind.clear();
  request.category = "second";
  for (const auto& id : Recommend(request)) EXPECT_GE(std::stoi(id.substr(1)), 10);
  request.category.clear();
  request.exclude = {"i3"};
  EXPECT_THAT(Recommend(request), Not(Contains("i3")));
}

TEST_F(EngineTest, RefusesWhatMakesNoSense) {
  EXPECT_EQ(engine_->Recommend({.user = "nobody"}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(engine_->Recommend({.user = "u3", .n = 0}).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(engine_->Recommend({.user = "u3", .n = 1001}).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(engine_->Recommend({.user = "u3", .recommender = "magic"}).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(engine_->Similar("nothing", 3, "en").error().code, ErrorCode::kNotFound);
}

TEST_F(EngineTest, SimilarItemsShareTheAudience) {
  const auto similar = engine_->Similar("i12", 5, "en").value();
  ASSERT_FALSE(similar.empty());
  for (const auto& shown : similar) EXPECT_EQ(shown.item.categories[0], "second");
}

TEST_F(EngineTest, NothingIsSimilarYetToAnItemThatIsNotAdmitted) {
  data::Item item;
  item.id = "just put";
  ASSERT_TRUE(engine_->PutItems(std::span(&item, 1)));
  EXPECT_TRUE(engine_->Similar("just put", 5, "en").value().empty());
  EXPECT_EQ(engine_->Similar("never put", 5, "en").error().code, ErrorCode::kNotFound);
}

TEST_F(EngineTest, LogsEveryRecommendation) {
  const auto answer = engine_->Recommend({.user = "u3", .n = 3}).value();
  engine_.reset();
  const auto log = workspace_->store().Recommendations("u3", 10).value();
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].request, answer.request);
  EXPECT_EQ(log[0].items, Ids(answer.items));
  EXPECT_EQ(log[0].propensities, std::vector<float>(log[0].items.size(), 1.0F));
}

TEST_F(EngineTest, ANewItemIsListedAfterReloadAndModelsStillFit) {
  ASSERT_TRUE(engine_->PutItems(std::vector<data::Item>{MakeItem(20)}));
  ASSERT_TRUE(engine_->Reload());
  EXPECT_NE(engine_->catalogue()->Find("i20"), kNoIndex);
  EXPECT_EQ(Recommend({.user = "u3", .n = 1}), std::vector<std::string>{"i3"});
}

TEST_F(EngineTest, ANewItemIsRecommendedToThoseItFitsOnceItIsAdmitted) {
  Encode(0, 19);
  Train("content");
  Train("hybrid");
  ASSERT_TRUE(engine_->Reload());
  for (int item : {20, 21}) {
    ASSERT_TRUE(engine_->PutItems(std::vector<data::Item>{MakeItem(item)}));
    // Named twice in one batch, it is there once.
    const std::vector<std::string> ids(2, "i" + std::to_string(item));
    EXPECT_EQ(engine_->catalogue()->Find(ids[0]), kNoIndex);
    const auto admitted = engine_->Admit(ids, [&]() -> Status {
      Encode(item, item);
      return {};
    });
    ASSERT_TRUE(admitted) << admitted.error().message;
    EXPECT_EQ(*admitted, Engine::Admission::kNewcomers);
    EXPECT_EQ(engine_->catalogue()->items.size(), static_cast<std::size_t>(item) + 1);
    EXPECT_THAT(Recommend({.user = "u13", .n = 3, .recommender = "content"}), Contains(ids[0]));
    EXPECT_EQ(Recommend({.user = "u3", .n = 1, .recommender = "content"}),
              std::vector<std::string>{"i3"});
  }
  // What it was read from is what there is: nothing is read anew, by this process or another.
  const auto catalogue = engine_->catalogue();
  ASSERT_TRUE(engine_->Reload());
  EXPECT_EQ(engine_->catalogue(), catalogue);
  ASSERT_TRUE(engine_->Accept(std::vector<data::Event>{Like("u13", 20, 9000)}));
  EXPECT_THAT(Recommend({.user = "u13", .n = 10}), Not(Contains("i20")));
}

TEST_F(EngineTest, PlacesAreKeptForNewcomersThatFit) {
  Encode(0, 19);
  Train("content");
  Train("ease");
  engine_.reset();
  std::ofstream(root_ / "medley.toml") << "[recommend]\nnewcomers = 1.0\n";
  workspace_.emplace(storage::Workspace::Open(root_).value());
  engine_ = Engine::Open(*workspace_, {.rewrite = false}).value();
  ASSERT_TRUE(engine_->PutItems(std::vector<data::Item>{MakeItem(20)}));
  ASSERT_TRUE(engine_->Admit(std::vector<std::string>{"i20"}, [&]() -> Status {
    Encode(20, 20);
    return {};
  }));
  const std::vector<std::string> newcomer = {"i20"};
  EXPECT_EQ(Recommend({.user = "u13", .n = 1}), newcomer);
  EXPECT_EQ(Recommend({.user = "u3", .n = 1}), std::vector<std::string>{"i3"});
  EXPECT_THAT(Recommend({.user = "u13", .n = 12, .exclude = newcomer}), Not(Contains("i20")));
  EXPECT_THAT(Recommend({.user = "u13", .n = 12, .recommender = "ease"}), Not(Contains("i20")));
  ASSERT_TRUE(engine_->SetHidden("i20", true));
  EXPECT_THAT(Recommend({.user = "u13", .n = 12}), Not(Contains("i20")));
}

TEST_F(EngineTest, AdmittingReadsEverythingWhereMoreHasChanged) {
  Encode(0, 19);
  Train("content");
  ASSERT_TRUE(engine_->Reload());
  const auto nothing = []() -> Status { return {}; };
  const auto admit = [&](const std::string& id) {
    return engine_->Admit(std::vector<std::string>{id}, nothing).value();
  };
  // An item that was there is another now.
  auto changed = MakeItem(3);
  changed.title = "Another title";
  ASSERT_TRUE(engine_->PutItems(std::vector<data::Item>{changed}));
  EXPECT_EQ(admit("i3"), Engine::Admission::kEverything);
  EXPECT_EQ(engine_->catalogue()->items[3].title, "Another title");
  // Another process brought a model, and items of its own.
  ASSERT_TRUE(engine_->PutItems(std::vector<data::Item>{MakeItem(20)}));
  Train("hybrid");
  EXPECT_EQ(admit("i20"), Engine::Admission::kEverything);
  ASSERT_TRUE(workspace_->store().PutItems(std::vector<data::Item>{MakeItem(21)}));
  ASSERT_TRUE(engine_->PutItems(std::vector<data::Item>{MakeItem(22)}));
  EXPECT_EQ(admit("i22"), Engine::Admission::kEverything);
  EXPECT_NE(engine_->catalogue()->Find("i21"), kNoIndex);
  // And now nothing but the newcomer.
  ASSERT_TRUE(engine_->PutItems(std::vector<data::Item>{MakeItem(23)}));
  EXPECT_EQ(admit("i23"), Engine::Admission::kNewcomers);
}

TEST_F(EngineTest, NothingIsAdmittedWhereEncodingFailsAndItCanBeAskedForAgain) {
  Encode(0, 19);
  Train("content");
  ASSERT_TRUE(engine_->Reload());
  ASSERT_TRUE(engine_->PutItems(std::vector<data::Item>{MakeItem(20)}));
  const std::vector<std::string> ids = {"i20"};
  const auto refused = engine_->Admit(
      ids, []() -> Status { return Fail(ErrorCode::kUnavailable, "another encodes"); });
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(engine_->catalogue()->Find("i20"), kNoIndex);
  const auto admitted = engine_->Admit(ids, []() -> Status { return {}; });
  EXPECT_EQ(admitted.value(), Engine::Admission::kNewcomers);
  EXPECT_NE(engine_->catalogue()->Find("i20"), kNoIndex);
}

TEST_F(EngineTest, RequestsRunOnWhileSnapshotsChange) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(engine_->Recommend({.user = "u" + std::to_string((t * 7 + i) % 20), .n = 5}));
        if (i % 10 == 0) {
          EXPECT_TRUE(
              engine_->Accept(std::vector<data::Event>{Like("u1", i % 20, 9000 + t * 100 + i)}));
        }
      }
    });
  }
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(engine_->PutItems(std::vector<data::Item>{MakeItem(30 + i)}));
    EXPECT_TRUE(engine_->Reload());
    ASSERT_TRUE(engine_->PutItems(std::vector<data::Item>{MakeItem(40 + i)}));
    const std::vector<std::string> ids = {"i" + std::to_string(40 + i)};
    EXPECT_TRUE(engine_->Admit(ids, []() -> Status { return {}; }));
  }
  for (auto& thread : threads) thread.join();
}

TEST_F(EngineTest, SaysWhichModalityMakesItemsAlike) {
  auto space =
      storage::EmbeddingSpace::Open(workspace_->EmbeddingFile("image"), 4, "test/1").value();
  linalg::Matrix vectors(20, 4);
  std::vector<storage::EmbeddingSpace::Row> rows;
  for (int i = 0; i < 20; ++i) {
    // 3 and 4 look the same, the others all differently.
    vectors(i, i == 3 || i == 4 ? 0 : 1 + i % 3) = 1;
    rows.push_back({.item = i + 1, .source = 1, .vector = vectors.Row(i)});
  }
  ASSERT_TRUE(space.Append(rows));
  ASSERT_TRUE(engine_->Reload());
  const auto answer = engine_->Recommend({.user = "u3", .n = 1}).value();
  ASSERT_EQ(answer.items[0].item.id, "i3");
  bool found = false;
  for (const auto& fact : answer.items[0].explanation.facts) {
    found = found || (fact.kind == recommenders::Evidence::Kind::kSimilar &&
                      fact.space == "image" && fact.item_id == "i4");
  }
  EXPECT_TRUE(found);
}

TEST_F(EngineTest, RulesHoldWhateverRecommendsAndFollowTheFile) {
  const auto write = [this](const std::string& rules) {
    std::ofstream(root_ / "medley.toml") << rules;
  };
  const std::string no_films =
      "[[rules]]\nname = \"no films\"\nnever = \"kind = film\"\nfor = \"user.age < 16\"\n";
  ASSERT_TRUE(engine_->PutUsers(std::vector<data::User>{{.id = "u3", .labels = {{"age", 9}}}}));
  EXPECT_THAT(Recommend({.user = "u3", .n = 20, .recommender = "popularity"}), Contains("i10"));
  write(no_films);
  ASSERT_TRUE(engine_->Reload());
  for (const char* recommender : {"", "item_knn", "popularity"}) {
    const auto ids = Recommend({.user = "u3", .n = 20, .recommender = recommender});
    EXPECT_THAT(ids, Contains("i3"));
    for (const auto& id : ids) EXPECT_NE(id.back() % 2, 0) << id;
  }
  EXPECT_THAT(Recommend({.user = "u13", .n = 20, .recommender = "popularity"}), Contains("i0"));
  EXPECT_FALSE(engine_->Rules("u3").Allows(0));
  EXPECT_TRUE(engine_->Rules("").Allows(0));
  // Who has no engine gets the same answer.
  const auto catalogue = engine_->catalogue();
  EXPECT_FALSE(LoadVerdict(*workspace_, *catalogue, "u3")->Allows(0));
  EXPECT_TRUE(LoadVerdict(*workspace_, *catalogue, "u3")->Allows(1));
  EXPECT_TRUE(LoadVerdict(*workspace_, *catalogue, "u13")->Allows(0));
  EXPECT_TRUE(LoadVerdict(*workspace_, *catalogue, "")->Allows(0));
  // What can't be read leaves the rules as they were; at the start it is an error.
  write("[[rules]]\nnever = \"kind =\"\n# changed\n");
  ASSERT_TRUE(engine_->Reload());
  EXPECT_FALSE(engine_->Rules("u3").Allows(0));
  EXPECT_FALSE(LoadVerdict(*workspace_, *catalogue, "u3"));
  const auto again = Engine::Open(*workspace_, {.rewrite = false});
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().message.find("'rule 1'"), std::string::npos) << again.error().message;
  write("[[rules]]\nnever = \"kind = song\"\n# for everybody\n");
  ASSERT_TRUE(engine_->Reload());
  for (const auto& id : Ids(engine_->Similar("i2", 10, "en").value()))
    EXPECT_EQ(id.back() % 2, 0) << id;
  // By what a user did: only the first ten users had something of the first category.
  write("[[rules]]\nitems = \"kind = film\"\nneeds = \"category = first\"\n");
  ASSERT_TRUE(engine_->Reload());
  for (const auto& [user, may] : {std::pair{"u3", true}, std::pair{"u13", false}}) {
    EXPECT_EQ(engine_->Rules(user).Allows(0), may) << user;
    EXPECT_EQ(LoadVerdict(*workspace_, *catalogue, user)->Allows(0), may) << user;
    EXPECT_TRUE(LoadVerdict(*workspace_, *catalogue, user)->Allows(1)) << user;
  }
  write("[[rules]]\nnever = \"kind = song\"\n# for everybody\n");
  ASSERT_TRUE(engine_->Reload());
  // An item that comes meets the rules that are there.
  data::Item song = MakeItem(21);
  ASSERT_TRUE(engine_->PutItems(std::vector<data::Item>{song}));
  ASSERT_TRUE(engine_->Admit(std::vector<std::string>{"i21"}, [] { return Status(); }));
  EXPECT_FALSE(engine_->Rules("").Allows(engine_->catalogue()->Find("i21")));
}

TEST_F(EngineTest, SaysWhichRuleLiftedAnItem) {
  std::ofstream(root_ / "medley.toml")
      << "[[rules]]\nname = \"push\"\nprefer = \"id = i9\"\nboost = 5\n"
         "[[rules]]\nname = \"broken\"\nnever = \"colour = red\"\n";
  ASSERT_TRUE(engine_->Reload());
  ASSERT_TRUE(engine_->Accept(std::vector<data::Event>{Like("new", 0, 5000)}));
  const auto answer = engine_->Recommend({.user = "new", .n = 3}).value();
  EXPECT_EQ(answer.items[0].item.id, "i9");
  EXPECT_EQ(answer.items[0].lifted_by, std::vector<std::string>{"push"});
  EXPECT_TRUE(answer.items[1].lifted_by.empty());
  EXPECT_TRUE(answer.judged.empty());
  const auto state = engine_->State().value();
  EXPECT_EQ(state["rules"], 2);
  EXPECT_EQ(state["rules_not_in_force"].size(), 1U);
}

}  // namespace
}  // namespace medley::pipeline
