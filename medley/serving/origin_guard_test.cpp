#include "medley/serving/origin_guard.h"

#include <gtest/gtest.h>

#include <string_view>

namespace medley::serving {
namespace {

TEST(HostName, DropsThePort) {
  EXPECT_EQ(HostName("LocalHost:8080"), "localhost");
  EXPECT_EQ(HostName("[::1]:80"), "[::1]");
  EXPECT_EQ(HostName("[::1]"), "[::1]");
  EXPECT_EQ(HostName("shop.example."), "shop.example");
  EXPECT_EQ(HostName("127.0.0.1:"), "127.0.0.1");
}

TEST(HostName, RefusesWhatIsNoHost) {
  for (const std::string_view bad : {"",
                                     ":80",
                                     "a:b",
                                     "[::1",
                                     "localhost:80:90",
                                     "localhost:123456",
                                     "user@localhost",
                                     "localhost/x",
                                     "localhost, evil"}) {
    const OriginGuard guard({}, {});
    EXPECT_FALSE(guard.HostAllowed(bad)) << bad;
  }
}

TEST(OriginGuard, AnswersToItsOwnNamesOnly) {
  const OriginGuard guard({"Shop.Example:8080", "10.0.0.7"}, {});
  for (const std::string_view good : {"localhost",
                                      "localhost:8080",
                                      "127.0.0.1:1",
                                      "[::1]:8080",
                                      "shop.example",
                                      "shop.example:443",
                                      "10.0.0.7"}) {
    EXPECT_TRUE(guard.HostAllowed(good)) << good;
  }
  for (const std::string_view bad : {"evil.example",
                                     "localhost.evil.example",
                                     "127.0.0.1.evil.example",
                                     "evil.example:8080",
                                     "0.0.0.0",
                                     "127.0.0.2"}) {
    EXPECT_FALSE(guard.HostAllowed(bad)) << bad;
  }
}

TEST(OriginGuard, TakesChangesFromItsOwnPagesOnly) {
  const OriginGuard guard({}, {"https://Admin.example"});
  EXPECT_TRUE(guard.OriginAllowed("", "localhost:8080"));
  EXPECT_TRUE(guard.OriginAllowed("http://localhost:8080", "localhost:8080"));
  EXPECT_TRUE(guard.OriginAllowed("https://admin.example", "localhost:8080"));
  for (const std::string_view bad : {"http://localhost:3000",
                                     "http://evil.example",
                                     "null",
                                     "http://localhost:8080.evil.example",
                                     "http://127.0.0.1:8080",
                                     "localhost:8080"}) {
    EXPECT_FALSE(guard.OriginAllowed(bad, "localhost:8080")) << bad;
  }
}

}  // namespace
}  // namespace medley::serving
