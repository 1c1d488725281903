#include "medley/explain/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "medley/explain/claims_checker.h"
#include "medley/explain/phrases.h"

namespace medley::explain {
namespace {

using Kind = recommenders::Evidence::Kind;
using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

Fact Past(std::string title, std::string action = "") {
  return {.kind = Kind::kPastItem, .item_id = "id-" + title, .item_title = title, .action = action};
}
Fact Similar(std::string title, std::string space, std::string action = "") {
  return {.kind = Kind::kSimilar,
          .item_id = "id-" + title,
          .item_title = title,
          .action = action,
          .space = space};
}
Fact Attribute(std::string attribute, std::string value, double count) {
  return {.kind = Kind::kAttribute, .attribute = attribute, .value = value, .count = count};
}
Fact Shared(std::string attribute, std::string value, std::string title, std::string action) {
  return {.kind = Kind::kAttribute,
          .item_id = "id-" + title,
          .item_title = title,
          .action = action,
          .attribute = attribute,
          .value = value,
          .count = 2};
}
Fact Popularity(double count) { return {.kind = Kind::kPopularity, .count = count}; }
Fact Newness() { return {.kind = Kind::kNew, .count = 3}; }

std::vector<std::vector<Fact>> ManyCases() {
  std::vector<Fact> facts = {Past("Alien", "watch"),
                             Past("Blue Train", "listen"),
                             Past("雨夜", "purchase"),
                             Past("Plain"),
                             Attribute("category", "Comedy", 5),
                             Attribute("director", "Ridley Scott", 1),
                             Attribute("year", "1990s", 12),
                             Attribute("mood", "calm", 3),
                             Attribute("tag", "slow cooking", 0),
                             Shared("director", "Ridley Scott", "Alien", "watch"),
                             Shared("mood", "calm", "雨夜", "purchase"),
                             Shared("actor", "Tom Hanks", "Plain", ""),
                             Popularity(1),
                             Popularity(12345),
                             Newness()};
  for (const auto* space : {"text", "image", "audio", "video", "fused"})
    facts.push_back(Similar("Alien", space, "watch"));
  std::vector<std::vector<Fact>> cases = {{}};
  for (const auto& first : facts) {
    cases.push_back({first});
    for (const auto& second : facts) cases.push_back({first, second});
  }
  return cases;
}

TEST(TemplateSentence, SaysOnlyWhatTheFactsCover) {
  for (const auto& facts : ManyCases()) {
    const ClaimsChecker checker("Aliens", facts);
    for (const auto language : {Language::kEnglish, Language::kChinese}) {
      for (const auto& sentence : Sentences("Aliens", SayableFacts(facts), language)) {
        EXPECT_EQ(checker.Uncovered(sentence), "") << sentence;
        EXPECT_THAT(sentence, AnyOf(EndsWith("."), EndsWith("。")));
        EXPECT_THAT(sentence, Not(HasSubstr("  ")));
      }
    }
  }
}

TEST(TemplateSentence, SaysThePathThroughWhatIsKnown) {
  const std::vector<Fact> facts = {Shared("director", "Ridley Scott", "Alien", "watch")};
  EXPECT_EQ(Sentences("Gladiator", facts, Language::kEnglish)[0],
            "Because you watched “Alien”, also directed by Ridley Scott.");
  EXPECT_EQ(Sentences("Gladiator", facts, Language::kChinese)[0],
            "因为它和你看过的《Alien》一样由Ridley Scott执导。");
  // Of what was asked about nobody did anything.
  EXPECT_EQ(
      Sentences("Gladiator", {Shared("actor", "Tom Hanks", "Big", "none")}, Language::kEnglish)[0],
      "Because it is one with Tom Hanks, like “Big”.");
  // A value is said once, whichever item shares it.
  EXPECT_THAT(SayableFacts({facts[0], Attribute("director", "Ridley Scott", 3)}), SizeIs(1));
}

TEST(ClaimsChecker, SeesWhatIsNotCovered) {
  const ClaimsChecker checker("Aliens", {Past("Alien", "watch"), Popularity(12)});
  EXPECT_EQ(checker.Uncovered("Because you watched “Alien”, and 12 people chose it."), "");
  EXPECT_NE(checker.Uncovered("Because you watched “Heat”."), "");
  EXPECT_NE(checker.Uncovered("Because you bought “Alien”."), "");
  EXPECT_NE(checker.Uncovered("13 people chose this."), "");
  EXPECT_NE(checker.Uncovered("This sounds like “Alien”."), "");
  EXPECT_NE(checker.Uncovered("因为你买过《Alien》。"), "");
  EXPECT_NE(checker.Uncovered("Because you watched “Alien"), "");
}

TEST(TemplateSentence, ClaimsNothingOfTheUserWithoutFacts) {
  for (const auto* locale : {"en", "zh", "fr", ""}) {
    const auto sentence = TemplateSentence("Aliens", {}, locale);
    EXPECT_THAT(sentence, HasSubstr("Aliens"));
    EXPECT_THAT(sentence, Not(AnyOf(HasSubstr("you "), HasSubstr("your"), HasSubstr("你"))));
  }
  EXPECT_EQ(TemplateSentence("\n\t", {}, "en"), "This may be worth a look.");
}

TEST(TemplateSentence, SpeaksTheReadersLanguage) {
  EXPECT_THAT(TemplateSentence("T", {Past("雨夜", "listen")}, "zh-CN"), HasSubstr("听过《雨夜》"));
  EXPECT_THAT(TemplateSentence("T", {Past("雨夜", "listen")}, "zh_Hant"), HasSubstr("《雨夜》"));
  EXPECT_THAT(TemplateSentence("T", {Past("雨夜", "listen")}, "en-GB"),
              HasSubstr("listened to “雨夜”"));
  EXPECT_EQ(LanguageOf("zha"), Language::kEnglish);
}

TEST(TemplateSentence, CountsPeopleAndThingsCorrectly) {
  for (const auto& sentence : Sentences("T", {Popularity(1)}, Language::kEnglish)) {
    EXPECT_THAT(sentence, HasSubstr("1 person"));
  }
  for (const auto& sentence : Sentences("T", {Popularity(1234567)}, Language::kEnglish)) {
    EXPECT_THAT(sentence, HasSubstr("1,234,567 people"));
  }
  EXPECT_THAT(Sentences("T", {Attribute("genre", "Noir", 1)}, Language::kEnglish)[0],
              HasSubstr("another one in “Noir”"));
  EXPECT_THAT(Sentences("T", {Attribute("genre", "Noir", 3)}, Language::kEnglish)[0],
              HasSubstr("3 others in “Noir”"));
}

TEST(SayableFacts, LeavesOutWhatCannotBeSaidOrRepeats) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(
      SayableFacts(
          {Popularity(0), Popularity(nan), Popularity(-4), Past("\n"), Attribute("genre", "", 3)}),
      SizeIs(0));
  EXPECT_THAT(SayableFacts({Popularity(std::numeric_limits<double>::infinity())}), SizeIs(1));
  EXPECT_THAT(SayableFacts({Past("A"), Past("A"), Popularity(3), Popularity(4)}), SizeIs(2));
  EXPECT_THAT(SayableFacts({Past("A"), Past("B"), Popularity(3)}), SizeIs(2));
}

TEST(TemplateSentence, RefersToTheSameItemOnce) {
  for (const auto& sentence : Sentences(
           "T", {Past("Alien", "watch"), Similar("Alien", "image", "watch")}, Language::kEnglish)) {
    EXPECT_EQ(sentence.find("Alien"), sentence.rfind("Alien")) << sentence;
  }
}

TEST(TemplateSentence, IsTheSameForTheSameEvidenceAndVariesBetweenItems) {
  std::set<std::string> seen;
  for (int i = 0; i < 40; ++i) {
    const std::vector<Fact> facts = {Past("Alien", "watch"), Popularity(7)};
    const auto title = "Title " + std::to_string(i);
    EXPECT_EQ(TemplateSentence(title, facts, "en"), TemplateSentence(title, facts, "en"));
    seen.insert(TemplateSentence(title, facts, "en"));
  }
  EXPECT_GE(seen.size(), 3U);
}

TEST(TemplateSentence, TreatsTitlesAsData) {
  for (const std::string& hostile : std::vector<std::string>{"a\nb\r\nc",
                                                             "x\u202Eevil",
                                                             "close” and 9,999 people chose it “",
                                                             "》他买过《",
                                                             "\u2066hidden\u2069",
                                                             std::string("nul\0byte", 8),
                                                             "\xff\xfe broken",
                                                             "tag\U000E0041\U000E0042"}) {
    for (const auto* locale : {"en", "zh"}) {
      const std::vector<Fact> facts = {Past(hostile, "watch")};
      const auto sentence = TemplateSentence("T", facts, locale);
      EXPECT_EQ(ClaimsChecker("T", facts).Uncovered(sentence), "") << sentence;
      for (const auto* bad : {"\n", "\r", "\u202E", "\u2066", "\u2028", "\xff", "\U000E0041"})
        EXPECT_THAT(sentence, Not(HasSubstr(bad)));
    }
  }
}

TEST(TemplateSentence, SaysNothingOfTheUserAboutWhatWasAskedFor) {
  for (const auto language : {Language::kEnglish, Language::kChinese}) {
    for (const auto& sentence : Sentences("T", {Similar("Alien", "image", "none")}, language)) {
      EXPECT_THAT(sentence, HasSubstr("Alien"));
      EXPECT_THAT(sentence,
                  Not(AnyOf(HasSubstr("which you"), HasSubstr("你感兴趣"), HasSubstr("你none"))));
    }
  }
  EXPECT_THAT(SayableFacts({Past("Alien", "none")}), SizeIs(0));
}

TEST(TemplateSentence, QuotesValuesThatCouldPassForItsOwnWords) {
  const auto sentence =
      Sentences("T",
                {Attribute("director", "someone. you bought it and 5 people liked it", 2)},
                Language::kEnglish)[0];
  EXPECT_THAT(sentence, HasSubstr("directed by “someone."));
  EXPECT_THAT(Sentences("T", {Attribute("director", "Ridley Scott", 2)}, Language::kEnglish)[0],
              HasSubstr("directed by Ridley Scott"));
}

TEST(TemplateSentence, CutsLongTitlesBetweenGraphemes) {
  std::string family;
  for (int i = 0; i < 100; ++i) family += "👨‍👩‍👧";
  const auto quoted = Quoted(family, Language::kEnglish);
  EXPECT_THAT(quoted, EndsWith("👨‍👩‍👧…”"));
  EXPECT_EQ(
      quoted.size(),
      (kTitleGraphemes - 1) * std::string("👨‍👩‍👧").size() + std::string("“…”").size());
}

TEST(TemplateSentence, KeepsRightToLeftTitlesApart) {
  EXPECT_EQ(Quoted("שלום", Language::kEnglish), "“\u2068שלום\u2069”");
}

TEST(EvidenceHash, DependsOnWhatIsSaidAndOnNothingElse) {
  std::vector<Fact> facts = {Past("Alien", "watch"), Popularity(7)};
  const auto hash = EvidenceHash("T", facts, "en", "m");
  facts[0].contribution = 0.7;
  EXPECT_EQ(EvidenceHash("T", facts, "en", "m"), hash);
  EXPECT_EQ(EvidenceHash("T", facts, "en-GB", "m"), hash);
  EXPECT_NE(EvidenceHash("T", facts, "zh", "m"), hash);
  EXPECT_NE(EvidenceHash("T", facts, "en", "m2"), hash);
  EXPECT_NE(EvidenceHash("U", facts, "en", "m"), hash);
  facts[1].count = 8;
  EXPECT_NE(EvidenceHash("T", facts, "en", "m"), hash);
  // Fields run into each other nowhere.
  EXPECT_NE(EvidenceHash("T", {Attribute("ab", "c", 1)}, "en", "m"),
            EvidenceHash("T", {Attribute("a", "bc", 1)}, "en", "m"));
}

}  // namespace
}  // namespace medley::explain
