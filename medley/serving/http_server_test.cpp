#include "medley/serving/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/serving/options.h"
#include "medley/serving/test_client.h"
#include "medley/serving/test_service.h"

namespace medley::serving {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

ServeOptions TestOptions() {
  ServeOptions options;
  options.port = 0;
  options.threads = 2;
  options.drain_timeout = milliseconds(5000);
  return options;
}

class RunningServer {
 public:
  explicit RunningServer(const ServeOptions& options = TestOptions()) : test_(options) {
    server_ = HttpServer::Listen(test_.application(), options).value();
    server_->Start();
  }
  int port() const { return server_->port(); }
  TestService& test() { return test_; }
  HttpServer& server() { return *server_; }
  bool Alive() const {
    TestClient client(port());
    client.Send("GET /api/v1/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return client.Read().status == 200;
  }

 private:
  TestService test_;
  std::unique_ptr<HttpServer> server_;
};

std::string Get(std::string_view target, std::string_view more = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) +
         "\r\n";
}

std::string Post(std::string_view target, std::string_view body) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

TEST(HttpServer, KeepsAConnectionForManyRequests) {
  RunningServer running;
  TestClient client(running.port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Send(Get("/api/v1/health/live")));
    const auto reply = client.Read();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, R"({"status":"live"})");
    EXPECT_THAT(reply.head, HasSubstr("Connection: keep-alive"));
    EXPECT_THAT(reply.head, HasSubstr("X-Content-Type-Options: nosniff"));
  }
  client.Send(Get("/api/v1/health/live", "Connection: close\r\n"));
  EXPECT_THAT(client.Read().head, HasSubstr("Connection: close"));
  EXPECT_TRUE(client.Ended());
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  RunningServer running;
  TestClient client(running.port());
  std::string all = Get("/api/v1/items/film%2F1") + Get("/api/v1/health/live") +
                    Post("/api/v1/users", R"([{"id":"p"}])") + Get("/api/v1/users/p") +
                    Get("/api/v1/items/none");
  ASSERT_TRUE(client.Send(all));
  EXPECT_THAT(client.Read().body, HasSubstr("Alien"));
  EXPECT_THAT(client.Read().body, HasSubstr("live"));
  EXPECT_THAT(client.Read().body, HasSubstr("\"added\":1"));
  EXPECT_THAT(client.Read().body, HasSubstr("\"p\""));
  EXPECT_EQ(client.Read().status, 404);
}

TEST(HttpServer, TakesARequestByteByByte) {
  RunningServer running;
  TestClient client(running.port());
  for (const char c : Post("/api/v1/users", R"([{"id":"slow"}])"))
    ASSERT_TRUE(client.Send(std::string_view(&c, 1)));
  EXPECT_EQ(client.Read().status, 200);
}

TEST(HttpServer, AnswersHeadWithoutABody) {
  RunningServer running;
  TestClient client(running.port());
  client.Send("HEAD /api/v1/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n" +
              Get("/api/v1/health/live"));
  const auto head = client.Read(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_THAT(head.head, HasSubstr("Content-Length: 17"));
  EXPECT_EQ(client.Read().body, R"({"status":"live"})");
}

TEST(HttpServer, RefusesMalformedRequests) {
  RunningServer running;
  const std::vector<std::string> malformed = {
      "hello\r\n\r\n",
      "GET\r\n\r\n",
      "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
      "GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
      "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: "
      "chunked\r\n\r\n0\r\n\r\n",
      "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
      "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: "
      "3\r\n\r\n[]",
      "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n[]",
      "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      std::string("GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n", 38),
      "\x16\x03\x01\x02\x01\x01\xfc\r\n\r\n",
  };
  for (const auto& bytes : malformed) {
    TestClient client(running.port());
    ASSERT_TRUE(client.Send(bytes));
    const auto reply = client.Read();
    EXPECT_EQ(reply.status, 400) << bytes;
    EXPECT_EQ(ParseJson(reply.body).value()["error"]["code"], "invalid_input") << bytes;
    client.HalfClose();
    EXPECT_TRUE(client.Ended()) << bytes;
  }
  EXPECT_TRUE(running.Alive());
}

TEST(HttpServer, RefusesForeignHosts) {
  RunningServer running;
  TestClient client(running.port());
  client.Send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(client.Read().status, 421);
  client.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.Read().status, 421);
  client.Send(
      "POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\nOrigin: "
      "http://evil.example\r\nContent-Length: 2\r\n\r\n[]");
  EXPECT_EQ(client.Read().status, 403);
}

TEST(HttpServer, RefusesHugeHeaders) {
  RunningServer running;
  TestClient client(running.port());
  client.Send(Get("/", "X-Fill: " + std::string(20'000, 'a') + "\r\n"));
  EXPECT_EQ(client.Read().status, 431);
}

TEST(HttpServer, RefusesHugeBodiesWithoutReadingThem) {
  ServeOptions options = TestOptions();
  options.max_batch_bytes = 1000;
  RunningServer running(options);
  {
    TestClient client(running.port());
    client.Send(
        "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n");
    EXPECT_EQ(client.Read().status, 413);
  }
  {
    // It keeps sending while the answer is on its way: it must still get it.
    TestClient client(running.port());
    client.Send(
        "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n");
    client.Send(std::string(3'000'000, 'x'));
    EXPECT_EQ(client.Read().status, 413);
  }
  {
    TestClient client(running.port());
    client.Send(
        "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
        "chunked\r\n\r\n7d0\r\n" +
        std::string(2000, ' ') + "\r\n0\r\n\r\n");
    EXPECT_EQ(client.Read().status, 413);
  }
  {
    TestClient client(running.port());
    client.Send("GET /api/v1/items HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_EQ(client.Read().status, 413);
  }
}

TEST(HttpServer, TakesChunkedBodiesAndExpectations) {
  RunningServer running;
  TestClient client(running.port());
  client.Send(
      "POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
      "chunked\r\n\r\n8\r\n[{\"id\":\"\r\n4\r\nc\"}]\r\n0\r\n\r\n");
  EXPECT_EQ(client.Read().status, 200);
  client.Send(
      "POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\nExpect: "
      "100-continue\r\n\r\n");
  EXPECT_THAT(client.Read().head, StartsWith("HTTP/1.1 100 Continue"));
  client.Send(R"([{"id":"d"}])");
  EXPECT_EQ(client.Read().status, 200);
  client.Send(Get("/api/v1/users/c") + Get("/api/v1/users/d"));
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(client.Read().status, 200);
}

TEST(HttpServer, GivesUpOnSlowClients) {
  ServeOptions options = TestOptions();
  options.header_timeout = milliseconds(100);
  options.body_timeout = milliseconds(100);
  options.idle_timeout = milliseconds(200);
  RunningServer running(options);
  TestClient header(running.port());
  header.Send("GET / HTTP/1.1\r\nHost: loc");
  EXPECT_TRUE(header.Ended());
  TestClient body(running.port());
  body.Send("POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n[");
  EXPECT_TRUE(body.Ended());
  TestClient idle(running.port());
  EXPECT_TRUE(idle.Ended());
  EXPECT_TRUE(running.Alive());
}

TEST(HttpServer, DripsDoNotExtendTheTimeForAHeader) {
  ServeOptions options = TestOptions();
  options.header_timeout = milliseconds(300);
  RunningServer running(options);
  TestClient client(running.port());
  client.Send("GET / HTTP/1.1\r\n");
  bool cut = false;
  for (int i = 0; i < 400 && !cut; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
    cut = !client.Send("X-A: b\r\n");
  }
  EXPECT_TRUE(cut);
}

TEST(HttpServer, MakesRoomByClosingIdleConnections) {
  ServeOptions options = TestOptions();
  options.threads = 1;
  options.max_connections = 2;
  RunningServer running(options);
  std::vector<std::unique_ptr<TestClient>> idle;
  for (int i = 0; i < 6; ++i) idle.push_back(std::make_unique<TestClient>(running.port()));
  TestClient client(running.port());
  client.Send(Get("/api/v1/health/live"));
  EXPECT_EQ(client.Read().status, 200);
}

TEST(HttpServer, SendsFilesWholeAndInParts) {
  RunningServer running;
  std::string bytes = "fLaC";
  Random random(7);
  for (int i = 0; i < 1'000'000; ++i) bytes.push_back(static_cast<char>(random.Below(256)));
  const std::string hash = running.test().workspace().media().AddBytes(bytes).value();
  TestClient client(running.port());
  client.Send(Get("/api/v1/media/" + hash));
  std::this_thread::sleep_for(milliseconds(50));
  const auto whole = client.Read();
  EXPECT_EQ(whole.status, 200);
  EXPECT_THAT(whole.head, HasSubstr("Content-Type: audio/flac"));
  EXPECT_TRUE(whole.body == bytes);
  client.Send(Get("/api/v1/media/" + hash, "Range: bytes=300000-900000\r\n"));
  const auto part = client.Read();
  EXPECT_EQ(part.status, 206);
  EXPECT_TRUE(part.body == bytes.substr(300'000, 600'001));
}

std::string Ask(std::string_view question, std::string_view version = "1.1") {
  const std::string body = R"({"question":")" + std::string(question) + R"("})";
  return "POST /api/v1/ask HTTP/" + std::string(version) +
         "\r\nHost: localhost\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n" +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(HttpServer, SendsAnAnswerWhileItIsMade) {
  RunningServer running;
  TestClient client(running.port());
  // The connection is of use for what follows.
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(client.Send(Ask("is Alien a horror film?")));
    const Reply reply = client.Read();
    EXPECT_EQ(reply.status, 200);
    EXPECT_THAT(reply.head, HasSubstr("text/event-stream"));
    const auto chunks = client.Chunks();
    ASSERT_GE(chunks.size(), 3U);
    EXPECT_THAT(chunks.front(), StartsWith("event: text\ndata: {\"text\":"));
    EXPECT_THAT(chunks[chunks.size() - 2], StartsWith("event: answer\ndata: {"));
    EXPECT_EQ(chunks.back(), "");
  }
  // What is wrong is known before the first event.
  ASSERT_TRUE(client.Send(Ask(" ")));
  EXPECT_EQ(client.Read().status, 400);
  TestClient old(running.port());
  ASSERT_TRUE(old.Send(Ask("is Alien a horror film?", "1.0")));
  const Reply whole = old.Read();
  EXPECT_THAT(whole.head, HasSubstr("Content-Length: "));
  EXPECT_THAT(whole.body, HasSubstr("event: answer\n"));
}

TEST(HttpServer, SurvivesReadersThatGoAway) {
  RunningServer running;
  for (int i = 0; i < 50; ++i) {
    TestClient client(running.port());
    ASSERT_TRUE(client.Send(Ask("is Alien a horror film?")));
    if (i % 2 == 0) client.Read();
  }
  EXPECT_TRUE(running.Alive());
  running.server().Stop();
}

TEST(HttpServer, ServesManyClientsAtOnce) {
  RunningServer running;
  std::atomic<int> good{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&running, &good, c] {
      TestClient client(running.port());
      for (int i = 0; i < 25; ++i) {
        const std::string user = "u" + std::to_string(c);
        client.Send(Post("/api/v1/events",
                         R"([{"user":")" + user + R"(","item":"film/1","type":"browse","value":)" +
                             std::to_string(i) + R"(,"time":)" + std::to_string(1'700'000'000 + i) +
                             "}]"));
        const bool added = client.Read().body.find("\"added\":1") != std::string::npos;
        client.Send(Get("/api/v1/users/" + user + "/recommendations?n=2"));
        if (added && client.Read().status == 200) ++good;
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(good.load(), 200);
  EXPECT_EQ(running.test().workspace().store().Counts()->events, 200U);
}

TEST(HttpServer, SurvivesNoise) {
  RunningServer running;
  Random random(11);
  const std::string valid =
      Post("/api/v1/events", R"([{"user":"a","item":"film/1","type":"like"}])");
  for (int i = 0; i < 150; ++i) {
    std::string bytes = valid;
    for (int change = 0; change < 3; ++change)
      bytes[random.Below(bytes.size())] = static_cast<char>(random.Below(256));
    if (i % 3 == 0) bytes.resize(random.Below(bytes.size()));
    TestClient client(running.port());
    client.Send(bytes);
    client.HalfClose();
    EXPECT_TRUE(client.Ended());
  }
  EXPECT_TRUE(running.Alive());
}

TEST(HttpServer, FinishesWhatIsInFlightWhenItStops) {
  RunningServer running;
  TestClient idle(running.port());
  idle.Send(Get("/api/v1/health/live"));
  ASSERT_EQ(idle.Read().status, 200);
  TestClient busy(running.port());
  const std::string request = Post("/api/v1/users", R"([{"id":"late"}])");
  busy.Send(request.substr(0, request.size() - 3));
  std::this_thread::sleep_for(milliseconds(50));  // let the server see the part
  std::thread stopper([&running] { running.server().Stop(); });
  EXPECT_TRUE(idle.Ended());
  busy.Send(request.substr(request.size() - 3));
  const auto reply = busy.Read();
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.head, HasSubstr("Connection: close"));
  EXPECT_TRUE(busy.Ended());
  stopper.join();
  EXPECT_TRUE(running.test().workspace().store().GetUser("late"));
  const TestClient refused(running.port());
  EXPECT_FALSE(refused.connected());
}

TEST(HttpServer, StopsInTimeWhateverClientsDo) {
  ServeOptions options = TestOptions();
  options.drain_timeout = milliseconds(100);
  RunningServer running(options);
  TestClient stuck(running.port());
  stuck.Send("POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n[");
  std::this_thread::sleep_for(milliseconds(50));
  running.server().Stop();
  EXPECT_TRUE(stuck.Ended());
}

TEST(HttpServer, SaysWhenThePortIsTaken) {
  RunningServer running;
  ServeOptions options = TestOptions();
  options.port = running.port();
  const auto second = HttpServer::Listen(running.test().application(), options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("--port"));
  options.host = "no-such-host";
  EXPECT_EQ(HttpServer::Listen(running.test().application(), options).error().code,
            ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace medley::serving
