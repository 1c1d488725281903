#include "medley/answers/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "medley/alignment/word_space.h"
#include "medley/core/random.h"
#include "medley/index/quantised_index.h"
#include "medley/pipeline/snapshot.h"
#include "medley/rerank/rule.h"
#include "medley/rerank/rule_book.h"

namespace medley::answers {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

/// A catalogue by hand.
class CatalogueBuilder {
 public:
  data::Item& Add(const std::string& title) {
    auto& item = catalogue_->items.emplace_back();
    item.id = "i" + std::to_string(catalogue_->items.size());
    item.title = title;
    return item;
  }
  void Space(const std::string& name, std::vector<std::vector<float>> rows) {
    linalg::Matrix matrix(rows.size(), 2);
    std::vector<std::uint8_t> present(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      present[row] = static_cast<std::uint8_t>(!rows[row].empty());
      for (std::size_t i = 0; i < rows[row].size(); ++i) matrix(row, i) = rows[row][i];
    }
    catalogue_->vectors[name] = std::make_shared<linalg::Matrix>(std::move(matrix));
    catalogue_->present[name] = std::move(present);
  }
  void Learn(const std::vector<alignment::Said>& said) {
    std::vector<alignment::Space> spaces;
    for (const auto& [name, matrix] : catalogue_->vectors)
      spaces.push_back({name, matrix->View(), catalogue_->present.at(name)});
    auto words = alignment::WordSpace::Fit(spaces, said);
    ASSERT_TRUE(words) << words.error().message;
    words_ = std::make_shared<const alignment::WordSpace>(*std::move(words));
  }
  const pipeline::Catalogue& catalogue() const { return *catalogue_; }
  std::shared_ptr<const SearchIndex> Build(std::optional<index::VectorCode> code = {}) {
    auto& catalogue = *catalogue_;
    for (std::size_t i = 0; i < catalogue.items.size(); ++i) {
      catalogue.indices[catalogue.items[i].id] = static_cast<ItemIndex>(i);
      catalogue.keys.push_back(static_cast<storage::Key>(i + 1));
      catalogue.visible.push_back(static_cast<std::uint8_t>(!catalogue.items[i].hidden));
    }
    for (const auto& [name, matrix] : catalogue.vectors) {
      catalogue.features.spaces.push_back({name, matrix->View(), catalogue.present.at(name)});
    }
    return SearchIndex::Build(catalogue_, code, words_);
  }

 private:
  std::shared_ptr<pipeline::Catalogue> catalogue_ = std::make_shared<pipeline::Catalogue>();
  std::shared_ptr<const alignment::WordSpace> words_;
};

std::vector<ItemIndex> Found(const SearchIndex& index, const SearchQuery& query) {
  const auto hits = index.Search(query);
  EXPECT_TRUE(hits.has_value()) << hits.error().message;
  std::vector<ItemIndex> items;
  for (const auto& hit : *hits) items.push_back(hit.item);
  return items;
}

CatalogueBuilder Films() {
  CatalogueBuilder builder;
  builder.Add("Alien (1979)").description = "The crew of a tug meets something";
  builder.Add("Aliens").description = "More than one alien, alien, alien";
  auto& blade = builder.Add("Blade Runner");
  blade.categories = {"Science Fiction"};
  blade.attributes = {{"director", "Ridley Scott"}, {"price", 12.5}};
  blade.texts["title:zh"] = "银翼杀手";
  auto& living = builder.Add("活着");
  living.language = "zh-CN";
  living.kind = "Film";
  living.attributes = {{"price", 5}};
  builder.Add("Hidden Alien").hidden = true;
  return builder;
}

TEST(SearchIndex, PutsExactTitlesFirst) {
  const auto index = Films().Build();
  const auto hits = index->Search({.text = "alien"});
  ASSERT_TRUE(hits);
  ASSERT_THAT(*hits, SizeIs(2));
  EXPECT_EQ((*hits)[0].item, 0U);
  EXPECT_EQ((*hits)[0].matched_by[0], "title");
  EXPECT_THAT((*hits)[1].matched_by, ElementsAre("words"));
}

TEST(SearchIndex, FindsByTranslationAttributeAndSlip) {
  const auto index = Films().Build();
  EXPECT_THAT(Found(*index, {.text = "银翼杀手"}), ElementsAre(2));
  EXPECT_THAT(Found(*index, {.text = "银翼"}), ElementsAre(2));
  EXPECT_THAT(Found(*index, {.text = "ridley scott"}), ElementsAre(2));
  EXPECT_THAT(Found(*index, {.text = "blaed runer"}), ElementsAre(2));
  EXPECT_THAT(Found(*index, {.text = "《活着》"}), ElementsAre(3));
  EXPECT_THAT(Found(*index, {.text = "zzzzzz"}), IsEmpty());
}

TEST(SearchIndex, NeverReturnsWhatIsHidden) {
  auto builder = Films();
  builder.Space("text", {{1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}});
  const auto index = builder.Build();
  for (const auto* text : {"hidden alien", "Hidden", "hiden alien", ""}) {
    EXPECT_THAT(Found(*index, {.text = text, .vectors = {{"text", {1, 0}}}}),
                ::testing::Not(Contains(4)));
  }
}

TEST(SearchIndex, JoinsWordsAndVectors) {
  auto builder = Films();
  builder.Space("text", {{0, 1}, {0.6F, 0.8F}, {1, 0}, {}, {1, 0}});
  builder.Space("image", {{1, 0}, {}, {}, {}, {}});
  const auto index = builder.Build();
  EXPECT_THAT(Found(*index, {.vectors = {{"text", {1, 0}}}}), ElementsAre(2, 1, 0));
  EXPECT_THAT(Found(*index, {.vectors = {{"image", {1, 0}}}}), ElementsAre(0));
  const auto hits = index->Search({.text = "crew", .vectors = {{"text", {0, 1}}}});
  ASSERT_TRUE(hits);
  EXPECT_EQ((*hits)[0].item, 0U);
  EXPECT_THAT((*hits)[0].matched_by, UnorderedElementsAre("words", "text"));
  EXPECT_THAT(Found(*index, {.vectors = {{"audio", {1, 0, 0}}}}), IsEmpty());
}

TEST(SearchIndex, CodesFindWhatWholeVectorsFind) {
  Random random(3);
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 500; ++i) {
    const double turn = 6.28 * random.Uniform();
    rows.push_back({static_cast<float>(std::cos(turn)), static_cast<float>(std::sin(turn))});
    if (i % 7 == 0) rows.back().clear();
  }
  const auto build = [&](std::optional<index::VectorCode> code) {
    CatalogueBuilder builder;
    for (int i = 0; i < 500; ++i) builder.Add("lamp").hidden = i % 5 == 0;
    builder.Space("image", rows);
    return builder.Build(code);
  };
  const SearchQuery query{.vectors = {{"image", {0.6F, 0.8F}}}, .n = 20};
  const auto whole = Found(*build({}), query);
  ASSERT_THAT(whole, SizeIs(20));
  EXPECT_EQ(Found(*build(index::VectorCode::kInt8), query), whole);
  // Two numbers make four codes of bits: only what is looked at whole can tell a quarter's apart.
  EXPECT_EQ(Found(*build(index::VectorCode::kBinary), query), whole);
}

TEST(SearchIndex, Filters) {
  auto builder = Films();
  builder.Space("text", {{1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}});
  const auto index = builder.Build();
  const auto with = [&](SearchFilter filter) {
    return Found(*index, {.vectors = {{"text", {1, 0}}}, .filter = std::move(filter)});
  };
  EXPECT_THAT(with({.kind = "film"}), ElementsAre(3));
  EXPECT_THAT(with({.category = "SCIENCE FICTION"}), ElementsAre(2));
  EXPECT_THAT(with({.language = "zh"}), ElementsAre(2, 3));
  EXPECT_THAT(with({.min_price = 6}), ElementsAre(2));
  EXPECT_THAT(with({.max_price = 6}), ElementsAre(3));
  EXPECT_THAT(with({.min_price = 5, .max_price = 12.5}), ElementsAre(2, 3));
  EXPECT_THAT(with({.kind = "no such"}), IsEmpty());
}

TEST(SearchIndex, OffersOnlyWhatTheRulesAllow) {
  CatalogueBuilder builder;
  for (int i = 0; i < 40; ++i) {
    auto& item = builder.Add("lamp");
    item.attributes = {{"price", i < 30 ? 5 : 9}};
  }
  builder.Space("text", std::vector<std::vector<float>>(40, {1, 0}));
  const auto index = builder.Build();
  const std::map<std::string, std::string> nothing_cheap = {{"never", "price < 6"}};
  const auto rules = rerank::ReadRules({nothing_cheap}).value();
  const auto& catalogue = builder.catalogue();
  const auto book = rerank::RuleBook::Make(rules, catalogue.items, catalogue.features);
  const SearchFilter filter{.rules = book->For({.anybody = true})};
  // By title, words, vector; what is left out makes room for what stands behind it.
  for (const auto* text : {"lamp", "lmap", "some lamp", ""}) {
    const auto found =
        Found(*index, {.text = text, .vectors = {{"text", {1, 0}}}, .filter = filter, .n = 10});
    EXPECT_THAT(found, SizeIs(10)) << text;
    EXPECT_THAT(found, ::testing::Each(::testing::Ge(30U))) << text;
  }
}

TEST(SearchIndex, GivesAsManyAsThereAre) {
  Random random(4);
  CatalogueBuilder builder;
  std::vector<std::vector<float>> rows;
  std::size_t rare = 0;
  for (int i = 0; i < 3000; ++i) {
    auto& item = builder.Add("lamp number " + std::to_string(i));
    const bool is_rare = random.Bernoulli(0.02);
    if (is_rare) item.categories = {"rare"};
    rare += static_cast<std::size_t>(is_rare);
    rows.push_back({static_cast<float>(random.Uniform()), static_cast<float>(random.Uniform())});
  }
  builder.Space("text", rows);
  const auto index = builder.Build();
  const SearchFilter filter{.category = "rare"};
  EXPECT_THAT(Found(*index, {.text = "lamp", .filter = filter, .n = 500}), SizeIs(rare));
  EXPECT_THAT(Found(*index, {.vectors = {{"text", {1, 0}}}, .filter = filter, .n = 500}),
              SizeIs(rare));
  EXPECT_THAT(Found(*index, {.text = "lamp", .n = 1000}), SizeIs(1000));
  EXPECT_THAT(Found(*index, {.text = "lamp number 17", .n = 1}), ElementsAre(17));
}

TEST(SearchIndex, RefusesWhatMakesNoSense) {
  auto builder = Films();
  builder.Space("text", {{1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}});
  const auto index = builder.Build();
  const auto code = [&](const SearchQuery& query) { return index->Search(query).error().code; };
  EXPECT_EQ(code({}), ErrorCode::kInvalidInput);
  EXPECT_EQ(code({.text = " \u3000"}), ErrorCode::kInvalidInput);
  EXPECT_EQ(code({.text = "a", .n = 0}), ErrorCode::kInvalidInput);
  EXPECT_EQ(code({.text = "a", .n = 1001}), ErrorCode::kInvalidInput);
  EXPECT_EQ(code({.vectors = {{"text", {1, 0, 0}}}}), ErrorCode::kInvalidInput);
  EXPECT_EQ(code({.vectors = {{"smell", {1, 0}}}}), ErrorCode::kInvalidInput);
  EXPECT_EQ(code({.vectors = {{"text", {std::numeric_limits<float>::quiet_NaN(), 0}}}}),
            ErrorCode::kInvalidInput);
}

/// Eighty items of two kinds, sixty with words: kind by kind their pictures look, and their
/// sounds sound, another way. Of the others half have a picture only, half a
/// sound only.
CatalogueBuilder Kinds() {
  CatalogueBuilder builder;
  std::vector<std::vector<float>> text(80);
  std::vector<std::vector<float>> image(80);
  std::vector<std::vector<float>> audio(80);
  std::vector<alignment::Said> said(80);
  Random random(3);
  for (std::size_t i = 0; i < 80; ++i) {
    const bool round = i % 2 == 0;
    const std::string word = round ? "ball" : "box";
    const auto near = [&](bool first) {
      const auto small = static_cast<float>(0.1 * random.Normal());
      return first ? std::vector{1.0F, small} : std::vector{small, 1.0F};
    };
    const bool known = i < 60;
    builder.Add(known ? word + " " + std::to_string(i) : "");
    if (known) said[i] = {{word}, word};
    if (known) text[i] = near(round);
    if (known || i % 4 < 2) image[i] = near(!round);
    if (known || i % 4 >= 2) audio[i] = near(round);
  }
  builder.Space("text", text);
  builder.Space("image", image);
  builder.Space("audio", audio);
  builder.Learn(said);
  return builder;
}

TEST(SearchIndex, FindsPhotosAndSoundsByTheWordsOfOthers) {
  const auto index = Kinds().Build();
  const auto hits = index->Search({.text = "box", .n = 80});
  ASSERT_TRUE(hits);
  std::vector<ItemIndex> wordless;
  for (const auto& hit : *hits) {
    if (hit.item < 60) continue;
    wordless.push_back(hit.item);
    EXPECT_THAT(hit.matched_by, ElementsAre(hit.item % 4 < 2 ? "image" : "audio"));
  }
  ASSERT_THAT(wordless, SizeIs(20));
  // Those of the kind come first; the odd ones are boxes.
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(wordless[i] % 2, 1U) << i;
}

TEST(SearchIndex, APictureFindsSoundsAndASoundPictures) {
  const auto index = Kinds().Build();
  for (const auto& [space, has] : {std::pair{"image", 2U}, std::pair{"audio", 0U}}) {
    // A ball, as pictures and as sounds of one are.
    const std::vector<float> ball = has == 2 ? std::vector{0.0F, 1.0F} : std::vector{1.0F, 0.0F};
    const auto hits = index->Search({.vectors = {{space, ball}}, .n = 80});
    ASSERT_TRUE(hits);
    std::vector<ItemIndex> others;
    for (const auto& hit : *hits) {
      if (hit.item >= 60 && hit.item % 4 / 2 * 2 == has) others.push_back(hit.item);
    }
    ASSERT_THAT(others, SizeIs(10)) << space;
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(others[i] % 2, 0U) << space << i;
  }
}

TEST(SearchIndex, ItemsOfAnotherModalityComeInProportion) {
  const auto index = Kinds().Build();
  const auto found = Found(*index, {.text = "ball", .n = 16});
  const auto wordless = std::ranges::count_if(found, [](ItemIndex item) { return item >= 60; });
  // Of 80 items 20 have no words.
  EXPECT_GE(wordless, 2);
  EXPECT_LE(wordless, 8);
}

TEST(SearchIndex, EveryItemFindsItselfByItsTitle) {
  CatalogueBuilder builder;
  const std::vector<std::string> titles = {"Red dress",
                                           "红色连衣裙",
                                           "ＲＥＤ鞋",
                                           "Café Müller",
                                           "!!!",
                                           "“Quoted” (2001)",
                                           "Piano, The",
                                           "3.5mm 耳机",
                                           "Ａ",
                                           "🎧🎧"};
  for (const auto& title : titles) builder.Add(title);
  const auto index = builder.Build();
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const auto found = Found(*index, {.text = titles[i]});
    ASSERT_THAT(found, ::testing::Not(IsEmpty())) << titles[i];
    EXPECT_EQ(found[0], i) << titles[i];
  }
}

TEST(SearchIndex, BearsAnEmptyCatalogueAndAnyBytes) {
  const auto empty = CatalogueBuilder().Build();
  EXPECT_THAT(Found(*empty, {.text = "x"}), IsEmpty());
  const auto index = Films().Build();
  Random random(9);
  for (int round = 0; round < 200; ++round) {
    std::string bytes = "q";
    for (int i = 0; i < 30; ++i) bytes += static_cast<char>(random.Below(256));
    EXPECT_TRUE(index->Search({.text = bytes}));
  }
  EXPECT_TRUE(index->Search({.text = std::string(100000, 'x')}));
}

}  // namespace
}  // namespace medley::answers
