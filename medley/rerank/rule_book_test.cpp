#include "medley/rerank/rule_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/random.h"
#include "medley/data/catalogue.h"
#include "medley/data/interactions.h"
#include "medley/rerank/rule.h"

namespace medley::rerank {
namespace {

using Keys = std::map<std::string, std::string>;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Items by what is known of them, as the pipeline's attributes say it.
struct Shop {
  std::vector<data::Item> items;
  recommenders::ItemFeatures features;
  IdMap names;

  ItemIndex Add(std::string id, const std::vector<std::string>& attributes, Json numbers = {}) {
    data::Item item;
    item.id = std::move(id);
    item.title = "Item " + item.id;
    if (numbers.is_object()) item.attributes = std::move(numbers);
    items.push_back(std::move(item));
    std::vector<std::uint32_t> tokens;
    for (const auto& attribute : attributes) tokens.push_back(names.Intern(attribute));
    std::ranges::sort(tokens);
    features.attributes.push_back(std::move(tokens));
    features.attribute_names = names.ids();
    return static_cast<ItemIndex>(items.size() - 1);
  }
  std::shared_ptr<const RuleBook> Book(const std::vector<Keys>& tables) const {
    auto rules = ReadRules(tables);
    EXPECT_TRUE(rules) << rules.error().message;
    return RuleBook::Make(*std::move(rules), items, features);
  }
};

std::vector<ItemIndex> Allowed(const Verdict& verdict, std::size_t n) {
  std::vector<ItemIndex> out;
  for (ItemIndex item = 0; item < n; ++item)
    if (verdict.Allows(item)) out.push_back(item);
  return out;
}

TEST(RuleBook, ForbidsForWhomTheRuleIs) {
  Shop shop;
  shop.Add("a", {"category=Horror"});
  shop.Add("b", {"category=Comedy", "language=zh"});
  shop.Add("c", {"category=Comedy"}, {{"price", 12.5}});
  const auto book =
      shop.Book({{{"name", "children"}, {"never", "genre = HORROR"}, {"for", "user.age < 16"}},
                 {{"requires", "language = Chinese or price > 12"}, {"for", "user.locale = zh"}}});
  EXPECT_THAT(book->Problems(), IsEmpty());
  EXPECT_EQ(book->Hits(0), 1U);
  EXPECT_EQ(book->Hits(1), 2U);
  EXPECT_TRUE(book->AsksOfUsers());
  const Json child = {{"age", 9}};
  const Json adult = {{"age", "16"}};
  EXPECT_THAT(Allowed(book->For({.labels = &child}), 3), ElementsAre(1, 2));
  EXPECT_THAT(Allowed(book->For({.locale = "zh", .labels = &adult}), 3), ElementsAre(1, 2));
  EXPECT_THAT(Allowed(book->For({.labels = &adult}), 3), ElementsAre(0, 1, 2));
  // Of somebody whose age nobody knows it can't be said that they are under 16.
  EXPECT_THAT(Allowed(book->For({}), 3), ElementsAre(0, 1, 2));
  EXPECT_FALSE(book->For({.anybody = true}).filters());
}

TEST(RuleBook, AsksForWhatSomebodyMustHave) {
  Shop shop;
  const auto camera = shop.Add("cam", {"kind=camera", "mount=EF"});
  const auto other = shop.Add("old", {"kind=camera", "mount=F"});
  const auto lens = shop.Add("lens", {"kind=lens", "mount=EF"});
  const auto strap = shop.Add("strap", {"kind=strap", "accessory_of=cam"});
  const auto free = shop.Add("book", {"kind=book"});
  const auto by_relation = shop.Book({{{"needs", "accessory_of"}}});
  const auto by_sharing = shop.Book({{{"needs", "same mount"}, {"items", "kind = lens"}}});
  const auto by_condition = shop.Book({{{"needs", "kind = camera"}, {"items", "kind = lens"}}});
  const auto allowed =
      [&](const std::shared_ptr<const RuleBook>& book, ItemIndex has, float weight) {
        const std::vector<data::Interaction> history = {{has, weight, 1}};
        return Allowed(book->For({.history = history}), shop.items.size());
      };
  EXPECT_THAT(allowed(by_relation, camera, 1), ElementsAre(camera, other, lens, strap, free));
  EXPECT_THAT(allowed(by_relation, strap, 1), ElementsAre(camera, other, lens, free));
  EXPECT_THAT(allowed(by_sharing, camera, 1), ElementsAre(camera, other, lens, strap, free));
  EXPECT_THAT(allowed(by_sharing, other, 1), ElementsAre(camera, other, strap, free));
  // A lens is not what a lens needs.
  EXPECT_THAT(allowed(by_sharing, lens, 1), ElementsAre(camera, other, strap, free));
  EXPECT_THAT(allowed(by_condition, other, 1), ElementsAre(camera, other, lens, strap, free));
  EXPECT_THAT(allowed(by_condition, other, -1), ElementsAre(camera, other, strap, free));
  EXPECT_EQ(by_relation->Hits(0), 1U);
  // Who is nobody has nothing and is asked nothing.
  EXPECT_FALSE(by_relation->For({.anybody = true}).filters());
}

TEST(RuleBook, LiftsWhatSharesWithTheLatestLikes) {
  Shop shop;
  for (int i = 0; i < 6; ++i) shop.Add(std::to_string(i), {"director=" + std::to_string(i % 3)});
  const auto book = shop.Book(
      {{{"name", "same"}, {"prefer", "same director"}, {"boost", "0.5"}, {"recent", "1"}}});
  const std::vector<data::Interaction> history = {{0, 1, 1}, {1, 1, 2}, {2, -1, 3}};
  const auto verdict = book->For({.history = history});
  ASSERT_TRUE(verdict.lifts());
  EXPECT_FALSE(verdict.filters());
  std::vector<float> scores(6, 1);
  scores[4] = -std::numeric_limits<float>::infinity();
  scores[1] = 2;
  verdict.Lift(2, scores);
  EXPECT_THAT(scores, ElementsAre(1, 3, 1, 1, -std::numeric_limits<float>::infinity(), 1));
  EXPECT_THAT(verdict.LiftedBy(4), ElementsAre("same"));
  EXPECT_THAT(verdict.LiftedBy(3), IsEmpty());
}

TEST(RuleBook, SaysWhichFieldNothingHas) {
  Shop shop;
  shop.Add("a", {"category=Horror"});
  shop.Add("b", {"category=Comedy"});
  const auto book = shop.Book({{{"name", "bad"}, {"requires", "gnere = Horror"}},
                               {{"name", "worse"}, {"prefer", "same colour"}},
                               {{"never", "id = b"}}});
  ASSERT_THAT(book->Problems(), SizeIs(2));
  EXPECT_THAT(book->Problems()[0], HasSubstr("rule 'bad'"));
  EXPECT_THAT(book->Problems()[0], HasSubstr("'gnere'"));
  EXPECT_THAT(book->Problems()[0], HasSubstr("category"));
  EXPECT_THAT(book->Problems()[1], HasSubstr("'worse'"));
  // The others are in force.
  EXPECT_THAT(Allowed(book->For({}), 2), ElementsAre(0));
  EXPECT_THAT(book->For({}).lifts(), false);
}

/// Rules drawn at random against what they say, read once more from the attributes themselves.
TEST(RuleBook, NothingForbiddenIsEverAllowedAndNoBoostLowers) {
  Random random(11);
  for (int round = 0; round < 200; ++round) {
    Shop shop;
    std::vector<int> genre;
    std::vector<int> year;
    const std::size_t n = 1 + random.Below(150);
    for (std::size_t i = 0; i < n; ++i) {
      genre.push_back(static_cast<int>(random.Below(4)));
      year.push_back(static_cast<int>(1990 + random.Below(10)));
      shop.Add("i" + std::to_string(i),
               {"genre=g" + std::to_string(genre.back())},
               {{"year", year.back()}});
    }
    const int g = genre[random.Below(n)];
    const int y = static_cast<int>(1990 + random.Below(10));
    const int liked = static_cast<int>(random.Below(n));
    const auto book = shop.Book(
        {{{"never", "genre = g" + std::to_string(g) + " and year < " + std::to_string(y)}},
         {{"requires", "year >= 1991"}, {"for", "user.id = u"}},
         {{"prefer", "same genre"}},
         {{"prefer", "year > " + std::to_string(y)}, {"boost", "1"}}});
    ASSERT_THAT(book->Problems(), IsEmpty());
    const std::vector<data::Interaction> history = {{static_cast<ItemIndex>(liked), 1, 1}};
    const auto verdict = book->For({.id = "u", .history = history});
    std::vector<float> scores;
    for (std::size_t i = 0; i < n; ++i) scores.push_back(static_cast<float>(random.Normal()));
    auto lifted = scores;
    verdict.Lift(random.Uniform(), lifted);
    for (std::size_t i = 0; i < n; ++i) {
      const bool forbidden = (genre[i] == g && year[i] < y) || year[i] < 1991;
      EXPECT_EQ(verdict.Allows(static_cast<ItemIndex>(i)), !forbidden) << i;
      EXPECT_GE(lifted[i], scores[i]);
      const auto liked_place = static_cast<std::size_t>(liked);
      const bool lifts = genre[i] == genre[liked_place] || year[i] > y;
      EXPECT_EQ(verdict.LiftedBy(static_cast<ItemIndex>(i)).empty(), !lifts);
      if (!lifts) {
        EXPECT_EQ(lifted[i], scores[i]);
      }
    }
  }
}

}  // namespace
}  // namespace medley::rerank
