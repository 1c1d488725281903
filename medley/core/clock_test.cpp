#include "medley/core/clock.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>

#include "medley/core/random.h"

namespace medley {
namespace {

TEST(ParseTime, TellsUnitsApartBySize) {
  EXPECT_EQ(ParseTime("881250949"), 881250949000);
  EXPECT_EQ(ParseTime("881250949.5"), 881250949500);
  EXPECT_EQ(ParseTime("1700000000000"), 1700000000000);
  EXPECT_EQ(ParseTime("1700000000000000"), 1700000000000);
  EXPECT_EQ(ParseTime("1700000000000000000"), 1700000000000);
  EXPECT_EQ(ParseTime("0"), 0);
}

TEST(ParseTime, ReadsIsoDatesAndZones) {
  EXPECT_EQ(ParseTime("1970-01-02"), kDayMs);
  EXPECT_EQ(ParseTime("1970-01-01T00:00:01.250Z"), 1250);
  EXPECT_EQ(ParseTime("1970-01-01 08:00:00+08:00"), 0);
  EXPECT_EQ(ParseTime("1970-01-01T00:00:00-0130"), 90 * 60 * 1000);
  EXPECT_EQ(ParseTime("1970/01/01 08:00", 480), 0);
}

TEST(ParseTime, RefusesWhatIsNoTime) {
  for (const std::string_view text : {"",
                                      " ",
                                      "soon",
                                      "2023-02-30",
                                      "2023-13-01",
                                      "2023-01-01T25:00",
                                      "12:30",
                                      "nan",
                                      "1e40",
                                      "2023-01-01T10:00:00+99:00",
                                      "-",
                                      "2023-01-01x",
                                      "--1-01-01"}) {
    EXPECT_EQ(ParseTime(text), std::nullopt) << text;
  }
}

TEST(FormatTime, IsReadBackAlike) {
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    const auto time = static_cast<TimeMs>(random.Below(4'000'000'000'000ULL));
    EXPECT_EQ(ParseTime(FormatTime(time)), time) << FormatTime(time);
  }
  EXPECT_EQ(FormatTime(0), "1970-01-01T00:00:00.000Z");
}

}  // namespace
}  // namespace medley
