#include "medley/understanding/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "medley/core/ids.h"
#include "medley/data/catalogue.h"
#include "medley/data/interactions.h"
#include "medley/encoders/text/pack_analyser.h"
#include "medley/graph/knowledge_builder.h"
#include "medley/text/corpus.h"
#include "medley/understanding/digest.h"

namespace medley::understanding {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Forty films: every fourth is a western by Ana Lind, every fifth a horror.
std::vector<data::Item> Films() {
  std::vector<data::Item> films(40);
  for (std::size_t i = 0; i < films.size(); ++i) {
    films[i].id = std::to_string(i);
    films[i].kind = "film";
    films[i].title = "Film " + std::to_string(i);
    films[i].categories = {i % 4 == 0 ? "Western" : i % 5 == 0 ? "Horror" : "Drama"};
    films[i].attributes = {{"director", i % 4 == 0 ? "Ana Lind" : "Max " + std::to_string(i)},
                           {"year", i % 4 == 0 ? 1984 : 1995}};
  }
  return films;
}

class Profiles : public ::testing::Test {
 protected:
  Profiles()
      : films_(Films()),
        knowledge_(graph::KnowledgeGraphBuilder(films_, std::vector<std::uint8_t>(films_.size(), 1))
                       .Build()) {
    std::vector<data::Interactions::Row> rows;
    for (ItemIndex item = 0; item < films_.size(); ++item) {
      for (const UserIndex everyone : {1U, 3U, 4U, 5U, 6U})
        rows.push_back({everyone, {item, 1, 0}});
      // The first user liked all westerns and disliked all horror.
      if (item % 4 == 0) rows.push_back({0, {item, 1, 0}});
      if (item % 4 != 0 && item % 5 == 0) rows.push_back({0, {item, 0.2F, 0}});
    }
    everyone_ = data::Interactions(7, films_.size(), rows);
  }
  Profile Of(UserIndex user) const { return ProfileMaker(*knowledge_, everyone_).Make(user); }

  std::vector<data::Item> films_;
  std::shared_ptr<const graph::KnowledgeGraph> knowledge_;
  data::Interactions everyone_;
};

TEST_F(Profiles, SayWhatIsLikedMoreThanByOthersAndWhatIsDisliked) {
  const auto profile = Of(0);
  EXPECT_EQ(profile.n_liked, 10U);
  ASSERT_FALSE(profile.likes.empty());
  ASSERT_FALSE(profile.dislikes.empty());
  const auto english = ProfileSentence(profile, "en");
  EXPECT_THAT(english, HasSubstr("Western"));
  EXPECT_THAT(english, HasSubstr("Ana Lind (director)"));
  EXPECT_THAT(english.substr(english.find("dislikes")), HasSubstr("Horror"));
  EXPECT_THAT(ProfileSentence(profile, "zh"), HasSubstr("Ana Lind（导演）"));
  EXPECT_GT(profile.likes.front().lift, 1.5);
}

TEST_F(Profiles, SayNothingOfWhoIsLikeEveryoneOrDidNothing) {
  EXPECT_THAT(Of(1).likes, IsEmpty());
  EXPECT_THAT(Of(2).likes, IsEmpty());
  EXPECT_EQ(ProfileSentence(Of(2), "en"), "No particular taste shows yet.");
}

TEST_F(Profiles, SurviveJson) {
  const auto profile = Of(0);
  EXPECT_EQ(ToJson(ProfileFromJson(ToJson(profile))), ToJson(profile));
}

TEST_F(Profiles, HoldAModelsWordsToWhatTheySay) {
  const auto profile = Of(0);
  std::string all = "You like ";
  for (const auto& taste : profile.likes) all += taste.name + " and ";
  for (const auto& taste : profile.dislikes) all += "not " + taste.name + " ";
  EXPECT_TRUE(SaysProfile(profile, all));
  EXPECT_FALSE(SaysProfile(profile, "You like films."));
  EXPECT_FALSE(SaysProfile(profile, all + "or Steven Spielberg"));
  EXPECT_FALSE(SaysProfile(profile, all + "at 9"));
}

TEST(Digest, TakesTheSentencesThatSayMost) {
  const auto analyser = encoders::OpenPackAnalyser();
  if (!analyser) GTEST_SKIP() << "no words in the model pack";
  const std::string text =
      "A detective hunts a murderer in the harbour. The weather is nice. The murderer leaves the "
      "detective a letter in the harbour. Somebody laughs.";
  const auto digest =
      MakeDigest(text, *analyser, text::Corpus(), {.keywords = 3, .summary_bytes = 110});
  EXPECT_EQ(digest.keywords.size(), 3U);
  EXPECT_THAT(digest.summary, HasSubstr("A detective hunts"));
  EXPECT_THAT(digest.summary, HasSubstr("leaves the detective"));
  EXPECT_THAT(digest.summary, Not(HasSubstr("weather")));
  EXPECT_EQ(MakeDigest("短文。", *analyser, text::Corpus()).summary, "短文。");
  EXPECT_EQ(MakeDigest("", *analyser, text::Corpus()).summary, "");
}

}  // namespace
}  // namespace medley::understanding
