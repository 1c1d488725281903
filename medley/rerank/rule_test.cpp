#include "medley/rerank/rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "medley/rerank/condition.h"

namespace medley::rerank {
namespace {

using Keys = std::map<std::string, std::string>;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// What it is of values by field.
bool Holds(const std::string& text, const std::map<std::string, std::string>& values) {
  const auto condition = Condition::Parse(text);
  EXPECT_TRUE(condition) << condition.error().message;
  return condition->Holds([&](std::size_t place) {
    const auto& term = condition->terms()[place];
    const auto value = values.find(term.field);
    return value != values.end() && Fulfils(term, value->second);
  });
}

TEST(Condition, ComparesAndJoins) {
  const Keys film = {{"genre", "Science Fiction"}, {"year", "1979"}, {"language", "en"}};
  EXPECT_TRUE(Holds("genre = science fiction", film));
  EXPECT_TRUE(Holds("genre=\"Science Fiction\" and year < 1980", film));
  EXPECT_FALSE(Holds("genre = Science", film));
  EXPECT_FALSE(Holds("year >= 1980 or language = zh", film));
  EXPECT_TRUE(Holds("year >= 1980 or language = en and year = 1979.0", film));
  EXPECT_TRUE(Holds("(year >= 1980 or language = en) and genre != Horror", film));
  EXPECT_FALSE(Holds("not (year >= 1980 or language = en)", film));
  EXPECT_TRUE(Holds("language in (zh, \"en\")", film));
  EXPECT_TRUE(Holds("not not language in(zh,en)", film));
  EXPECT_TRUE(Holds("year > 1978 and year <= 1979", film));
  // What is missing is neither less nor greater, and equals nothing.
  EXPECT_FALSE(Holds("price < 10 or price >= 10", film));
  EXPECT_TRUE(Holds("price != 10", film));
  // Words that begin like "and" and "or" are words.
  EXPECT_TRUE(Holds("title = Andor orders", {{"title", "Andor orders"}}));
  EXPECT_TRUE(Holds("类型 = 恐怖片", {{"类型", "恐怖片"}}));
}

TEST(Condition, SaysWhereItBreaksOff) {
  for (const auto* text : {"",
                           "genre",
                           "genre =",
                           "= Horror",
                           "genre = Horror and",
                           "genre = Horror or or year = 1",
                           "(genre = Horror",
                           "genre = Horror)",
                           "genre = \"Horror",
                           "genre in Horror",
                           "genre in (Horror",
                           "genre in ()",
                           "year < soon",
                           "year < 1e999",
                           "not"}) {
    const auto condition = Condition::Parse(text);
    ASSERT_FALSE(condition) << text;
    EXPECT_EQ(condition.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(condition.error().message, HasSubstr("'" + std::string(text) + "'"));
  }
  EXPECT_FALSE(Condition::Parse(std::string(1000, '(') + "a = b"));
  EXPECT_FALSE(Condition::Parse(std::string(4000, '(') + "a = b" + std::string(4000, ')')));
}

TEST(ReadRules, TakesEachKind) {
  const auto rules = ReadRules({{{"never", "genre = Horror"}, {"for", "user.age < 16"}},
                                {{"name", "own"}, {"requires", "language = zh"}},
                                {{"prefer", "same director"}, {"boost", "0.5"}, {"recent", "3"}},
                                {{"prefer", "tag = new"}},
                                {{"needs", "accessory_of"}},
                                {{"needs", "same mount"}, {"items", "kind = lens"}},
                                {{"needs", "kind = camera"}, {"items", "kind = lens"}}});
  ASSERT_TRUE(rules) << rules.error().message;
  ASSERT_EQ(rules->size(), 7U);
  EXPECT_EQ((*rules)[0].name, "rule 1");
  EXPECT_TRUE((*rules)[0].who.has_value());
  EXPECT_EQ((*rules)[1].name, "own");
  EXPECT_EQ((*rules)[1].kind, Rule::Kind::kRequires);
  EXPECT_EQ((*rules)[2].relation, "director");
  EXPECT_EQ((*rules)[2].boost, 0.5);
  EXPECT_EQ((*rules)[2].recent, 3U);
  EXPECT_TRUE((*rules)[3].items.has_value());
  EXPECT_EQ((*rules)[3].boost, 0.2);
  EXPECT_TRUE((*rules)[4].points);
  EXPECT_FALSE((*rules)[5].points);
  EXPECT_EQ((*rules)[5].relation, "mount");
  EXPECT_TRUE((*rules)[6].owned.has_value());
  EXPECT_TRUE(ReadRules({})->empty());
}

TEST(ReadRules, NamesTheRuleAndWhatIsAllowed) {
  const auto message = [](const Keys& keys) {
    const auto rules = ReadRules({{{"never", "a = b"}}, keys});
    EXPECT_FALSE(rules);
    return rules ? std::string() : rules.error().message;
  };
  EXPECT_THAT(message({{"name", "mine"}}),
              AllOf(HasSubstr("'mine'"), HasSubstr("never, requires")));
  EXPECT_THAT(message({{"never", "a = b"}, {"prefer", "a = b"}}),
              AllOf(HasSubstr("'rule 2'"), HasSubstr("not several")));
  EXPECT_THAT(message({{"never", "a = b"}, {"boost", "1"}}),
              AllOf(HasSubstr("'boost'"), HasSubstr("name, for, never")));
  EXPECT_THAT(message({{"prefer", "a = b"}, {"boost", "-1"}}), HasSubstr("from 0 to 10"));
  EXPECT_THAT(message({{"prefer", "a = b"}, {"boost", "nan"}}), HasSubstr("from 0 to 10"));
  EXPECT_THAT(message({{"prefer", "same big director"}}), HasSubstr("same director"));
  EXPECT_THAT(message({{"never", "user.age < 5"}}), HasSubstr("belongs into for"));
  EXPECT_THAT(message({{"never", "a = b"}, {"for", "age < 5"}}), HasSubstr("user.LABEL"));
  EXPECT_THAT(message({{"needs", "kind = camera"}}), HasSubstr("items"));
  EXPECT_THAT(message({{"never", "genre ="}}), HasSubstr("a value"));
}

}  // namespace
}  // namespace medley::rerank
