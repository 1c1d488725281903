#include "medley/inference/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/threads.h"
#include "medley/inference/circuit_breaker.h"
#include "medley/inference/event_stream.h"
#include "medley/inference/http_client.h"
#include "medley/inference/loopback_server.h"
#include "medley/inference/usage_budget.h"

namespace medley::inference {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using namespace std::chrono_literals;
using Exchange = LoopbackServer::Exchange;
using Texts = std::vector<std::string>;

constexpr auto kModels = R"({"data":[{"id":"m1","owned_by":"llamacpp"}]})";

/// What a good endpoint does, where the test doesn't say otherwise.
LoopbackServer::Script Good(LoopbackServer::Script completions) {
  return [completions = std::move(completions)](const Exchange& exchange) {
    if (exchange.Asks("/v1/models")) return exchange.Answer(200, kModels);
    completions(exchange);
  };
}

Endpoint MakeEndpoint(const LoopbackServer& server, EndpointOptions options = {}) {
  options.url = server.url();
  return Endpoint::Make(options).value();
}

void Hello(const Exchange& exchange) {
  exchange.BeginStream();
  exchange.Piece("\"Hel\"");
  exchange.Piece("\"lo\"");
  exchange.EndStream();
}

TEST(EventStream, IsTheSameHoweverItIsCut) {
  const std::string text =
      ": a sign of life\r\nevent: x\ndata: one\n\ndata:two\r\ndata: more\r\n\r\n\ndata\n\n"
      "id: 3\ndata: {\"é\":1}\n\ndata: not ended";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    for (const std::size_t second : {cut, text.size()}) {
      EventStream events;
      std::vector<std::string> seen;
      const auto keep = [&](std::string_view data) {
        seen.emplace_back(data);
        return true;
      };
      EXPECT_TRUE(events.Feed(text.substr(0, cut), keep));
      EXPECT_TRUE(events.Feed(text.substr(cut, second - cut), keep));
      EXPECT_TRUE(events.Feed(text.substr(second), keep));
      EXPECT_THAT(seen, ElementsAre("one", "two\nmore", "{\"é\":1}"));
    }
  }
}

TEST(EventStream, EndsWhereToldAndAtALineWithoutEnd) {
  EventStream events(100);
  int seen = 0;
  EXPECT_FALSE(events.Feed("data: 1\n\ndata: 2\n\n", [&](auto) { return ++seen < 1; }));
  EXPECT_EQ(seen, 1);
  EXPECT_FALSE(EventStream(100).Feed(std::string(101, 'x'), [](auto) { return true; }));
}

TEST(CircuitBreaker, OpensAfterFailuresAndLetsOneTry) {
  const CircuitBreaker::Time start{};
  CircuitBreaker breaker({.failures = 2, .pause = 10s, .longest = 15s});
  EXPECT_FALSE(breaker.Refused(start));
  breaker.Failed(start);
  breaker.Succeeded();
  breaker.Failed(start);
  EXPECT_FALSE(breaker.Refused(start));
  breaker.Failed(start);
  EXPECT_EQ(breaker.Refused(start + 4s), 6s);
  EXPECT_TRUE(breaker.open(start + 4s));
  EXPECT_FALSE(breaker.Refused(start + 10s));
  EXPECT_TRUE(breaker.Refused(start + 10s)) << "only one may try";
  breaker.Failed(start + 11s);
  EXPECT_EQ(breaker.Refused(start + 11s), 15s) << "twice the pause, but no more than the longest";
  EXPECT_FALSE(breaker.Refused(start + 26s));
  breaker.Abandoned();
  EXPECT_FALSE(breaker.Refused(start + 26s)) << "another may try where the first was stopped";
  breaker.Succeeded();
  EXPECT_FALSE(breaker.Refused(start + 26s));
}

class UsageBudgetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("medley_usage_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(UsageBudgetTest, CountsADayAcrossRunsAndStartsAnewTheNext) {
  constexpr std::int64_t kNow = 86'400 * 20'000 + 5;
  const auto ledger = folder_ / "of" / "endpoint";
  UsageBudget first({.requests_per_day = 2, .tokens_per_day = 100}, ledger);
  EXPECT_TRUE(first.Reserve(90, kNow));
  first.Settle(90, 40, kNow);
  UsageBudget second({.requests_per_day = 2, .tokens_per_day = 100}, ledger);
  EXPECT_THAT(second.Reserve(61, kNow).error().message, HasSubstr("llm.tokens_per_day"));
  EXPECT_TRUE(second.Reserve(60, kNow));
  EXPECT_EQ(first.usage(kNow).tokens_today, 100);
  EXPECT_EQ(first.usage(kNow).tokens_run, 40);
  EXPECT_TRUE(second.kept());
  EXPECT_THAT(first.Reserve(0, kNow).error().message, HasSubstr("llm.requests_per_day"));
  EXPECT_TRUE(first.Reserve(60, kNow + 86'400));
  EXPECT_EQ(second.usage(kNow + 86'400).requests_today, 1);
}

TEST_F(UsageBudgetTest, HoldsARunWithoutALedger) {
  UsageBudget budget({.requests_per_run = 3, .tokens_per_run = 50}, "");
  EXPECT_TRUE(budget.Reserve(30, 0));
  EXPECT_EQ(budget.Reserve(30, 0).error().code, ErrorCode::kUnavailable);
  budget.Settle(30, 10, 0);
  EXPECT_TRUE(budget.Reserve(30, 0));
  EXPECT_TRUE(budget.Reserve(1, 0));
  EXPECT_THAT(budget.Reserve(1, 0).error().message, HasSubstr("requests_per_run"));
  EXPECT_FALSE(budget.kept());
}

TEST(RetryAfter, ReadsSecondsAndDates) {
  EXPECT_EQ(RetryAfter("7", 0), 7s);
  EXPECT_EQ(RetryAfter("Thu, 01 Jan 1970 00:01:00 GMT", 50), 10s);
  EXPECT_EQ(RetryAfter("Thu, 01 Jan 1970 00:01:00 GMT", 80), 0s);
  EXPECT_EQ(RetryAfter("99999999999", 0), 24h);
  for (const auto* wrong : {"", "soon", "-5x"}) EXPECT_FALSE(RetryAfter(wrong, 0)) << wrong;
}

TEST(Endpoint, RefusesAddressesThatLeakOrMean) {
  const auto code = [](std::string url, std::string key = "") {
    const auto made = Endpoint::Make({.url = std::move(url), .key = std::move(key)});
    return made ? "fine" : std::string(ErrorCodeName(made.error().code));
  };
  EXPECT_EQ(code("http://127.0.0.1:8080"), "fine");
  EXPECT_EQ(code("http://[::1]:8080/v1/", "k"), "fine");
  EXPECT_EQ(code("https://models.example/v1", "k"), "fine");
  for (const auto* url : {"",
                          "127.0.0.1:80",
                          "file:///etc/passwd",
                          "http://",
                          "http://a:b@c/v1",
                          "https://c/v1?key=1",
                          "http://a b"})
    EXPECT_EQ(code(url), "invalid_input") << url;
  EXPECT_EQ(code("http://models.example/v1", "k"), "invalid_input") << "the key would be readable";
  EXPECT_EQ(code("http://models.example/v1"), "fine");
  EXPECT_EQ(code("https://c", "two\nlines"), "invalid_input");
}

TEST(Endpoint, StreamsAndSendsWhatItShould) {
  const LoopbackServer server(Good(&Hello));
  auto endpoint = MakeEndpoint(server, {.key = "secret-key"});
  std::vector<std::string> pieces;
  const auto text = endpoint.Complete("Say hello.",
                                      {.max_tokens = 9,
                                       .stops = {"\n"},
                                       .grammar = "root ::= \"Hello\"",
                                       .on_piece = [&](std::string_view piece) {
                                         pieces.emplace_back(piece);
                                         return true;
                                       }});
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->text, "Hello");
  EXPECT_TRUE(text->complete);
  EXPECT_EQ(text->tokens, 2);
  EXPECT_THAT(pieces, ElementsAre("Hel", "lo"));
  const auto requests = server.requests();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_THAT(requests[1], HasSubstr("POST /v1/completions "));
  EXPECT_THAT(requests[1], HasSubstr("Authorization: Bearer secret-key"));
  for (const auto* part : {R"("model":"m1")",
                           R"("max_tokens":9)",
                           R"("stream":true)",
                           R"("stop":["\n"])",
                           R"("grammar":"root ::= \"Hello\"")"})
    EXPECT_THAT(requests[1], HasSubstr(part));
  EXPECT_EQ(endpoint.status().usage.requests_run, 1);
  EXPECT_GT(endpoint.status().usage.tokens_run, 0);
}

TEST(Endpoint, TakesADocumentWhereNothingIsStreamed) {
  const LoopbackServer server(Good([](const Exchange& exchange) {
    exchange.Answer(200, R"({"choices":[{"text":"Hi","finish_reason":"length"}],
        "usage":{"prompt_tokens":5,"completion_tokens":7}})");
  }));
  const auto text = MakeEndpoint(server).Complete("x", {});
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->text, "Hi");
  EXPECT_FALSE(text->complete);
  EXPECT_EQ(text->prompt_tokens, 5);
  EXPECT_EQ(text->tokens, 7);
}

TEST(Endpoint, GoesToChatWhereThereAreNoCompletions) {
  const LoopbackServer server([](const Exchange& exchange) {
    if (exchange.Asks("/v1/models"))
      return exchange.Answer(200, R"({"data":[{"id":"gpt","owned_by":"somebody"}]})");
    if (!exchange.Asks("/v1/chat/completions")) return exchange.Answer(404, "no such page");
    exchange.BeginStream();
    exchange.Send("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n");
    exchange.Send(R"(data: {"choices":[{"delta":{"content":"{\"text\":"}}]})"
                  "\n\n");
    exchange.Send(R"(data: {"choices":[{"delta":{"content":" \"b\"}"},"finish_reason":"stop"}]})"
                  "\n\ndata: [DONE]\n\n");
  });
  auto endpoint = MakeEndpoint(server);
  const auto text =
      endpoint.Complete("Choose.", {.grammar = "root ::= \"a\" | \"b\"", .choices = {"a", "b"}});
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->text, "b");
  EXPECT_THAT(server.requests().back(), HasSubstr(R"("enum":["a","b"])"));
  EXPECT_THAT(server.requests().back(), Not(HasSubstr("root ::=")));
  EXPECT_TRUE(endpoint.Complete("Again.", {.grammar = "g", .choices = {"a", "b"}}));
  EXPECT_THAT(server.requests(), SizeIs(4)) << "the face is remembered";
}

TEST(Endpoint, RepeatsWhatIsWorthIt) {
  std::atomic<int> calls{0};
  const LoopbackServer server(Good([&](const Exchange& exchange) {
    switch (calls++) {
      case 0:
        return exchange.Answer(429, R"({"error":{"message":"slow"}})", "Retry-After: 0\r\n");
      case 1:
        exchange.BeginStream();
        return exchange.Piece("\"cut o\"");
      default:
        return Hello(exchange);
    }
  }));
  const auto text = MakeEndpoint(server).Complete("x", {});
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->text, "Hello");
  EXPECT_EQ(calls, 3);
}

TEST(Endpoint, RepeatsNothingOnceAPieceIsGiven) {
  std::atomic<int> calls{0};
  const LoopbackServer server(Good([&](const Exchange& exchange) {
    ++calls;
    exchange.BeginStream();
    exchange.Piece("\"cut o\"");
  }));
  const auto text = MakeEndpoint(server).Complete("x", {.on_piece = [](auto) { return true; }});
  EXPECT_EQ(text.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(text.error().message, HasSubstr("broke off"));
  EXPECT_EQ(calls, 1);
}

TEST(Endpoint, SaysWhatIsWrongWithoutTheKey) {
  struct Case {
    int status;
    std::string body;
    ErrorCode code;
    int calls;
  };
  const std::vector<Case> cases = {
      {400, R"({"error":{"message":"bad secret-key"}})", ErrorCode::kInvalidInput, 1},
      {400, R"({"error":{"message":"exceeds the context size"}})", ErrorCode::kLimitExceeded, 1},
      {401, R"({"error":"secret-key is wrong"})", ErrorCode::kUnavailable, 1},
      {302, "", ErrorCode::kUnavailable, 1},
      {404, "secret-key", ErrorCode::kNotFound, 1},
      {500, std::string(100'000, '\xff'), ErrorCode::kUnavailable, 2},
      {200, "<html>", ErrorCode::kUnavailable, 2},
      {200, "{\"choices\":", ErrorCode::kUnavailable, 2},
      {200, "data: {nonsense secret-key\n\n", ErrorCode::kUnavailable, 2},
      {200,
       R"(data: {"error":{"message":"out of memory"}})"
       "\n\n",
       ErrorCode::kUnavailable,
       2},
      {200, "", ErrorCode::kUnavailable, 2}};
  for (const auto& one : cases) {
    std::atomic<int> calls{0};
    const LoopbackServer server(Good([&](const Exchange& exchange) {
      ++calls;
      exchange.Answer(one.status, one.body, "Location: http://127.0.0.1:1/\r\n");
    }));
    const auto text =
        MakeEndpoint(
            server,
            {.key = "secret-key", .face = EndpointOptions::Face::kCompletions, .retries = 1})
            .Complete("x", {});
    ASSERT_FALSE(text) << one.status << one.body.substr(0, 50);
    EXPECT_EQ(text.error().code, one.code) << text.error().message;
    EXPECT_EQ(calls, one.calls) << text.error().message;
    EXPECT_THAT(text.error().message, Not(HasSubstr("secret-key")));
    EXPECT_LT(text.error().message.size(), 500U);
  }
}

TEST(Endpoint, HoldsItsLimits) {
  const LoopbackServer silent(Good([](const Exchange& exchange) { exchange.Hang(); }));
  const auto late = MakeEndpoint(silent, {.silence_limit = 60ms, .retries = 0}).Complete("x", {});
  EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(late.error().message, HasSubstr("nothing came"));

  const LoopbackServer comments(Good([](const Exchange& exchange) {
    exchange.BeginStream();
    exchange.Send(": wait\n\n");
    exchange.Hang();
  }));
  EXPECT_EQ(
      MakeEndpoint(comments, {.silence_limit = 60ms, .retries = 0}).Complete("x", {}).error().code,
      ErrorCode::kTimeout);
  const auto whole = MakeEndpoint(silent).Complete(
      "x", {.limits = {.deadline = std::chrono::steady_clock::now() + 80ms}});
  EXPECT_EQ(whole.error().code, ErrorCode::kTimeout);

  const LoopbackServer endless(Good([](const Exchange& exchange) {
    exchange.BeginStream();
    for (int i = 0; i < 10'000; ++i) exchange.Piece("\"more \"");
  }));
  const auto cut = MakeEndpoint(endless).Complete("x", {.max_tokens = 5});
  ASSERT_TRUE(cut) << cut.error().message;
  EXPECT_FALSE(cut->complete);
  EXPECT_LT(cut->tokens, 100);
  EXPECT_EQ(MakeEndpoint(endless, {.retries = 0, .max_bytes = 1000})
                .Complete("x", {.max_tokens = 9000})
                .error()
                .code,
            ErrorCode::kLimitExceeded);
}

TEST(Endpoint, StopsWhereTold) {
  const LoopbackServer server(Good([](const Exchange& exchange) {
    exchange.BeginStream();
    for (const auto* piece : {"\"one\"", "\"\\nt\"", "\"wo END th\"", "\"ree\""})
      exchange.Piece(piece);
    exchange.Hang();
  }));
  const auto stopped = MakeEndpoint(server).Complete("x", {.stops = {"END", "two"}});
  ASSERT_TRUE(stopped) << stopped.error().message;
  EXPECT_EQ(stopped->text, "one\n");
  EXPECT_TRUE(stopped->complete);
  CancelToken cancel;
  const auto cancelled =
      MakeEndpoint(server).Complete("x", {.limits = {.cancel = &cancel}, .on_piece = [&](auto) {
                                            cancel.Cancel();
                                            return true;
                                          }});
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(MakeEndpoint(server).Complete("x", {.limits = {.cancel = &cancel}}).error().code,
            ErrorCode::kCancelled);
}

TEST(Endpoint, LeavesAFailingServiceAlone) {
  std::atomic<int> calls{0};
  const LoopbackServer server([&](const Exchange& exchange) {
    ++calls;
    exchange.Answer(503, "out of order");
  });
  auto endpoint = MakeEndpoint(server, {.model = "m", .retries = 0});
  std::string message;
  for (int i = 0; i < 20; ++i) message = endpoint.Complete("x", {}).error().message;
  EXPECT_LT(calls, 15);
  EXPECT_THAT(message, HasSubstr("left alone"));
  EXPECT_THAT(message, HasSubstr("out of order"));
  EXPECT_TRUE(endpoint.status().open_circuit);
  EXPECT_THAT(MakeEndpoint(server).Complete("x", {}).error().message, HasSubstr("left alone"))
      << "another one of the same address knows it";
}

TEST(Endpoint, NobodyThere) {
  EndpointOptions options{.url = "http://127.0.0.1:9", .retries = 1};
  const auto text = Endpoint::Make(options)->Complete("x", {});
  EXPECT_EQ(text.error().code, ErrorCode::kUnavailable);
}

TEST(Endpoint, KeepsToItsBudget) {
  const LoopbackServer server(Good(&Hello));
  auto endpoint = MakeEndpoint(server, {.usage = {.requests_per_run = 2}});
  EXPECT_TRUE(endpoint.Complete("x", {}));
  EXPECT_TRUE(endpoint.Complete("x", {}));
  EXPECT_THAT(endpoint.Complete("x", {}).error().message, HasSubstr("llm.requests_per_run is 2"));
  EXPECT_THAT(server.requests(), SizeIs(3));
}

/// llama.cpp's server with a vocabulary of bytes: token t has the probability 1 / t.
void TellProbabilities(const Exchange& exchange) {
  const auto body = ParseJson(exchange.request().substr(exchange.request().find("\r\n\r\n") + 4));
  if (exchange.Asks("/tokenize")) {
    Json tokens = Json::array();
    for (const char c : (*body)["content"].get<std::string>()) tokens.push_back(c);
    return exchange.Answer(200, DumpJson({{"tokens", tokens}}));
  }
  const int forced = (*body)["logit_bias"][0][0].get<int>();
  const double log = forced == 'z' ? -3e38 : -std::log(forced);
  const Json row = {{"id", forced}, {"logprob", log}};
  exchange.Answer(200,
                  DumpJson({{"choices", {{{"logprobs", {{"content", Json::array({row})}}}}}}}));
}

TEST(Endpoint, SumsTheProbabilitiesOfForcedTokens) {
  const LoopbackServer server(Good(&TellProbabilities));
  auto endpoint = MakeEndpoint(server);
  const auto scores = endpoint.LogLikelihood("ab", Texts{"cd", "", "z"}, {});
  ASSERT_TRUE(scores) << scores.error().message;
  EXPECT_NEAR((*scores)[0], -std::log('c') - std::log('d'), 1e-9);
  EXPECT_EQ((*scores)[1], 0);
  EXPECT_NEAR((*scores)[2], -103.28, 0.01);
  EXPECT_THAT(server.requests(), ::testing::Contains(HasSubstr(R"("prompt":[97,98,99])")));
}

TEST(Endpoint, TellsNoProbabilitiesWhereItCanNot) {
  const LoopbackServer other(Good([](const Exchange& e) { e.Answer(404, "{}"); }));
  const LoopbackServer silent(Good([](const Exchange& e) {
    if (e.Asks("/tokenize")) return TellProbabilities(e);
    e.Answer(200, R"({"choices":[{"text":"c","logprobs":null}]})");
  }));
  for (const auto* server : {&other, &silent}) {
    const auto scores = MakeEndpoint(*server).LogLikelihood("ab", Texts{"c"}, {});
    ASSERT_FALSE(scores);
    EXPECT_EQ(scores.error().code, ErrorCode::kUnsupported);
  }
  auto elsewhere = Endpoint::Make({.url = other.url() + "/api"}).value();
  EXPECT_EQ(elsewhere.LogLikelihood("ab", Texts{"c"}, {}).error().code, ErrorCode::kUnsupported);
}

TEST(Endpoint, EmbedsAndRanks) {
  const LoopbackServer server(Good([](const Exchange& exchange) {
    if (exchange.Asks("/v1/embeddings"))
      return exchange.Answer(
          200, R"({"data":[{"index":1,"embedding":[3,4]},{"index":0,"embedding":[1,2]}]})");
    exchange.Answer(200, R"({"results":[{"index":1,"relevance_score":0.5},
                                        {"index":0,"relevance_score":-1}]})");
  }));
  auto endpoint = MakeEndpoint(server);
  const std::vector<std::string> two = {"a", "b"};
  const auto vectors = endpoint.Embed(two, {});
  ASSERT_TRUE(vectors) << vectors.error().message;
  EXPECT_THAT(*vectors, ElementsAre(ElementsAre(1, 2), ElementsAre(3, 4)));
  const auto scores = endpoint.Rerank("q", two, {});
  ASSERT_TRUE(scores) << scores.error().message;
  EXPECT_THAT(*scores, ElementsAre(-1, 0.5));
  const std::vector<std::string> three = {"a", "b", "c"};
  EXPECT_EQ(endpoint.Embed(three, {}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(endpoint.Rerank("q", three, {}).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace medley::inference
