#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/text/display.h"
#include "medley/text/fuzzy_dictionary.h"
#include "medley/text/normalize.h"
#include "medley/text/stem.h"
#include "medley/text/terms.h"
#include "medley/text/title_index.h"

namespace medley::text {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> Terms(std::string_view text, TermUse use) {
  std::vector<std::string> terms;
  ForEachTerm(text, use, [&terms](std::string_view term) { terms.emplace_back(term); });
  return terms;
}

TEST(Normalize, UnifiesForms) {
  EXPECT_EQ(Normalize("ＡＢＣ１２３"), "abc123");
  EXPECT_EQ(Normalize("Amélie"), Normalize("AMELIE"));
  EXPECT_EQ(Normalize("Straße"), "strasse");
  EXPECT_EQ(Normalize("Ærøskøbing Łódź"), "aeroskobing lodz");
  EXPECT_EQ(Normalize("ｶﾞ"), "ガ");
  EXPECT_NE(Normalize("が"), Normalize("か"));
  EXPECT_EQ(Normalize("ΆΛΦΑ"), "αλφα");
  EXPECT_EQ(Normalize("soft\u00ADhyphen"), "softhyphen");
}

TEST(Normalize, IsIdempotentAndTakesAnyBytes) {
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    for (int i = 0; i < 24; ++i) bytes += static_cast<char>(random.Below(256));
    const auto once = Normalize(bytes);
    EXPECT_EQ(Normalize(once), once);
  }
}

TEST(Stem, FollowsThePaper) {
  const std::vector<std::pair<std::string, std::string>> pairs = {{"caresses", "caress"},
                                                                  {"ponies", "poni"},
                                                                  {"cats", "cat"},
                                                                  {"feed", "feed"},
                                                                  {"agreed", "agre"},
                                                                  {"plastered", "plaster"},
                                                                  {"motoring", "motor"},
                                                                  {"sing", "sing"},
                                                                  {"conflated", "conflat"},
                                                                  {"troubled", "troubl"},
                                                                  {"sized", "size"},
                                                                  {"hopping", "hop"},
                                                                  {"tanned", "tan"},
                                                                  {"falling", "fall"},
                                                                  {"hissing", "hiss"},
                                                                  {"fizzed", "fizz"},
                                                                  {"failing", "fail"},
                                                                  {"filing", "file"},
                                                                  {"happy", "happi"},
                                                                  {"sky", "sky"},
                                                                  {"relational", "relat"},
                                                                  {"conditional", "condit"},
                                                                  {"rational", "ration"},
                                                                  {"digitizer", "digit"},
                                                                  {"vietnamization", "vietnam"},
                                                                  {"operator", "oper"},
                                                                  {"feudalism", "feudal"},
                                                                  {"decisiveness", "decis"},
                                                                  {"hopefulness", "hope"},
                                                                  {"triplicate", "triplic"},
                                                                  {"formative", "form"},
                                                                  {"electrical", "electr"},
                                                                  {"goodness", "good"},
                                                                  {"revival", "reviv"},
                                                                  {"airliner", "airlin"},
                                                                  {"gyroscopic", "gyroscop"},
                                                                  {"replacement", "replac"},
                                                                  {"adoption", "adopt"},
                                                                  {"effective", "effect"},
                                                                  {"probate", "probat"},
                                                                  {"rate", "rate"},
                                                                  {"cease", "ceas"},
                                                                  {"controll", "control"},
                                                                  {"roll", "roll"}};
  for (const auto& [word, stem] : pairs) EXPECT_EQ(Stem(word), stem) << word;
  EXPECT_EQ(Stem("as"), "as");
  EXPECT_EQ(Stem("mp3s"), "mp3s");
  EXPECT_EQ(Stem("écoles"), "écoles");
}

TEST(ForEachTerm, MeetsInflectedEnglish) {
  EXPECT_EQ(Terms("Red Summer Dresses!", TermUse::kDocument),
            Terms("red summer dress", TermUse::kQuery));
  EXPECT_EQ(Terms("the dog’s O'Brien", TermUse::kQuery), Terms("the dog OBrien", TermUse::kQuery));
}

TEST(ForEachTerm, CutsChineseIntoOverlappingPairs) {
  EXPECT_THAT(Terms("红鞋", TermUse::kQuery), ElementsAre("红鞋"));
  EXPECT_THAT(Terms("红鞋", TermUse::kDocument), ElementsAre("红", "红鞋", "鞋"));
  EXPECT_THAT(Terms("鞋", TermUse::kQuery), ElementsAre("鞋"));
  EXPECT_THAT(Terms("买iPhone手机", TermUse::kQuery), Not(Contains("买手")));
  EXPECT_THAT(Terms("", TermUse::kDocument), IsEmpty());
}

TEST(ForEachTerm, AnyChinesePhraseMeetsTheTextThatHoldsIt) {
  const std::string text = "这件红色连衣裙适合夏天在海边穿着散步";
  const auto terms = Terms(text, TermUse::kDocument);
  constexpr std::size_t kBytes = 3;
  const std::size_t n = text.size() / kBytes;
  for (std::size_t begin = 0; begin < n; ++begin) {
    for (std::size_t length : {1U, 2U}) {
      if (begin + length > n) continue;
      for (const auto& term :
           Terms(text.substr(begin * kBytes, length * kBytes), TermUse::kQuery)) {
        EXPECT_THAT(terms, Contains(term));
      }
    }
  }
}

TEST(FoldTitle, IgnoresCaseWidthAccentsPunctuation) {
  EXPECT_EQ(FoldTitle("  ALIEN³ — The  Director's Cut! "), FoldTitle("alien3 the directors cut"));
  EXPECT_EQ(FoldTitle("《活着》"), "活着");
  EXPECT_EQ(FoldTitle("肖申克的救赎"), "肖申克的救赎");
  EXPECT_EQ(FoldTitle("!!!"), "!!!");
  EXPECT_EQ(FoldTitle(""), "");
}

TEST(TitleForms, KnowsBracketsAndArticlesPutLast) {
  EXPECT_THAT(TitleForms("Piano, The (1993)"),
              ElementsAre("piano the 1993", "piano the", "the piano"));
  EXPECT_THAT(TitleForms("(500) Days"), ElementsAre("500 days"));
  EXPECT_THAT(TitleForms("(2020)"), ElementsAre("2020"));
  EXPECT_THAT(TitleForms(""), IsEmpty());
  EXPECT_THAT(
      TitleForms("Big Blue, The (Grand bleu, Le) (1988) (V)"),
      testing::IsSupersetOf({"big blue the", "the big blue", "grand bleu le", "le grand bleu"}));
}

TEST(TitleIndex, FindsExactlyAndByBeginning) {
  const std::vector<TitleEntry> entries = {
      {"Alien (1979)", 0}, {"Aliens", 1}, {"Alien", 2}, {"活着", 3}, {"", 4}};
  const TitleIndex index(entries);
  EXPECT_THAT(index.Exact("ALIEN", 10), ElementsAre(2, 0));
  EXPECT_THAT(index.Exact("《活着》", 10), ElementsAre(3));
  EXPECT_THAT(index.Exact("", 10), IsEmpty());
  EXPECT_THAT(index.Prefix("ali", 10), ElementsAre(2, 0, 1));
  EXPECT_THAT(index.Prefix("ali", 1), ElementsAre(2));
  EXPECT_THAT(index.Prefix("ali", 1, [](std::uint32_t document) { return document == 1; }),
              ElementsAre(1));
  EXPECT_THAT(index.Exact("alien", 1, [](std::uint32_t document) { return document != 2; }),
              ElementsAre(0));
  EXPECT_THAT(TitleIndex().Exact("x", 10), IsEmpty());
}

TEST(TitleIndex, ForgivesASlipOrTwo) {
  const std::vector<TitleEntry> entries = {
      {"Blade Runner", 0}, {"Casablanca", 1}, {"Heat", 2}, {"肖申克的救赎", 3}};
  const TitleIndex index(entries);
  EXPECT_THAT(index.Similar("Balde Runer", 3), ElementsAre(0));
  EXPECT_THAT(index.Similar("Casablnca", 3), ElementsAre(1));
  EXPECT_THAT(index.Similar("haet", 3), ElementsAre(2));
  EXPECT_THAT(index.Similar("肖申克的救续", 3), ElementsAre(3));
  EXPECT_THAT(index.Similar("completely other", 3), IsEmpty());
  EXPECT_EQ(index.Corrected("blade runer poster"), "blade runner poster");
  EXPECT_EQ(index.Corrected("blade"), "");
}

std::size_t SlowEditDistance(std::u32string_view a, std::u32string_view b) {
  if (a.empty() || b.empty()) return a.size() + b.size();
  std::size_t best =
      std::min({SlowEditDistance(a.substr(1), b) + 1,
                SlowEditDistance(a, b.substr(1)) + 1,
                SlowEditDistance(a.substr(1), b.substr(1)) + (a[0] == b[0] ? 0 : 1)});
  if (a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0]) {
    best = std::min(best, SlowEditDistance(a.substr(2), b.substr(2)) + 1);
  }
  return best;
}

TEST(EditDistance, AgreesWithItsDefinition) {
  Random random(3);
  for (int round = 0; round < 400; ++round) {
    std::u32string a;
    std::u32string b;
    for (std::uint64_t i = random.Below(6); i > 0; --i)
      a += static_cast<char32_t>(U'a' + random.Below(3));
    for (std::uint64_t i = random.Below(6); i > 0; --i)
      b += static_cast<char32_t>(U'a' + random.Below(3));
    for (const std::size_t limit : {0U, 1U, 2U, 5U}) {
      EXPECT_EQ(EditDistance(a, b, limit), std::min(SlowEditDistance(a, b), limit + 1));
    }
  }
}

TEST(FuzzyDictionary, FindsEveryEntryWithinTheForgivenEdits) {
  Random random(5);
  const auto word = [&random] {
    std::string text;
    for (std::uint64_t i = 3 + random.Below(8); i > 0; --i)
      text += static_cast<char>('a' + random.Below(3));
    return text;
  };
  std::vector<std::string> entries;
  for (int i = 0; i < 300; ++i) entries.push_back(word());
  const FuzzyDictionary dictionary(entries);
  for (int round = 0; round < 100; ++round) {
    const auto query = word();
    const std::u32string characters(query.begin(), query.end());
    std::size_t expected = 0;
    for (const auto& entry : entries) {
      const std::size_t edits = ForgivenEdits(query.size());
      expected += static_cast<std::size_t>(
          EditDistance(characters, std::u32string(entry.begin(), entry.end()), edits) <= edits);
    }
    EXPECT_EQ(dictionary.Nearest(query, 1000).size(), expected) << query;
  }
}

TEST(DisplayText, MakesOneHarmlessLine) {
  EXPECT_EQ(DisplayText(" a\n\tb\u2028c \u202Ed\u0007e", 50), "a b c de");
  EXPECT_EQ(DisplayText("\u200B\u2066\uFEFF", 50), "");
  EXPECT_EQ(DisplayText("\xC3\x28ok\xFF", 50), "(ok");
  EXPECT_EQ(DisplayText("abcdef", 4), "abc…");
  EXPECT_EQ(DisplayText("abcd", 4), "abcd");
  EXPECT_EQ(DisplayText("ab    cd", 3), "ab…");
  std::string stacked = "a";
  for (int i = 0; i < 100; ++i) stacked += "\u0301";
  EXPECT_EQ(DisplayText(stacked, 10), "a\u0301\u0301\u0301\u0301");
}

}  // namespace
}  // namespace medley::text
