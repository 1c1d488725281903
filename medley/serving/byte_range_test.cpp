#include "medley/serving/byte_range.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace medley::serving {
namespace {

using Kind = ByteRange::Kind;

void ExpectPart(std::string_view header,
                std::uint64_t size,
                std::uint64_t offset,
                std::uint64_t length) {
  const ByteRange range = ParseByteRange(header, size);
  EXPECT_EQ(range.kind, Kind::kPart) << header;
  EXPECT_EQ(range.offset, offset) << header;
  EXPECT_EQ(range.length, length) << header;
}

TEST(ByteRange, ReadsOneRange) {
  ExpectPart("bytes=0-0", 10, 0, 1);
  ExpectPart("bytes=2-5", 10, 2, 4);
  ExpectPart("bytes=2-", 10, 2, 8);
  ExpectPart("bytes=-3", 10, 7, 3);
  ExpectPart("bytes=-99", 10, 0, 10);
  ExpectPart("bytes=5-999999999999999999999999", 10, 5, 5);
  ExpectPart("bytes= 2 - 5 ", 10, 2, 4);
}

TEST(ByteRange, TellsWhatLiesOutside) {
  for (const std::string_view header :
       {"bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999-"}) {
    EXPECT_EQ(ParseByteRange(header, 10).kind, Kind::kUnsatisfiable) << header;
  }
  EXPECT_EQ(ParseByteRange("bytes=0-", 0).kind, Kind::kUnsatisfiable);
  EXPECT_EQ(ParseByteRange("bytes=-5", 0).kind, Kind::kUnsatisfiable);
}

TEST(ByteRange, SendsAllWhereTheHeaderMakesNoSense) {
  for (const std::string_view header : {"",
                                        "bytes",
                                        "bytes=",
                                        "bytes=-",
                                        "bytes=a-b",
                                        "bytes=5-2",
                                        "bytes=0-1,4-5",
                                        "items=0-1",
                                        "bytes=0x1-2",
                                        "bytes=+1-2",
                                        "bytes=1--2"}) {
    const ByteRange range = ParseByteRange(header, 10);
    EXPECT_EQ(range.kind, Kind::kWhole) << header;
    EXPECT_EQ(range.length, 10U) << header;
  }
}

TEST(ByteRange, NeverReachesPastTheEnd) {
  for (std::uint64_t size = 0; size < 6; ++size) {
    for (int first = -1; first < 8; ++first) {
      for (int last = -1; last < 8; ++last) {
        const std::string header = "bytes=" + (first < 0 ? "" : std::to_string(first)) + "-" +
                                   (last < 0 ? "" : std::to_string(last));
        const ByteRange range = ParseByteRange(header, size);
        EXPECT_LE(range.offset + range.length, size) << header << " of " << size;
        if (range.kind != Kind::kPart) continue;
        EXPECT_GT(range.length, 0U) << header;
      }
    }
  }
}

}  // namespace
}  // namespace medley::serving
