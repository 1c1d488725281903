#include "medley/pipeline/attributes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "medley/data/catalogue.h"
#include "medley/recommenders/recommender.h"

namespace medley::pipeline {
namespace {

std::vector<std::string> TokensOf(const data::Item& item) {
  recommenders::ItemFeatures features;
  BuildAttributes({item}, features);
  std::vector<std::string> names;
  for (const auto token : features.attributes[0]) names.push_back(features.attribute_names[token]);
  return names;
}

TEST(Attributes, AreWhatItemsShareByName) {
  data::Item item;
  item.kind = "film";
  item.language = "en";
  item.categories = {"Comedy", "Drama"};
  item.tags = {"noir"};
  item.attributes = {
      {"director", "A B"}, {"actors", {"C", "D"}}, {"year", 1995}, {"price", 40.0}, {"hd", true}};
  EXPECT_THAT(TokensOf(item),
              testing::UnorderedElementsAre("kind=film",
                                            "language=en",
                                            "category=Comedy",
                                            "category=Drama",
                                            "tag=noir",
                                            "director=A B",
                                            "actors=C",
                                            "actors=D",
                                            "year=1995",
                                            "decade=1990s",
                                            "price=32+",
                                            "hd=true"));
}

TEST(Attributes, LeaveOutWhatIsNoAttribute) {
  data::Item item;
  item.attributes = {{"simulated", true},
                     {"score", 3.5},
                     {"plot", std::string(200, 'x')},
                     {"year", 99999},
                     {"nested", {{"a", 1}}},
                     {"off", false},
                     {"empty", ""},
                     {"price", 0.2}};
  EXPECT_TRUE(TokensOf(item).empty());
}

TEST(Attributes, CountEachOnce) {
  data::Item item;
  item.categories = {"Comedy", "Comedy"};
  EXPECT_EQ(TokensOf(item).size(), 1U);
}

}  // namespace
}  // namespace medley::pipeline
