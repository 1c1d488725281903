// The words and parts of speech that the data of the model pack gives.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/random.h"
#include "medley/encoders/text/pack_analyser.h"
#include "medley/text/analyser.h"
#include "medley/text/part_of_speech.h"
#include "medley/text/tokens.h"

namespace medley::text {
namespace {

const Analyser& PackAnalyser() {
  static const auto analyser = encoders::OpenPackAnalyser();
  EXPECT_TRUE(analyser.has_value()) << (analyser ? "" : analyser.error().message);
  return *analyser;
}

/// The words with spaces between, sentences with " / ".
std::string Words(std::string_view text) {
  std::string out;
  PackAnalyser().ForEachSentence(text, [&](std::span<const Word> sentence) {
    if (!out.empty()) out += " /";
    for (const Word& word : sentence)
      out += (out.empty() ? "" : " ") + std::string(word.token.text);
  });
  return out;
}

/// The words with their classes.
std::string Classes(std::string_view text) {
  std::string out;
  PackAnalyser().ForEachSentence(text, [&](std::span<const Word> sentence) {
    for (const Word& word : sentence) {
      out += (out.empty() ? "" : " ") + std::string(word.token.text) + "/" +
             std::string(PartOfSpeechName(word.part, "en"));
    }
  });
  return out;
}

TEST(Words, CutsChineseByTheDictionaryAndTheModel) {
  EXPECT_EQ(Words("南京市长江大桥"), "南京市 长江大桥");
  EXPECT_EQ(Words("乒乓球拍卖完了"), "乒乓球 拍卖 完 了");
  EXPECT_EQ(Words("小明硕士毕业于中国科学院计算所"), "小明 硕士 毕业 于 中国科学院 计算所");
  // Not in the dictionary.
  EXPECT_EQ(Words("他来到了网易杭研大厦"), "他 来到 了 网易 杭研 大厦");
}

TEST(Words, KeepsGrammarOutOfUnknownWords) {
  EXPECT_EQ(Words("院子里种着苹果树"), "院子 里 种 着 苹果树");
  EXPECT_EQ(Words("特朗普和普京举行了会谈"), "特朗普 和 普京 举行 了 会谈");
}

TEST(Words, CutsTraditionalCharactersAsSimplified) {
  EXPECT_EQ(Words("這個電腦後來顯著降價了"), "這個 電腦 後來 顯著 降價 了");
  EXPECT_EQ(Words("著名作家"), "著名作家");
}

TEST(Words, CutsMixedText) {
  EXPECT_EQ(Words("我的iPhone-15掉了3.5mm的螺丝"), "我 的 iPhone-15 掉 了 3.5mm 的 螺丝");
  EXPECT_EQ(Words("买了件T恤，$19.99！"), "买 了 件 T恤 ， $19.99 ！");
  EXPECT_EQ(Words("PC机很好"), "PC机 很 好");
  EXPECT_EQ(Words("Don't buy it. It's the dog's."), "Do n't buy it . / It 's the dog 's .");
  EXPECT_EQ(Words("第一句。第二句！\nThird one"), "第一句 。 / 第二句 ！ / Third one");
}

TEST(Words, CutsJapaneseAndThaiByTheirOwnDictionaries) {
  EXPECT_EQ(Words("私は東京に住んでいます"), "私 は 東京 に 住 んで い ます");
  EXPECT_EQ(Words("ภาษาไทย"), "ภาษา ไทย");
}

TEST(Words, TellsParts) {
  EXPECT_EQ(Classes("我在北京吃饭"), "我/pronoun 在/preposition 北京/name 吃饭/verb");
  EXPECT_EQ(Classes("The red shoes fit well."),
            "The/determiner red/adjective shoes/noun fit/verb well/adverb ./punctuation");
  EXPECT_EQ(Classes("50 %，😀"), "50/numeral %/punctuation ，/punctuation 😀/symbol");
}

TEST(Words, ReadsAnyBytes) {
  EXPECT_EQ(Words(""), "");
  EXPECT_EQ(Words("\xFF\xFE"), "");
  EXPECT_EQ(Words("北\xFF京"), "北 京");
  EXPECT_EQ(Words("北京\xE5\x8C"), "北京");
  EXPECT_EQ(Words(std::string_view("a\0b\x07 c", 6)), "a b c");
  EXPECT_EQ(Words("👍🏽👨‍👩‍👧🇨🇳❤️"),
            "👍🏽 👨‍👩‍👧 🇨🇳 ❤️");
  EXPECT_EQ(Words("\u200D\u200B\uFEFF"), "");
  EXPECT_EQ(Words("𠮷野家"), "𠮷野家");
  Random random(5);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (int i = 0; i < 40; ++i) bytes += static_cast<char>(random.Below(256));
    std::size_t at = 0;
    PackAnalyser().ForEachSentence(bytes, [&](std::span<const Word> sentence) {
      for (const Word& word : sentence) {
        const auto begin = static_cast<std::size_t>(word.token.text.data() - bytes.data());
        ASSERT_GE(begin, at);
        ASSERT_FALSE(word.token.text.empty());
        at = begin + word.token.text.size();
        ASSERT_LE(at, bytes.size());
      }
    });
  }
}

TEST(Words, CutsALineWithoutEndInStretches) {
  for (const char* unit : {"好", "a", "的", "。", "😀", "\xFF", "1"}) {
    std::string text;
    while (text.size() < 200'000) text += unit;
    std::size_t most = 0;
    PackAnalyser().ForEachSentence(
        text, [&](std::span<const Word> sentence) { most = std::max(most, sentence.size()); });
    EXPECT_LE(most, 8192U) << unit;
  }
}

}  // namespace
}  // namespace medley::text
