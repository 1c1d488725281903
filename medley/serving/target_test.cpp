#include "medley/serving/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"

namespace medley::serving {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(PercentDecode, ReadsEscapesAndUtf8) {
  EXPECT_EQ(PercentDecode("caf%C3%A9%2F%e4%bd%a0", false).value(), "café/你");
  EXPECT_EQ(PercentDecode("a+b", true).value(), "a b");
  EXPECT_EQ(PercentDecode("a+b", false).value(), "a+b");
  EXPECT_EQ(PercentDecode("", true).value(), "");
  EXPECT_EQ(PercentDecode("%41", false).value(), "A");
}

TEST(PercentDecode, RefusesBrokenEscapesControlsAndBadUtf8) {
  for (const std::string_view bad : {"%",
                                     "%4",
                                     "%4x",
                                     "a%",
                                     "%00",
                                     "%0A",
                                     "%7f",
                                     "%ff",
                                     "%c3",
                                     "%c3%28",
                                     "%c0%af",
                                     "%ed%a0%80",
                                     "%f4%90%80%80",
                                     "%e4%bd"}) {
    const auto decoded = PercentDecode(bad, false);
    ASSERT_FALSE(decoded) << bad;
    EXPECT_EQ(decoded.error().code, ErrorCode::kInvalidInput);
  }
  EXPECT_FALSE(PercentDecode("\x80", false));
}

TEST(Query, ReadsTypedValues) {
  const auto query =
      Query::Parse("n=25&q=red+shoe%21&explain=false&min_price=1.5&exclude=a,,b%2Cc&empty=&flag")
          .value();
  EXPECT_EQ(query.Count("n", 10, 1, 1000).value(), 25U);
  EXPECT_EQ(query.Count("absent", 10, 1, 1000).value(), 10U);
  EXPECT_EQ(query.Text("q"), "red shoe!");
  EXPECT_FALSE(query.Flag("explain", true).value());
  EXPECT_TRUE(query.Flag("absent", true).value());
  EXPECT_EQ(query.Real("min_price").value(), 1.5);
  EXPECT_FALSE(query.Real("absent").value().has_value());
  EXPECT_THAT(query.List("exclude"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(query.List("absent"), IsEmpty());
  EXPECT_EQ(query.Text("empty"), "");
  EXPECT_NE(query.Find("flag"), nullptr);
}

TEST(Query, NamesTheParameterThatIsWrong) {
  for (const std::string_view text :
       {"n=0", "n=1001", "n=-1", "n=1.5", "n=ten", "n=", "n=99999999999999999999"}) {
    const auto count = Query::Parse(text).value().Count("n", 10, 1, 1000);
    ASSERT_FALSE(count) << text;
    EXPECT_THAT(count.error().message, HasSubstr("'n'"));
  }
  EXPECT_FALSE(Query::Parse("explain=yes").value().Flag("explain", true));
  for (const std::string_view text : {"p=nan", "p=inf", "p=1e999", "p=1x", "p="}) {
    EXPECT_FALSE(Query::Parse(text).value().Real("p")) << text;
  }
}

TEST(Query, RefusesUnknownAndRepeatedParameters) {
  constexpr std::array<std::string_view, 2> kKnown = {"n", "locale"};
  EXPECT_TRUE(Query::Parse("n=1&locale=en").value().CheckKnown(kKnown));
  const auto unknown = Query::Parse("n=1&lokale=en").value().CheckKnown(kKnown);
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("'lokale'"));
  EXPECT_THAT(unknown.error().message, HasSubstr("n, locale"));
  EXPECT_FALSE(Query::Parse("n=1&n=2"));
  std::string many;
  for (int i = 0; i < 65; ++i) many += "p" + std::to_string(i) + "=1&";
  EXPECT_FALSE(Query::Parse(many));
  EXPECT_TRUE(Query::Parse("&&n=1&"));
}

TEST(Target, SplitsBeforeItDecodes) {
  const auto target = Target::Parse("/api/v1/items/a%2Fb/similar?n=3").value();
  EXPECT_THAT(target.segments, ElementsAre("api", "v1", "items", "a/b", "similar"));
  EXPECT_EQ(target.query, "n=3");
  EXPECT_EQ(target.path, "/api/v1/items/a%2Fb/similar");
}

TEST(Target, KeepsEmptyParts) {
  EXPECT_THAT(Target::Parse("/").value().segments, IsEmpty());
  EXPECT_THAT(Target::Parse("/a/").value().segments, ElementsAre("a", ""));
  EXPECT_THAT(Target::Parse("/a//b").value().segments, ElementsAre("a", "", "b"));
  EXPECT_THAT(Target::Parse("/?a=b?c").value().query, "a=b?c");
}

TEST(Target, RefusesWhatIsNoPath) {
  std::string deep;
  for (int i = 0; i < 20; ++i) deep += "/a";
  const std::vector<std::string> bad = {
      "", "*", "http://x/", "a", "/../etc", "/a/%2e%2e/b", "/%00", "/%zz", deep};
  for (const auto& text : bad) EXPECT_FALSE(Target::Parse(text)) << text;
}

}  // namespace
}  // namespace medley::serving
