#include "medley/serving/application.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "medley/core/json.h"
#include "medley/serving/http.h"
#include "medley/serving/options.h"
#include "medley/serving/test_service.h"

namespace medley::serving {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Answer {
  int status = 0;
  Json body;
  HttpResponse response;

  std::string Header(std::string_view name) const {
    for (const auto& header : response.headers) {
      if (header.name == name) return header.value;
    }
    return {};
  }
};

HttpRequest RequestFor(Method method, std::string target, std::string body = {}) {
  HttpRequest request;
  request.method = method;
  request.target = std::move(target);
  request.headers.host = "localhost:8080";
  request.headers.content_type = body.empty() ? "" : "application/json";
  request.body = std::move(body);
  return request;
}

class ApplicationTest : public testing::Test {
 protected:
  static Answer Send(Application& application, const HttpRequest& request) {
    auto admission = application.Admit(request);
    Answer answer;
    answer.response =
        admission.refusal ? *std::move(admission.refusal) : application.Handle(request, admission);
    answer.status = answer.response.status;
    if (answer.response.content_type == "application/json") {
      const auto* own = std::get_if<std::string>(&answer.response.body);
      answer.body = ParseJson(own != nullptr ? std::string_view(*own)
                                             : std::get<std::string_view>(answer.response.body))
                        .value();
    }
    return answer;
  }
  Answer Send(const HttpRequest& request) { return Send(test_.application(), request); }
  Answer Get(std::string target) { return Send(RequestFor(Method::kGet, std::move(target))); }
  Answer Post(std::string target, std::string body) {
    return Send(RequestFor(Method::kPost, std::move(target), std::move(body)));
  }

  TestService test_;
};

TEST_F(ApplicationTest, KeepsPostedPicturesForItemsToName) {
  auto request = RequestFor(Method::kPost, "/api/v1/media", "\x89PNG\r\n\x1a\n and other bytes");
  request.headers.content_type = "image/png";
  const auto kept = Send(request);
  EXPECT_EQ(kept.status, 201);
  EXPECT_EQ(kept.body["modality"], "image");
  EXPECT_EQ(kept.body["mime"], "image/png");
  const auto hash = kept.body["hash"].get<std::string>();
  EXPECT_EQ(Get("/api/v1/media/" + hash).status, 200);
  const Json item = {{"id", "new"}, {"title", "New"}, {"media", {kept.body}}};
  EXPECT_EQ(Post("/api/v1/items", Json::array({item}).dump()).body["added"], 1);
  request.body = "<html>no picture</html>";
  EXPECT_EQ(Send(request).status, 400);
  request.headers.content_type = "text/html";
  EXPECT_EQ(Send(request).status, 415);
}

TEST_F(ApplicationTest, AnswersHealthAndState) {
  EXPECT_EQ(Get("/api/v1/health/live").body["status"], "live");
  const auto state = Get("/api/v1/state");
  EXPECT_EQ(state.status, 200);
  EXPECT_EQ(state.body["items"], 3);
  EXPECT_EQ(state.body["users"], 2);
  EXPECT_FALSE(state.body["simulated"].get<bool>());
  EXPECT_EQ(Get("/api/v1/openapi.json").body["openapi"], "3.1.0");
  const auto metrics = Get("/metrics");
  EXPECT_THAT(std::get<std::string>(metrics.response.body),
              HasSubstr("medley_catalog_size{kind=\"items\"} 3"));
  EXPECT_THAT(std::get<std::string>(metrics.response.body), HasSubstr("route=\"/api/v1/state\""));
}

TEST_F(ApplicationTest, CountsAStreamWhenItEnds) {
  const auto counted = [&] {
    const auto metrics = Get("/metrics");
    return std::get<std::string>(metrics.response.body).find("route=\"/api/v1/ask\"") !=
           std::string::npos;
  };
  auto request = RequestFor(Method::kPost, "/api/v1/ask", R"({"question": "who directed Alien?"})");
  request.headers.accept = "text/event-stream";
  std::optional<Answer> answer = Send(request);
  ASSERT_TRUE(answer->response.streamed());
  EXPECT_FALSE(counted());
  std::get<StreamedBody>(answer->response.body).write([](std::string_view) { return true; });
  answer.reset();
  EXPECT_TRUE(counted());
}

TEST_F(ApplicationTest, ListsAndFiltersItems) {
  EXPECT_EQ(Get("/api/v1/items").body["total"], 3);
  const auto films = Get("/api/v1/items?kind=film&limit=1&offset=1");
  EXPECT_EQ(films.body["total"], 2);
  ASSERT_EQ(films.body["items"].size(), 1U);
  EXPECT_EQ(films.body["items"][0]["id"], "物");
  EXPECT_EQ(Get("/api/v1/items?category=Horror").body["total"], 1);
  EXPECT_EQ(Get("/api/v1/items?offset=99").body["items"].size(), 0U);
}

TEST_F(ApplicationTest, DecodesIds) {
  EXPECT_EQ(Get("/api/v1/items/film%2F1").body["title"], "Alien");
  EXPECT_EQ(Get("/api/v1/items/song%202").body["title"], "Blue in Green");
  EXPECT_EQ(Get("/api/v1/items/%E7%89%A9").body["kind"], "film");
  EXPECT_EQ(Get("/api/v1/items/film/1").status, 404);
  EXPECT_EQ(Get("/api/v1/items/none").body["error"]["code"], "not_found");
}

TEST_F(ApplicationTest, PutsHidesAndDeletesAnItem) {
  const auto made = Send(RequestFor(Method::kPut, "/api/v1/items/new", R"({"title":"New"})"));
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.body["id"], "new");
  EXPECT_EQ(Send(RequestFor(Method::kPut, "/api/v1/items/new", R"({"title":"Newer"})")).status,
            200);
  EXPECT_EQ(Send(RequestFor(Method::kPut, "/api/v1/items/new", R"({"id":"other"})")).status, 400);
  const auto hidden =
      Send(RequestFor(Method::kPatch, "/api/v1/items/song%202", R"({"hidden":true})"));
  EXPECT_EQ(hidden.status, 200);
  EXPECT_TRUE(hidden.body["hidden"].get<bool>());
  EXPECT_EQ(Get("/api/v1/items?kind=song").body["items"].size(), 0U);
  EXPECT_EQ(Send(RequestFor(Method::kPatch, "/api/v1/items/song%202", R"({"title":"x"})")).status,
            400);
  EXPECT_EQ(Send(RequestFor(Method::kDelete, "/api/v1/items/new")).status, 204);
  EXPECT_EQ(Send(RequestFor(Method::kDelete, "/api/v1/items/new")).status, 404);
  EXPECT_EQ(Get("/api/v1/items/new").status, 404);
}

TEST_F(ApplicationTest, TakesTheGoodOfABatchOfEvents) {
  const auto report =
      Post("/api/v1/events",
           R"([{"user":"ann","item":"film/1","type":"like"},{"user":"ann","type":"like"},
    {"user":"ann","item":"film/1","type":"dance"},{"id":"e1","user":"new","item":"song 2","type":"click","time":"2026-01-01T00:00:00Z"}])");
  EXPECT_EQ(report.status, 200);
  EXPECT_EQ(report.body["added"], 2);
  ASSERT_EQ(report.body["rejected"].size(), 2U);
  EXPECT_EQ(report.body["rejected"][0]["index"], 1);
  EXPECT_EQ(report.body["rejected"][0]["field"], "item");
  EXPECT_EQ(report.body["rejected"][1]["field"], "type");
  const auto again = Post(
      "/api/v1/events",
      R"({"events":[{"id":"e1","user":"new","item":"song 2","type":"click","time":"2026-01-01T00:00:00Z"}]})");
  EXPECT_EQ(again.body["added"], 0);
  EXPECT_EQ(again.body["unchanged"], 1);
  EXPECT_EQ(Get("/api/v1/users/ann/events").body["events"].size(), 1U);
  EXPECT_EQ(Get("/api/v1/users/nobody/events").status, 404);
  const auto bad = Post("/api/v1/events", R"([{"user":"ann"}])");
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(bad.body["rejected"].size(), 1U);
}

TEST_F(ApplicationTest, RecommendsWithReasons) {
  const auto answer = Get("/api/v1/users/ann/recommendations?n=2&locale=zh");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body["user"], "ann");
  EXPECT_FALSE(answer.body["personal"].get<bool>());
  ASSERT_EQ(answer.body["items"].size(), 2U);
  const Json& first = answer.body["items"][0];
  EXPECT_TRUE(first["item"].contains("id"));
  EXPECT_EQ(first["explanation"]["locale"], "zh");
  EXPECT_NE(first["explanation"]["sentence"], "");
  EXPECT_FALSE(Get("/api/v1/users/ann/recommendations?explain=false")
                   .body["items"][0]
                   .contains("explanation"));
  EXPECT_EQ(Get("/api/v1/users/nobody/recommendations").status, 404);
  EXPECT_EQ(Get("/api/v1/users/ann/recommendations?locale=fr").status, 400);
  EXPECT_EQ(Get("/api/v1/users/ann/recommendations?recommender=magic").status, 400);
  const auto without = Get("/api/v1/users/ann/recommendations?exclude=film%2F1%2Csong%202");
  ASSERT_EQ(without.body["items"].size(), 1U);
  EXPECT_EQ(without.body["items"][0]["item"]["id"], "物");
}

TEST_F(ApplicationTest, PutsAndListsUsers) {
  EXPECT_EQ(Send(RequestFor(Method::kPut, "/api/v1/users/eve", R"({"labels":{"age":30}})")).status,
            201);
  EXPECT_EQ(Get("/api/v1/users/eve").body["labels"]["age"], 30);
  const auto page = Get("/api/v1/users?offset=1&limit=1");
  EXPECT_EQ(page.body["total"], 3);
  EXPECT_EQ(page.body["users"][0]["id"], "bob");
  const auto report =
      Post("/api/v1/users",
           R"({"users":[{"id":"eve","labels":{"age":30}},{"id":"fay"},{"locale":"en"}]})");
  EXPECT_EQ(report.body["added"], 1);
  EXPECT_EQ(report.body["unchanged"], 1);
  EXPECT_EQ(report.body["rejected"].size(), 1U);
  EXPECT_EQ(Send(RequestFor(Method::kDelete, "/api/v1/users/eve")).status, 204);
  EXPECT_EQ(Get("/api/v1/users/eve").status, 404);
}

TEST_F(ApplicationTest, ServesMediaWholeAndInRanges) {
  const std::string target = "/api/v1/media/" + test_.media_hash();
  const auto whole = Get(target);
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.response.content_type, "image/png");
  EXPECT_EQ(whole.response.size(), 28U);
  EXPECT_THAT(whole.Header("Content-Security-Policy"), HasSubstr("sandbox"));
  EXPECT_THAT(whole.Header("Cache-Control"), HasSubstr("immutable"));
  HttpRequest request = RequestFor(Method::kGet, target);
  request.headers.range = "bytes=4-7";
  const auto part = Send(request);
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.Header("Content-Range"), "bytes 4-7/28");
  EXPECT_EQ(std::get<FileSlice>(part.response.body).offset, 4U);
  request.headers.if_range = "\"another\"";
  EXPECT_EQ(Send(request).status, 200);
  request.headers.if_range.clear();
  request.headers.range = "bytes=99-";
  EXPECT_EQ(Send(request).status, 416);
  request.headers.if_none_match = whole.Header("ETag");
  EXPECT_EQ(Send(request).status, 304);
}

TEST_F(ApplicationTest, RefusesMediaThatIsNoHash) {
  for (const char* hash : {"..%2F..%2Fmedley.toml", "abc", "%2Fetc%2Fpasswd"}) {
    const int status = Get(std::string("/api/v1/media/") + hash).status;
    EXPECT_TRUE(status == 400 || status == 404) << hash;
  }
  EXPECT_EQ(Get("/api/v1/media/" + std::string(64, 'a')).status, 404);
}

TEST_F(ApplicationTest, NamesUnknownParameters) {
  const auto answer = Get("/api/v1/items?limt=5");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body["error"]["message"].get<std::string>(), HasSubstr("'limt'"));
  EXPECT_EQ(Get("/api/v1/items/x?n=1").status, 400);
}

TEST_F(ApplicationTest, TellsMethodsApart) {
  const auto wrong = Send(RequestFor(Method::kDelete, "/api/v1/items"));
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.Header("Allow"), "GET, HEAD, POST, OPTIONS");
  const auto options = Send(RequestFor(Method::kOptions, "/api/v1/items/x"));
  EXPECT_EQ(options.status, 204);
  EXPECT_THAT(options.Header("Allow"), HasSubstr("PATCH"));
  EXPECT_EQ(Send(RequestFor(Method::kHead, "/api/v1/items")).status, 200);
  EXPECT_EQ(Send(RequestFor(Method::kOther, "/api/v1/items")).status, 405);
  EXPECT_EQ(Send(RequestFor(Method::kPost, "/")).status, 405);
  EXPECT_EQ(Get("/api/v1/nothing").status, 404);
  EXPECT_EQ(Get("/api/v2/items").status, 404);
}

TEST_F(ApplicationTest, RefusesOtherHostsAndOrigins) {
  HttpRequest request = RequestFor(Method::kGet, "/api/v1/items");
  request.headers.host = "evil.example";
  EXPECT_EQ(Send(request).status, 421);
  request.headers.host = "";
  EXPECT_EQ(Send(request).status, 421);
  HttpRequest post = RequestFor(Method::kPost, "/api/v1/users", R"([{"id":"x"}])");
  post.headers.origin = "http://evil.example";
  EXPECT_EQ(Send(post).status, 403);
  EXPECT_EQ(Get("/api/v1/users/x").status, 404);
  post.headers.origin = "http://localhost:8080";
  EXPECT_EQ(Send(post).status, 200);
}

TEST_F(ApplicationTest, AsksForJsonBodies) {
  HttpRequest form = RequestFor(Method::kPost, "/api/v1/events", "[]");
  form.headers.content_type = "application/x-www-form-urlencoded";
  EXPECT_EQ(Send(form).status, 415);
  form.headers.content_type = "application/json; charset=utf-8";
  EXPECT_EQ(Send(form).status, 200);
  EXPECT_EQ(Post("/api/v1/events", "{").status, 400);
  HttpRequest upload = RequestFor(Method::kPost, "/api/v1/search", "x");
  EXPECT_EQ(Send(upload).status, 415);
}

TEST_F(ApplicationTest, ServesThePageWithAStrictPolicy) {
  const auto page = Get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.response.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(page.Header("Content-Security-Policy"), HasSubstr("default-src 'self'"));
  EXPECT_THAT(page.Header("Content-Security-Policy"), Not(HasSubstr("unsafe-inline")));
  EXPECT_EQ(Get("/assets/none.js").status, 404);
  EXPECT_EQ(Get("/../medley.toml").status, 400);
}

TEST_F(ApplicationTest, SearchesByWords) {
  // The first index is built in the background.
  while (Get("/api/v1/health/ready").status != 200) {
  }
  const auto found = Get("/api/v1/search?q=alien");
  ASSERT_EQ(found.status, 200);
  ASSERT_GE(found.body["hits"].size(), 1U);
  EXPECT_EQ(found.body["hits"][0]["item"]["id"], "film/1");
  EXPECT_EQ(Get("/api/v1/search").status, 400);
  EXPECT_EQ(Get("/api/v1/search?q=alien&min_price=x").status, 400);
  EXPECT_EQ(Get("/api/v1/search?q=alien&kind=song").body["hits"].size(), 0U);
  ASSERT_EQ(Send(RequestFor(Method::kPatch, "/api/v1/items/film%2F1", R"({"hidden":true})")).status,
            200);
  EXPECT_EQ(Get("/api/v1/search?q=alien").body["hits"].size(), 0U);
}

TEST(ApplicationWithAKey, AsksForIt) {
  ServeOptions options;
  options.api_key = "s3cret";
  TestService test(options);
  const auto status = [&](std::string target, std::string authorization) {
    HttpRequest request = RequestFor(Method::kGet, std::move(target));
    request.headers.authorization = std::move(authorization);
    auto admission = test.application().Admit(request);
    return admission.refusal ? admission.refusal->status
                             : test.application().Handle(request, admission).status;
  };
  for (const char* wrong :
       {"", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3cret2", "Basic s3cret", "s3cret"}) {
    EXPECT_EQ(status("/api/v1/items", wrong), 401) << wrong;
  }
  EXPECT_EQ(status("/api/v1/items", "Bearer s3cret"), 200);
  EXPECT_EQ(status("/api/v1/health/live", ""), 200);
  EXPECT_EQ(status("/", ""), 200);
}

TEST(ApplicationLimits, BoundBatches) {
  ServeOptions options;
  options.max_batch = 2;
  TestService test(options);
  HttpRequest request =
      RequestFor(Method::kPost, "/api/v1/users", R"([{"id":"a"},{"id":"b"},{"id":"c"}])");
  auto admission = test.application().Admit(request);
  ASSERT_FALSE(admission.refusal);
  EXPECT_EQ(test.application().Handle(request, admission).status, 413);
}

}  // namespace
}  // namespace medley::serving
