#include "medley/encoders/network_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace medley::encoders {
namespace {

using ::testing::ElementsAre;

TEST(ParseShapes, ReadsNamesAndSizes) {
  const auto shapes = ParseShapes("input=1x576  state=2x?x128");
  ASSERT_TRUE(shapes);
  EXPECT_THAT(shapes->at("input"), ElementsAre(1, 576));
  EXPECT_THAT(shapes->at("state"), ElementsAre(2, -1, 128));
  EXPECT_TRUE(ParseShapes("")->empty());
}

TEST(ParseShapes, RefusesWhatIsNoShape) {
  for (const char* text : {"input",
                           "=1x2",
                           "input=",
                           "input=1x",
                           "input=axb",
                           "input=0x3",
                           "input=-4",
                           "a=1x2,b=3",
                           "a=99999999999",
                           "a=1x1x1x1x1x1x1x1x1"}) {
    EXPECT_FALSE(ParseShapes(text)) << text;
  }
}

TEST(ParseThree, ReadsOneNumberForAllOrThree) {
  EXPECT_THAT(ParseThree("mean", "127.5").value(), ElementsAre(127.5F, 127.5F, 127.5F));
  EXPECT_THAT(ParseThree("mean", "1, 2,3").value(), ElementsAre(1.0F, 2.0F, 3.0F));
  for (const char* text : {"", "1,2", "1,2,3,4", "a", "1,,3", "nan", "inf"})
    EXPECT_FALSE(ParseThree("mean", text)) << text;
}

}  // namespace
}  // namespace medley::encoders
