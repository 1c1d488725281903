#include "medley/inference/utf8.h"

#include <gtest/gtest.h>

namespace medley::inference {
namespace {

TEST(ReplaceBadUtf8, KeepsGoodTextAsItIs) {
  for (const char* text : {"", "plain", "é", "这部电影", "\xf0\x9f\x8e\xac film", "\xef\xbf\xbd"}) {
    EXPECT_EQ(ReplaceBadUtf8(text), text);
  }
}

TEST(ReplaceBadUtf8, ReplacesEachBrokenSequenceOnce) {
  EXPECT_EQ(ReplaceBadUtf8("a\x80z"), "a\xef\xbf\xbdz");
  EXPECT_EQ(ReplaceBadUtf8("\xe8\xbf"), "\xef\xbf\xbd");                              // cut
  EXPECT_EQ(ReplaceBadUtf8("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");                  // overlong
  EXPECT_EQ(ReplaceBadUtf8("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // surrogate
  EXPECT_EQ(ReplaceBadUtf8("\xff!"), "\xef\xbf\xbd!");
}

TEST(WholeCharacters, DropsOnlyACutLastCharacter) {
  EXPECT_EQ(WholeCharacters("ab\xe8\xbf"), "ab");
  EXPECT_EQ(WholeCharacters("ab\xe8\xbf\x99"), "ab\xe8\xbf\x99");
  EXPECT_EQ(WholeCharacters("\xf0\x9f\x8e"), "");
  EXPECT_EQ(WholeCharacters("x\xf0"), "x");
  EXPECT_EQ(WholeCharacters(""), "");
  EXPECT_EQ(WholeCharacters("abc"), "abc");
}

}  // namespace
}  // namespace medley::inference
