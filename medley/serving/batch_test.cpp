#include "medley/serving/batch.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/serving/http.h"

namespace medley::serving {
namespace {

HttpRequest WithBody(std::string body) {
  HttpRequest request;
  request.body = std::move(body);
  return request;
}

TEST(ReadBatch, TakesAListOrAnObjectWithOne) {
  EXPECT_EQ(ReadBatch(WithBody(R"([{"id":"a"},{"id":"b"}])"), "items", 10)->size(), 2U);
  EXPECT_EQ(ReadBatch(WithBody(R"({"items":[{"id":"a"}]})"), "items", 10)->size(), 1U);
  EXPECT_EQ(ReadBatch(WithBody("[]"), "items", 10)->size(), 0U);
}

TEST(ReadBatch, RefusesTheRest) {
  for (const char* body : {"",
                           "{",
                           "7",
                           "\"x\"",
                           R"({"id":"a"})",
                           R"({"items":{}})",
                           R"({"items":[],"more":1})",
                           R"({"users":[]})"}) {
    const auto batch = ReadBatch(WithBody(body), "items", 10);
    ASSERT_FALSE(batch) << body;
    EXPECT_EQ(batch.error().code, ErrorCode::kInvalidInput);
  }
  EXPECT_EQ(ReadBatch(WithBody("[1,2,3]"), "items", 2).error().code, ErrorCode::kLimitExceeded);
}

TEST(ReadAll, KeepsTheGoodAndNamesTheBad) {
  const Json batch =
      ParseJson(R"([{"id":"a"},{"title":"no id"},7,{"id":"b","hidden":"no"}])").value();
  const auto read = ReadAll<data::Item>(batch, &data::ItemFromJson);
  ASSERT_EQ(read.good.size(), 1U);
  EXPECT_EQ(read.good[0].id, "a");
  ASSERT_EQ(read.rejected.size(), 3U);
  EXPECT_EQ(read.rejected[0]["index"], 1);
  EXPECT_EQ(read.rejected[0]["field"], "id");
  EXPECT_EQ(read.rejected[1]["index"], 2);
  EXPECT_EQ(read.rejected[1]["field"], "");
  EXPECT_EQ(read.rejected[2]["field"], "hidden");
  EXPECT_FALSE(read.AllBad());
  EXPECT_TRUE(ReadAll<data::Item>(Json::array({7}), &data::ItemFromJson).AllBad());
  EXPECT_FALSE(ReadAll<data::Item>(Json::array(), &data::ItemFromJson).AllBad());
}

TEST(ReadRecord, TakesTheIdFromTheAddress) {
  EXPECT_EQ(ReadRecord(WithBody(R"({"title":"t"})"), "a")->at("id"), "a");
  EXPECT_EQ(ReadRecord(WithBody(R"({"id":"a"})"), "a")->at("id"), "a");
  EXPECT_FALSE(ReadRecord(WithBody(R"({"id":"b"})"), "a"));
  EXPECT_FALSE(ReadRecord(WithBody(R"({"id":7})"), "7"));
  EXPECT_FALSE(ReadRecord(WithBody("[]"), "a"));
}

}  // namespace
}  // namespace medley::serving
