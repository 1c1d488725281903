#include "medley/serving/response_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/serving/http.h"
#include "medley/serving/problem.h"

namespace medley::serving {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(HttpDate, IsTheFixedFormOfHttp) {
  EXPECT_EQ(HttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(HttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(ResponseHead, CarriesLengthAndSafetyHeaders) {
  const auto head = ResponseHead(JsonResponse({{"a", 1}}), true, "today");
  EXPECT_THAT(head,
              StartsWith("HTTP/1.1 200 OK\r\nDate: today\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Length: 7\r\n"));
  EXPECT_THAT(head, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Security-Policy: default-src 'none'"));
  EXPECT_THAT(head, HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(ResponseHead, KeepsTheResponsesOwnPolicyAlone) {
  HttpResponse response;
  response.headers.push_back({"Content-Security-Policy", "sandbox"});
  const auto head = ResponseHead(response, false, "today");
  EXPECT_THAT(head, HasSubstr("Content-Security-Policy: sandbox\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("default-src 'none'")));
  EXPECT_THAT(head, HasSubstr("Connection: close\r\n"));
}

TEST(ResponseHead, GivesNoLengthWhereItIsNotKnown) {
  HttpResponse response;
  response.body = StreamedBody();
  const auto head = ResponseHead(response, true, "");
  EXPECT_THAT(head, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
}

TEST(ResponseHead, GivesNoLengthWhereThereIsNoBody) {
  HttpResponse response;
  response.status = 204;
  EXPECT_THAT(ResponseHead(response, true, ""), Not(HasSubstr("Content-Length")));
}

TEST(Problem, MapsEveryErrorCodeToAStatusWithAPhrase) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const int status = HttpStatusOf(static_cast<ErrorCode>(code));
    EXPECT_GE(status, 400);
    EXPECT_NE(ReasonPhrase(status), "") << status;
  }
  EXPECT_EQ(HttpStatusOf(ErrorCode::kInvalidInput), 400);
  EXPECT_EQ(HttpStatusOf(ErrorCode::kNotFound), 404);
  EXPECT_EQ(HttpStatusOf(ErrorCode::kUnavailable), 503);
}

TEST(Problem, HasOneShape) {
  const auto response =
      ProblemResponse({ErrorCode::kNotFound, "no user '4\xff'"}, {{"rejected", Json::array()}});
  EXPECT_EQ(response.status, 404);
  const Json body = ParseJson(std::get<std::string>(response.body)).value();
  EXPECT_EQ(body["error"]["code"], "not_found");
  EXPECT_TRUE(body.contains("rejected"));
  for (const auto fault :
       {HttpFault::kMalformed, HttpFault::kOverloaded, HttpFault::kHeaderTooLarge}) {
    EXPECT_NE(ReasonPhrase(ProblemResponse(fault, "x").status), "");
  }
}

}  // namespace
}  // namespace medley::serving
