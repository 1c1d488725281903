#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/event.h"
#include "medley/data/event_batch.h"
#include "medley/data/triple.h"
#include "medley/storage/store.h"

namespace medley::storage {

/// How a backend opens the store of `folder`: empty at first, what was written before afterwards.
using OpenStore =
    std::function<Result<std::unique_ptr<Store>>(const std::filesystem::path& folder)>;

/// What every backend must do. To run it: INSTANTIATE_TEST_SUITE_P(Name, StoreContract,
/// ::testing::Values(&OpenMine)).
class StoreContract : public ::testing::TestWithParam<OpenStore> {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "medley_store_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    Reopen();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void Reopen() {
    store_.reset();
    auto opened = GetParam()(folder_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    store_ = *std::move(opened);
  }

  static data::Item MakeItem(const std::string& id, const std::string& title) {
    data::Item item;
    item.id = id;
    item.title = title;
    return item;
  }
  static data::Event MakeEvent(const std::string& user, const std::string& item, TimeMs time) {
    data::Event event;
    event.user = user;
    event.item = item;
    event.time = time;
    return event;
  }
  std::vector<data::Event> AllEvents() const {
    std::vector<data::Event> events;
    EXPECT_TRUE(store_->ForEachEvent([&](const data::Event& event) {
      events.push_back(event);
      return true;
    }));
    return events;
  }

  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
};

TEST_P(StoreContract, KeepsWholeItemsAcrossOpening) {
  data::Item item = MakeItem("sku 1", "红色连衣裙");
  item.kind = "dress";
  item.description = "a \"red\" dress\nof silk";
  item.texts = {{"title:en", "Red dress"}};
  item.language = "zh";
  item.categories = {"clothes", "women"};
  item.tags = {"summer"};
  item.attributes = {{"price", 19.9}, {"sizes", {"S", "M"}}, {"new", true}};
  item.created = 1'700'000'000'123;
  item.hidden = true;
  item.media = {
      {data::Modality::kVideo, std::string(64, 'a'), "video/mp4", "a.mp4", 640, 480, 2.5}};
  const auto counts = store_->PutItems(std::vector{item});
  ASSERT_TRUE(counts.has_value());
  EXPECT_EQ(counts->added, 1U);
  Reopen();
  const auto stored = store_->GetItem("sku 1");
  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ(data::ToJson(stored->item), data::ToJson(item));
  EXPECT_GT(stored->key, 0);
}

TEST_P(StoreContract, TellsAddedChangedAndUnchangedApart) {
  ASSERT_TRUE(store_->PutItems(std::vector{MakeItem("a", "A"), MakeItem("b", "B")}));
  const auto counts =
      store_->PutItems(std::vector{MakeItem("a", "A"), MakeItem("b", "C"), MakeItem("d", "D")});
  ASSERT_TRUE(counts.has_value());
  EXPECT_EQ(counts->added, 1U);
  EXPECT_EQ(counts->changed, 1U);
  EXPECT_EQ(counts->unchanged, 1U);
}

TEST_P(StoreContract, MergeChangesOnlyGivenFields) {
  data::Item first = MakeItem("a", "Title");
  first.attributes = {{"year", 1995}};
  ASSERT_TRUE(store_->MergeItems(std::vector{first}));
  data::Item second = MakeItem("a", "");
  second.description = "A plot";
  second.attributes = {{"director", {"X"}}};
  ASSERT_TRUE(store_->MergeItems(std::vector{second}));
  const auto stored = store_->GetItem("a");
  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ(stored->item.title, "Title");
  EXPECT_EQ(stored->item.description, "A plot");
  EXPECT_EQ(stored->item.attributes, Json({{"year", 1995}, {"director", {"X"}}}));
  const auto again = store_->MergeItems(std::vector{first});
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->unchanged, 1U);
}

TEST_P(StoreContract, PutReplacesTheWholeItem) {
  data::Item first = MakeItem("a", "Title");
  first.description = "old";
  ASSERT_TRUE(store_->PutItems(std::vector{first}));
  ASSERT_TRUE(store_->PutItems(std::vector{MakeItem("a", "New")}));
  EXPECT_EQ(store_->GetItem("a")->item.description, "");
}

TEST_P(StoreContract, NeverReusesTheKeyOfADeletedItem) {
  ASSERT_TRUE(store_->PutItems(std::vector{MakeItem("a", "A"), MakeItem("b", "B")}));
  const Key key = store_->GetItem("b")->key;
  ASSERT_TRUE(store_->DeleteItem("b"));
  Reopen();
  ASSERT_TRUE(store_->PutItems(std::vector{MakeItem("c", "C")}));
  EXPECT_GT(store_->GetItem("c")->key, key);
}

TEST_P(StoreContract, UnknownIdsAreNotFound) {
  EXPECT_EQ(store_->GetItem("x").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->GetUser("x").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->SetHidden("x", true).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->DeleteItem("x").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->DeleteUser("x").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->DeleteEvent("x").error().code, ErrorCode::kNotFound);
}

TEST_P(StoreContract, MakesUnknownUsersAndItemsOfEvents) {
  ASSERT_TRUE(store_->AppendEvents(std::vector{MakeEvent("u", "i", 1000)}));
  EXPECT_TRUE(store_->GetUser("u").has_value());
  EXPECT_EQ(store_->GetItem("i")->item.title, "");
}

TEST_P(StoreContract, TakesTheSameEventOnce) {
  auto event = MakeEvent("u", "i", 1000);
  event.type = data::EventType::kRating;
  event.value = 4;
  auto other = event;
  other.value = 5;
  const auto first = store_->AppendEvents(std::vector{event, event, other});
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->added, 2U);
  EXPECT_EQ(first->unchanged, 1U);
  Reopen();
  const auto second = store_->AppendEvents(std::vector{event, other});
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->added, 0U);
  EXPECT_EQ(second->unchanged, 2U);
}

TEST_P(StoreContract, AnIdMakesEventsDistinctAndIdempotent) {
  auto first = MakeEvent("u", "i", 1000);
  first.id = "e1";
  auto twin = first;
  twin.id = "e2";
  auto retold = first;
  retold.time = 2000;
  const auto counts = store_->AppendEvents(std::vector{first, twin, retold});
  ASSERT_TRUE(counts.has_value());
  EXPECT_EQ(counts->added, 2U);
  ASSERT_TRUE(store_->DeleteEvent("e1"));
  EXPECT_EQ(AllEvents().size(), 1U);
  EXPECT_EQ(AllEvents()[0].id, "e2");
}

TEST_P(StoreContract, KeepsWholeEvents) {
  auto event = MakeEvent("u", "", 1'700'000'000'001);
  event.id = "e";
  event.type = data::EventType::kSearch;
  event.value = 1.5;
  event.text = "红 dress";
  event.modality = data::Modality::kAudio;
  event.session = "s";
  event.context = {{"device", "phone"}};
  event.request = "r";
  ASSERT_TRUE(store_->AppendEvents(std::vector{event}));
  Reopen();
  const auto events = AllEvents();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(data::ToJson(events[0]), data::ToJson(event));
  EXPECT_EQ(data::ToJson(store_->Events("u", 5)->at(0)), data::ToJson(event));
}

TEST_P(StoreContract, RowsComeByUserThenTime) {
  ASSERT_TRUE(store_->AppendEvents(std::vector{
      MakeEvent("b", "i", 3000), MakeEvent("a", "i", 5000), MakeEvent("b", "j", 1000)}));
  std::vector<std::pair<Key, TimeMs>> seen;
  ASSERT_TRUE(store_->ForEachEventRow([&](const EventRow& row) {
    seen.emplace_back(row.user, row.time);
    return true;
  }));
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST_P(StoreContract, EventsComeNewestFirstWithinLimit) {
  ASSERT_TRUE(store_->AppendEvents(std::vector{
      MakeEvent("a", "i", 1000), MakeEvent("b", "j", 3000), MakeEvent("a", "k", 2000)}));
  const auto all = store_->Events("", 2);
  ASSERT_TRUE(all.has_value());
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->at(0).item, "j");
  EXPECT_EQ(all->at(1).item, "k");
  EXPECT_EQ(store_->Events("a", 10)->size(), 2U);
  EXPECT_TRUE(store_->Events("nobody", 10)->empty());
}

TEST_P(StoreContract, DeletingTakesTheEventsAlong) {
  ASSERT_TRUE(store_->AppendEvents(std::vector{
      MakeEvent("u", "i", 1000), MakeEvent("u", "j", 2000), MakeEvent("v", "i", 3000)}));
  ASSERT_TRUE(store_->LogRecommendation({"r", "u", 1, {"i"}, {1}, {1}, Json::object()}));
  ASSERT_TRUE(store_->DeleteItem("i"));
  EXPECT_EQ(AllEvents().size(), 1U);
  ASSERT_TRUE(store_->DeleteUser("u"));
  EXPECT_TRUE(AllEvents().empty());
  EXPECT_TRUE(store_->Recommendations("u", 5)->empty());
  // Known under the old key no longer: a new event makes a new item.
  ASSERT_TRUE(store_->AppendEvents(std::vector{MakeEvent("u", "i", 1000)}));
  EXPECT_TRUE(store_->Check()->empty());
}

TEST_P(StoreContract, HidingIsKept) {
  ASSERT_TRUE(store_->PutItems(std::vector{MakeItem("a", "A")}));
  ASSERT_TRUE(store_->SetHidden("a", true));
  EXPECT_TRUE(store_->GetItem("a")->item.hidden);
  ASSERT_TRUE(store_->SetHidden("a", false));
  EXPECT_FALSE(store_->GetItem("a")->item.hidden);
  EXPECT_EQ(store_->GetItem("a")->item.title, "A");
}

TEST_P(StoreContract, VisitorsMayUseTheStoreAndStop) {
  ASSERT_TRUE(store_->PutItems(std::vector{MakeItem("a", "A"), MakeItem("b", "B")}));
  int seen = 0;
  ASSERT_TRUE(store_->ForEachItem([&](const StoredItem& stored) {
    ++seen;
    EXPECT_TRUE(store_->GetItem(stored.item.id).has_value());
    EXPECT_TRUE(store_->SetHidden(stored.item.id, true).has_value());
    return false;
  }));
  EXPECT_EQ(seen, 1);
}

TEST_P(StoreContract, LogsRecommendationsNewestFirst) {
  ASSERT_TRUE(
      store_->LogRecommendation({"r1", "u", 7, {"a", "b"}, {2, 1}, {1, 0.5F}, {{"ease", "v1"}}}));
  ASSERT_TRUE(store_->LogRecommendation({"r2", "u", 8, {}, {}, {}, Json::object()}));
  const auto records = store_->Recommendations("u", 10);
  ASSERT_TRUE(records.has_value());
  ASSERT_EQ(records->size(), 2U);
  EXPECT_EQ(records->at(0).request, "r2");
  EXPECT_EQ(records->at(1).items, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(records->at(1).propensities, (std::vector<float>{1, 0.5F}));
  EXPECT_EQ(records->at(1).versions, Json({{"ease", "v1"}}));
}

TEST_P(StoreContract, NamedValuesAreReplaced) {
  EXPECT_EQ(store_->GetValue("x")->has_value(), false);
  ASSERT_TRUE(store_->PutValue("x", "1"));
  ASSERT_TRUE(store_->PutValue("x", std::string("a\0b", 3)));
  Reopen();
  EXPECT_EQ(store_->GetValue("x")->value(), std::string("a\0b", 3));
}

TEST_P(StoreContract, TwoOpenStoresSeeEachOther) {
  auto second = GetParam()(folder_);
  ASSERT_TRUE(second.has_value());
  ASSERT_TRUE(store_->AppendEvents(std::vector{MakeEvent("u", "i", 1000)}));
  ASSERT_TRUE((*second)->AppendEvents(std::vector{MakeEvent("u", "i", 2000)}));
  ASSERT_TRUE((*second)->DeleteItem("i"));
  // The first knew a key of "i" that is no more.
  ASSERT_TRUE(store_->AppendEvents(std::vector{MakeEvent("u", "i", 3000)}));
  EXPECT_EQ(AllEvents().size(), 1U);
  EXPECT_TRUE(store_->Check()->empty());
}

TEST_P(StoreContract, KeepsWholeTriplesAndTakesEachOnce) {
  using Kind = data::TripleEnd::Kind;
  const data::Triple link{.head = {Kind::kItem, "i"},
                          .relation = std::string(data::kSameAs),
                          .tail = {Kind::kEntity, "m.1"},
                          .source = "x.link"};
  const data::Triple read{.head = {Kind::kItem, "i"},
                          .relation = "导演",
                          .tail = {Kind::kName, "m.1"},
                          .source = "text",
                          .span = {"i", "description", 3, 9},
                          .confidence = 0.75};
  const auto first = store_->PutTriples(std::vector{link, read, link});
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->added, 2U);
  EXPECT_EQ(first->unchanged, 1U);
  Reopen();
  std::vector<data::Triple> found;
  const auto visit = [&](const data::Triple& triple) {
    found.push_back(triple);
    return true;
  };
  ASSERT_TRUE(store_->ForEachTriple(visit));
  EXPECT_THAT(found, testing::UnorderedElementsAre(link, read));
  EXPECT_EQ(store_->Counts()->triples, 2U);

  auto surer = read;
  surer.confidence = 0.9;
  EXPECT_EQ(store_->PutTriples(std::vector{link, surer})->changed, 1U);
  found.clear();
  ASSERT_TRUE(store_->ForEachTriple(visit));
  EXPECT_THAT(found, testing::UnorderedElementsAre(link, surer));
  EXPECT_THAT(*store_->Check(), testing::IsEmpty());
}

TEST_P(StoreContract, TriplesGoWithTheirSourceAndTheirItem) {
  using Kind = data::TripleEnd::Kind;
  const auto triple = [](Kind kind, const char* head, const char* source, const char* item) {
    return data::Triple{.head = {kind, head},
                        .relation = "director",
                        .tail = {Kind::kName, "Ann"},
                        .source = source,
                        .span = {item, "", 0, 0}};
  };
  ASSERT_TRUE(store_->PutItems(std::vector{MakeItem("i", "I"), MakeItem("j", "J")}));
  ASSERT_TRUE(store_->PutTriples(std::vector{triple(Kind::kItem, "i", "a", ""),
                                             triple(Kind::kEntity, "i", "a", ""),
                                             triple(Kind::kName, "x", "a", "i"),
                                             triple(Kind::kItem, "j", "a", ""),
                                             triple(Kind::kItem, "j", "b", "")}));
  ASSERT_TRUE(store_->DeleteItem("i"));
  EXPECT_EQ(store_->Counts()->triples, 3U);
  EXPECT_EQ(*store_->DeleteTriples("a"), 2U);
  EXPECT_EQ(*store_->DeleteTriples("never seen"), 0U);
  EXPECT_EQ(store_->Counts()->triples, 1U);
  EXPECT_THAT(*store_->Check(), testing::IsEmpty());
}

TEST_P(StoreContract, CountsWhatIsThere) {
  ASSERT_TRUE(
      store_->AppendEvents(std::vector{MakeEvent("u", "i", 1000), MakeEvent("u", "j", 1000)}));
  const auto counts = store_->Counts();
  ASSERT_TRUE(counts.has_value());
  EXPECT_EQ(counts->users, 1U);
  EXPECT_EQ(counts->items, 2U);
  EXPECT_EQ(counts->events, 2U);

  ASSERT_TRUE(store_->DeleteItem("i"));
  ASSERT_TRUE(store_->AppendEvents(std::vector{MakeEvent("v", "j", 1000)}));
  ASSERT_TRUE(store_->DeleteUser("u"));
  ASSERT_TRUE(store_->PutItems(std::vector{MakeItem("k", "new"), MakeItem("j", "known")}));
  const auto later = store_->Counts();
  EXPECT_EQ(later->users, 1U);
  EXPECT_EQ(later->items, 2U);
  EXPECT_EQ(later->events, 1U);
  EXPECT_THAT(*store_->Check(), testing::IsEmpty());
}

TEST_P(StoreContract, TheVersionTellsThatSomethingChangedAndNothingElse) {
  std::uint64_t seen = store_->Counts()->version;
  const auto grown = [&] {
    const std::uint64_t before = std::exchange(seen, store_->Counts()->version);
    EXPECT_GE(seen, before);
    return seen > before;
  };
  ASSERT_TRUE(store_->PutItems(std::vector{MakeItem("i", "title")}));
  EXPECT_TRUE(grown());
  ASSERT_TRUE(store_->PutItems(std::vector{MakeItem("i", "title")}));
  EXPECT_FALSE(grown());
  ASSERT_TRUE(store_->MergeItems(std::vector{MakeItem("i", "another")}));
  EXPECT_TRUE(grown());
  ASSERT_TRUE(store_->AppendEvents(std::vector{MakeEvent("u", "i", 1000)}));
  EXPECT_TRUE(grown());
  ASSERT_TRUE(store_->AppendEvents(std::vector{MakeEvent("u", "i", 1000)}));
  EXPECT_FALSE(grown());
  ASSERT_TRUE(store_->PutValue("name", "value"));
  ASSERT_TRUE(store_->LogRecommendation({.request = "r", .user = "u"}));
  EXPECT_FALSE(store_->DeleteItem("nothing"));
  EXPECT_FALSE(grown());
  ASSERT_TRUE(store_->SetHidden("i", true));
  EXPECT_TRUE(grown());
  const std::vector<data::Triple> triples(1);
  ASSERT_TRUE(store_->PutTriples(triples));
  EXPECT_TRUE(grown());
  ASSERT_TRUE(store_->PutTriples(triples));
  EXPECT_FALSE(grown());
  ASSERT_TRUE(store_->DeleteTriples(""));
  EXPECT_TRUE(grown());
  ASSERT_TRUE(store_->DeleteUser("u"));
  EXPECT_TRUE(grown());
}

}  // namespace medley::storage
