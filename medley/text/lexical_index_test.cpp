#include "medley/text/lexical_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/random.h"
#include "medley/text/terms.h"

namespace medley::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Documents = std::vector<std::vector<std::string>>;

LexicalIndex Index(const Documents& documents, const std::vector<LexicalField>& fields) {
  return {documents.size(), fields, [&](std::size_t document, std::size_t field) {
            return documents[document][field];
          }};
}

std::vector<std::uint32_t> Found(const LexicalIndex& index,
                                 std::string_view query,
                                 std::size_t k = 10) {
  std::vector<std::uint32_t> found;
  for (const auto& hit : index.Search(query, k)) found.push_back(hit.index);
  return found;
}

TEST(LexicalIndex, PutsTheHeavierFieldFirst) {
  const Documents documents = {
      {"Sofa", "looks well beside a lamp"}, {"Lamp", "for the evening"}, {"Chair", "made of oak"}};
  const auto index = Index(documents, {{.weight = 3}, {.weight = 1}});
  EXPECT_THAT(Found(index, "lamps"), ElementsAre(1, 0));
  EXPECT_THAT(Found(index, "piano"), IsEmpty());
  EXPECT_THAT(Found(index, ""), IsEmpty());
  EXPECT_THAT(Found(index, "lamp", 1), ElementsAre(1));
}

TEST(LexicalIndex, AsksTheFilterBeforeTheCut) {
  Documents documents;
  for (int i = 0; i < 100; ++i) documents.push_back({"lamp"});
  const auto index = Index(documents, {{}});
  const auto hits = index.Search("lamp", 10, [](std::uint32_t document) { return document >= 95; });
  EXPECT_THAT(hits, SizeIs(5));
}

TEST(LexicalIndex, AgreesWithTheFormula) {
  Random random(11);
  const std::vector<LexicalField> fields = {{.weight = 3, .length_penalty = 0.4F},
                                            {.weight = 1, .length_penalty = 0.75F}};
  Documents documents;
  for (int i = 0; i < 60; ++i) {
    std::vector<std::string> texts(2);
    for (auto& text : texts) {
      for (std::uint64_t n = random.Below(12); n > 0; --n)
        text += "w" + std::to_string(random.Below(15)) + "x ";
    }
    documents.push_back(texts);
  }
  const auto index = Index(documents, fields);
  std::vector<std::vector<std::map<std::string, double>>> counts(
      documents.size(), std::vector<std::map<std::string, double>>(2));
  std::vector<std::vector<double>> lengths(documents.size(), std::vector<double>(2));
  std::vector<double> averages(2);
  for (std::size_t field = 0; field < 2; ++field) {
    double filled = 0;
    for (std::size_t document = 0; document < documents.size(); ++document) {
      ForEachTerm(documents[document][field], TermUse::kDocument, [&](std::string_view term) {
        ++counts[document][field][std::string(term)];
        ++lengths[document][field];
      });
      averages[field] += lengths[document][field];
      filled += lengths[document][field] > 0 ? 1 : 0;
    }
    averages[field] /= filled;
  }
  for (int word = 0; word < 15; ++word) {
    const std::string term = "w" + std::to_string(word) + "x";
    std::map<std::uint32_t, double> weighted;
    for (std::uint32_t document = 0; document < documents.size(); ++document) {
      for (std::size_t field = 0; field < 2; ++field) {
        const double b = fields[field].length_penalty;
        const double count = counts[document][field][term];
        if (count > 0)
          weighted[document] += fields[field].weight * count /
                                (1 - b + b * lengths[document][field] / averages[field]);
      }
    }
    const auto n = static_cast<double>(documents.size());
    const auto with = static_cast<double>(weighted.size());
    const double idf = std::log(1 + (n - with + 0.5) / (with + 0.5));
    const auto hits = index.Search(term, documents.size());
    ASSERT_EQ(hits.size(), weighted.size());
    for (const auto& hit : hits) {
      const double x = weighted[hit.index];
      EXPECT_NEAR(hit.score, idf * 2.2 * x / (1.2 + x), idf * 2.2 / 255);
    }
  }
}

TEST(LexicalIndex, EveryDocumentFindsItselfByItsTitle) {
  Random random(2);
  const std::vector<std::string> words = {"red",
                                          "Summer",
                                          "dress",
                                          "night",
                                          "红色",
                                          "连衣裙",
                                          "夏天",
                                          "雨夜",
                                          "ＮＥＯ",
                                          "Amélie",
                                          "lamp",
                                          "oak",
                                          "river",
                                          "blues",
                                          "狼",
                                          "traveller",
                                          "3",
                                          "côte"};
  Documents documents;
  std::set<std::string> titles;
  while (documents.size() < 200) {
    std::string title;
    for (int i = 0; i < 4; ++i)
      title += words[random.Below(words.size())] + (random.Bernoulli(0.8) ? " " : "");
    if (titles.insert(title).second)
      documents.push_back({title, words[random.Below(words.size())]});
  }
  const auto index = Index(documents, {{.weight = 3}, {.weight = 1}});
  for (std::uint32_t document = 0; document < documents.size(); ++document) {
    const auto hits = index.Search(documents[document][0], documents.size());
    ASSERT_THAT(hits, ::testing::Not(IsEmpty()));
    bool found = false;
    for (const auto& hit : hits) found = found || hit.index == document;
    EXPECT_TRUE(found) << documents[document][0];
  }
}

TEST(LexicalIndex, FindsChinesePhrasesInsideLongerWords) {
  const Documents documents = {{"男士运动鞋"}, {"女士连衣裙"}, {"运动相机"}, {"ＢＬＵＥ牛仔裤"}};
  const auto index = Index(documents, {{}});
  EXPECT_THAT(Found(index, "运动鞋")[0], 0);
  EXPECT_THAT(Found(index, "鞋"), ElementsAre(0));
  EXPECT_THAT(Found(index, "衣裙"), ElementsAre(1));
  EXPECT_THAT(Found(index, "blue"), ElementsAre(3));
}

TEST(LexicalIndex, BearsEmptyAndHugeInput) {
  EXPECT_THAT(Found(LexicalIndex(), "x"), IsEmpty());
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "lamp oak river ";
  const auto index = Index({{many}, {""}, {std::string(100000, 'a')}}, {{}});
  EXPECT_THAT(Found(index, many), ElementsAre(0));
}

}  // namespace
}  // namespace medley::text
