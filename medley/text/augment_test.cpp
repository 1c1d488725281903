#include "medley/text/augment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>

#include "medley/core/random.h"

namespace medley::text {
namespace {

TEST(DropWords, KeepsOrderAndAtLeastOneWord) {
  const std::string text = "one two  three four five";
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto dropped = DropWords(text, 0.5, Random(seed));
    EXPECT_EQ(dropped, DropWords(text, 0.5, Random(seed)));
    EXPECT_FALSE(dropped.empty());
    EXPECT_NE(dropped.front(), ' ');
    std::size_t at = 0;
    for (const std::string word : {"one", "two", "three", "four", "five"}) {
      const auto found = dropped.find(word);
      if (found == std::string::npos) continue;
      EXPECT_GE(found, at) << dropped;
      at = found;
    }
    seen.insert(dropped);
  }
  EXPECT_GT(seen.size(), 20U);
  EXPECT_EQ(DropWords(text, 0, Random(1)), text);
  const auto last = DropWords(text, 1, Random(1));
  EXPECT_EQ(last.find(' '), std::string::npos);
}

TEST(DropWords, TakesChineseByItsCharacters) {
  const std::string text = "很好的酒店abc房间";
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto dropped = DropWords(text, 0.3, Random(seed));
    const auto latin = dropped.find("abc") == std::string::npos ? 0U : 3U;
    EXPECT_EQ((dropped.size() - latin) % 3, 0U) << dropped;
    sizes.insert(dropped.size());
  }
  EXPECT_GT(sizes.size(), 5U);
}

TEST(CropWords, IsARunOfTheText) {
  const std::string text = "a b c d e f g h i j";
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto cropped = CropWords(text, 0.5, Random(seed));
    EXPECT_EQ(cropped, CropWords(text, 0.5, Random(seed)));
    EXPECT_NE(text.find(cropped), std::string::npos) << cropped;
    EXPECT_GE(cropped.size(), 9U);
    seen.insert(cropped);
  }
  EXPECT_TRUE(seen.contains(text));
  EXPECT_GT(seen.size(), 10U);
}

TEST(AugmentText, LeavesWhatHasNoWords) {
  for (const std::string text : {"", "   ", "\n"}) {
    EXPECT_EQ(DropWords(text, 0.5, Random(1)), text);
    EXPECT_EQ(CropWords(text, 0.5, Random(1)), text);
  }
  EXPECT_EQ(DropWords("\xff\xfe", 0.5, Random(1)), "\xff\xfe");
}

}  // namespace
}  // namespace medley::text
