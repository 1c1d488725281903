#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "medley/core/json.h"
#include "medley/data/catalogue.h"
#include "medley/data/cleaning.h"
#include "medley/data/event.h"
#include "medley/data/event_batch.h"
#include "medley/data/event_weights.h"
#include "medley/data/interactions.h"

namespace medley::data {
namespace {

using ::testing::HasSubstr;

constexpr TimeMs kNow = 1'800'000'000'000;

TEST(Interactions, MergesRowsAndOrdersByTime) {
  const Interactions interactions(
      3, 4, {{2, {1, 1, 50}}, {0, {3, 1, 20}}, {2, {0, 1, 10}}, {2, {1, 2, 5}}, {0, {2, 1, 20}}});
  EXPECT_EQ(interactions.size(), 4U);
  EXPECT_TRUE(interactions.OfUser(1).empty());
  const auto two = interactions.OfUser(2);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].item, 0U);
  EXPECT_EQ(two[1].item, 1U);
  EXPECT_EQ(two[1].weight, 3);
  EXPECT_EQ(two[1].time, 50);
  // Ties keep the order of arrival.
  EXPECT_EQ(interactions.OfUser(0)[0].item, 3U);
}

TEST(Event, JsonNamesTheWrongField) {
  const auto error = [](const char* text) {
    const auto event = EventFromJson(*ParseJson(text), kNow);
    return event ? std::string() : event.error().message;
  };
  EXPECT_EQ(error(R"({"user":"u","item":"i","type":"click"})"), "");
  EXPECT_THAT(error(R"({"item":"i","type":"click"})"), HasSubstr("'user'"));
  EXPECT_THAT(error(R"({"user":"u","type":"click"})"), HasSubstr("'item'"));
  EXPECT_EQ(error(R"({"user":"u","type":"search","text":"x"})"), "");
  EXPECT_THAT(error(R"({"user":"u","item":"i","type":"dance"})"), HasSubstr("'type'"));
  EXPECT_THAT(error(R"({"user":"u","item":"i","type":"click","valeu":1})"), HasSubstr("'valeu'"));
  EXPECT_THAT(error(R"({"user":"u","item":"i","type":"click","time":"soon"})"),
              HasSubstr("'time'"));
  EXPECT_THAT(error(R"({"user":"u\n","item":"i","type":"click"})"), HasSubstr("control"));
  EXPECT_THAT(error(R"([])"), HasSubstr("object"));
  EXPECT_EQ(EventFromJson(*ParseJson(R"({"user":5,"item":"i","type":"play"})"), kNow)->time, kNow);
}

TEST(Item, JsonIsChecked) {
  EXPECT_THAT(ItemFromJson(*ParseJson(R"({"id":"a","attributes":{"x":{"y":1}}})")).error().message,
              HasSubstr("'x'"));
  EXPECT_THAT(ItemFromJson(*ParseJson(R"({"id":"a","media":[{"modality":"image","hash":"../x"}]})"))
                  .error()
                  .message,
              HasSubstr("'hash'"));
  EXPECT_THAT(ItemFromJson(*ParseJson(R"({"id":""})")).error().message, HasSubstr("'id'"));
}

TEST(Item, TextsAreCutBetweenCharacters) {
  Item item;
  item.id = "a";
  item.title = "红红";
  item.tags = {"x"};
  EXPECT_EQ(EncodableText(item), "红红\nx");
  EXPECT_EQ(EncodableText(item, 4), "红");
  item.texts["title:en"] = "Red";
  EXPECT_EQ(DisplayTitle(item, "en-GB"), "Red");
  EXPECT_EQ(DisplayTitle(item, "zh"), "红红");
}

TEST(EventWeights, WeighsByTypeAndValue) {
  const EventWeights weights;
  EXPECT_GT(weights.Weigh(EventType::kPurchase, 1), weights.Weigh(EventType::kClick, 0));
  EXPECT_LT(weights.Weigh(EventType::kSkip, 0), 0);
  EXPECT_FLOAT_EQ(weights.Weigh(EventType::kRating, 4), 0.8F);
  EXPECT_FLOAT_EQ(weights.Weigh(EventType::kWatch, 60, 0, 120), 0.4F);
  EXPECT_FLOAT_EQ(weights.Weigh(EventType::kWatch, 500, 0, 120), 0.8F);
  EXPECT_FLOAT_EQ(weights.Weigh(EventType::kWatch, 0), 0.8F);
  EXPECT_FLOAT_EQ(weights.Weigh(EventType::kRating, std::nan("")), 0);
}

TEST(EventWeights, FollowsTheSettings) {
  const auto weights =
      EventWeights::FromSettings({{"rating_transform", "centred"}, {"half_life_days", "10"}});
  ASSERT_TRUE(weights.has_value());
  const std::vector<EventRow> rows = {{1, 1, EventType::kRating, 5, kNow, {}},
                                      {1, 2, EventType::kRating, 3, kNow - 10 * kDayMs, {}}};
  const auto weighed = weights->WeighUser(rows);
  ASSERT_EQ(weighed.size(), 2U);
  EXPECT_FLOAT_EQ(weighed[0].weight, 1);
  EXPECT_FLOAT_EQ(weighed[1].weight, -0.5F);
  EXPECT_FALSE(EventWeights::FromSettings({{"rating_transform", "cube"}}).has_value());
  EXPECT_FALSE(EventWeights::FromSettings({{"clik", "1"}}).has_value());
}

class CleaningTest : public ::testing::Test {
 protected:
  const Cleaning cleaning_ = *Cleaning::FromSettings({{"bot_events_per_minute", "10"}}, kNow);
  std::optional<Dirt> Check(EventType type,
                            double value,
                            TimeMs time,
                            std::string_view text = {}) const {
    EventView event{
        .user = "u", .item = "i", .type = type, .value = value, .text = text, .time = time};
    const auto finding = cleaning_.Check(event);
    return finding ? std::optional(finding->dirt) : std::nullopt;
  }
};

TEST_F(CleaningTest, FindsWhatCannotBe) {
  EXPECT_EQ(Check(EventType::kRating, 5, kNow), std::nullopt);
  EXPECT_EQ(Check(EventType::kRating, 11, kNow), Dirt::kImpossibleValue);
  EXPECT_EQ(Check(EventType::kWatch, -1, kNow), Dirt::kImpossibleValue);
  EXPECT_EQ(Check(EventType::kWatch, 1e9, kNow), Dirt::kImpossibleValue);
  EXPECT_EQ(Check(EventType::kListen, 0.1, kNow), Dirt::kNoise);
  EXPECT_EQ(Check(EventType::kListen, 0, kNow), std::nullopt);
  EXPECT_EQ(Check(EventType::kClick, 0, kNow + 2 * kDayMs), Dirt::kImpossibleTime);
  EXPECT_EQ(Check(EventType::kClick, 0, 300'000'000'000), Dirt::kImpossibleTime);
  EXPECT_EQ(Check(EventType::kClick, 0, 0), std::nullopt);
  EXPECT_EQ(Check(EventType::kComment, 0, kNow, "?!..."), Dirt::kNoise);
  EXPECT_EQ(Check(EventType::kComment, 0, kNow, "好"), std::nullopt);
}

TEST_F(CleaningTest, FindsBotsAndOnlyTheirBurst) {
  EventBatch batch;
  const auto add = [&](const char* user, TimeMs time) {
    batch.Add(EventView{.user = user, .item = "i", .time = time});
  };
  for (int i = 0; i < 10; ++i) add("quick", kNow + 1 + i * 100);
  for (int i = 0; i < 11; ++i) add("bot", kNow + 1 + i * 100);
  add("bot", kNow + 3'600'001);
  const auto bots = cleaning_.FindBots(batch);
  ASSERT_EQ(bots.size(), 11U);
  EXPECT_EQ(bots.front(), 10U);
  EXPECT_EQ(bots.back(), 20U);
}

TEST_F(CleaningTest, WholeDaysSayNothingOfSpeed) {
  EventBatch batch;
  for (int i = 0; i < 50; ++i)
    batch.Add(EventView{.user = "u", .item = "i", .time = 20'000 * kDayMs});
  EXPECT_TRUE(cleaning_.FindBots(batch).empty());
}

}  // namespace
}  // namespace medley::data
