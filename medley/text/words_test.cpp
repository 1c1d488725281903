#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"
#include "medley/text/character_states.h"
#include "medley/text/english_tagger.h"
#include "medley/text/part_of_speech.h"
#include "medley/text/western_words.h"
#include "medley/text/word_table.h"

namespace medley::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

WordTable Table(std::vector<WordEntry> entries) {
  auto table = WordTable::Make(std::move(entries));
  EXPECT_TRUE(table.has_value());
  return *std::move(table);
}

TEST(WordTable, FindsWordsAndPrefixes) {
  const auto table = Table({{u"北京", -5, "ns"},
                            {u"北", -6, "f"},
                            {u"北京大学", -9, "nt"},
                            {u"大学", -7, "n"},
                            {u"北京", -1, "x"},
                            {u"", -1, "x"}});
  EXPECT_EQ(table.size(), 4U);
  EXPECT_EQ(table.CountFrom(u'北'), 3U);
  const auto found = table.Find(u"北京");
  ASSERT_TRUE(found);
  EXPECT_EQ(table.tag(found->tag), "ns");
  EXPECT_EQ(found->log_probability, -5);
  EXPECT_FALSE(table.Find(u"北京大"));
  EXPECT_FALSE(table.Find(u"南"));
  EXPECT_FALSE(table.Find(u""));
  std::vector<std::size_t> lengths;
  table.ForEachPrefix(u"北京大学生",
                      [&](std::size_t length, WordTable::Word) { lengths.push_back(length); });
  EXPECT_THAT(lengths, ElementsAre(1, 2, 4));
}

TEST(WordTable, OfNothingHasNothing) {
  const auto table = Table({});
  EXPECT_EQ(table.size(), 0U);
  EXPECT_FALSE(table.Find(u"北"));
  EXPECT_FALSE(table.Find(u"\uFFFF"));
}

/// A folder that goes with the test.
class WordTableFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "medley-words-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path Write(std::string_view bytes) const {
    const auto path = folder_ / "words.bin";
    EXPECT_TRUE(WriteFileAtomically(path, bytes).has_value());
    return path;
  }
  std::filesystem::path folder_;
};

TEST_F(WordTableFile, IsRefusedWhereItIsNotWhole) {
  EXPECT_EQ(WordTable::Open(folder_ / "none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(WordTable::Open(Write("something else")).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(CharacterStates::Open(Write("something else")).error().code, ErrorCode::kCorrupt);
  // A header that promises more words than the file has.
  std::string bytes("MEDWORD1");
  bytes += std::string("\xFF\xFF\xFF\x7F\x01\0\0\0\x01\0\0\0\0\0\0\0", 16);
  const auto result = WordTable::Open(Write(bytes));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(result.error().message, HasSubstr("make setup"));
}

std::string Cut(std::u32string_view text) {
  std::string ends;
  for (std::size_t at = 0; at < text.size();) {
    const auto word = WesternWordAt(text, at);
    if (word.end > at) ends += std::to_string(at) + "-" + std::to_string(word.end) + " ";
    at = std::max(word.end, at + 1);
  }
  return ends;
}

TEST(WesternWords, KeepTogetherWhatIsOneWord) {
  EXPECT_EQ(Cut(U"iPhone-15 Wi-Fi"), "0-9 10-15 ");
  EXPECT_EQ(Cut(U"3.5mm jack"), "0-5 6-10 ");
  EXPECT_EQ(Cut(U"$1,299.00!"), "0-9 ");
  EXPECT_EQ(Cut(U"20% 1/2 12:30"), "0-3 4-7 8-13 ");
  EXPECT_EQ(Cut(U"AT&T a&b"), "0-4 5-6 7-8 ");
  EXPECT_EQ(Cut(U"C++ C# F"), "0-3 4-6 7-8 ");
  EXPECT_EQ(Cut(U"U.S. Mr. end."), "0-4 5-8 9-12 ");
  EXPECT_EQ(Cut(U"good.But"), "0-4 5-8 ");
  EXPECT_EQ(Cut(U"1,2,3"), "0-1 2-3 4-5 ");
  EXPECT_EQ(Cut(U"-dash- 'quote'"), "1-5 8-13 ");
  EXPECT_EQ(Cut(U"https://a.org/b?c=1. x"), "0-19 21-22 ");
  EXPECT_EQ(Cut(U"me@site.com"), "0-11 ");
  EXPECT_EQ(Cut(U"naïve cafe\u0301"), "0-5 6-11 ");
  EXPECT_EQ(Cut(U"中文 カナ ไทย"), "");
}

TEST(WesternWords, KnowNumbers) {
  const auto kind = [](std::u32string_view text) { return WesternWordAt(text, 0).kind; };
  EXPECT_EQ(kind(U"3.5mm"), TokenKind::kNumber);
  EXPECT_EQ(kind(U"€20"), TokenKind::kNumber);
  EXPECT_EQ(kind(U"20€"), TokenKind::kNumber);
  EXPECT_EQ(kind(U"50%"), TokenKind::kNumber);
  EXPECT_EQ(kind(U"iPhone-15"), TokenKind::kWord);
  EXPECT_EQ(kind(U"4-door"), TokenKind::kWord);
  EXPECT_EQ(kind(U"www.a.com"), TokenKind::kAddress);
}

TEST(WesternWords, SplitContractions) {
  EXPECT_EQ(ContractionAt(U"don't"), 2U);
  EXPECT_EQ(ContractionAt(U"CAN’T"), 2U);
  EXPECT_EQ(ContractionAt(U"we'll"), 2U);
  EXPECT_EQ(ContractionAt(U"dog's"), 3U);
  EXPECT_EQ(ContractionAt(U"o'clock"), 7U);
  EXPECT_EQ(ContractionAt(U"plain"), 5U);
}

TEST(EnglishTagger, GuessesAndCorrects) {
  auto tagger = EnglishTagger::Make(
      Table({{u"the", 0, "DT"}, {u"to", 0, "TO"}, {u"walk", 0, "NN"}, {u"happy", 0, "JJ"}}),
      "NN VB PREVTAG TO\nNN NNP CURWD Walk\nDT CC SURROUNDTAG STAART STAART\n",
      "NN s fhassuf 1 NNS x\nly hassuf 2 RB x\nNN un fdeletepref 2 JJ x\n");
  ASSERT_TRUE(tagger) << tagger.error().message;
  const auto tags = [&](std::vector<std::string_view> words) { return tagger->Tag(words); };
  EXPECT_THAT(tags({"to", "walk"}), ElementsAre("TO", "VB"));
  EXPECT_THAT(tags({"the", "walk"}), ElementsAre("DT", "NN"));
  EXPECT_THAT(tags({"the", "gadgets", "oddly"}), ElementsAre("DT", "NNS", "RB"));
  EXPECT_THAT(tags({"unhappy"}), ElementsAre("JJ"));
  EXPECT_THAT(tags({"The", "Walk"}), ElementsAre("DT", "NNP"));
  EXPECT_THAT(tags({"the"}), ElementsAre("CC"));
  EXPECT_THAT(tags({"42", "Zork", "iPad-9"}), ElementsAre("CD", "NNP", "NNP"));
  EXPECT_THAT(tags({}), ElementsAre());
}

TEST(EnglishTagger, RefusesRulesThatItCannotRead) {
  for (const char* rule : {"NN VB SOMETAG TO\n", "NN VB PREVTAG\n", "NN VB PREVTAG TO MORE\n"}) {
    const auto tagger = EnglishTagger::Make(Table({}), rule, "");
    ASSERT_FALSE(tagger) << rule;
    EXPECT_EQ(tagger.error().code, ErrorCode::kCorrupt);
  }
  EXPECT_FALSE(EnglishTagger::Make(Table({}), "", "NN s maybe 1 NNS x\n"));
}

TEST(PartOfSpeech, JoinsTheTagsOfBothLanguages) {
  EXPECT_EQ(OfChineseTag("nrt"), PartOfSpeech::kName);
  EXPECT_EQ(OfChineseTag("n"), PartOfSpeech::kNoun);
  EXPECT_EQ(OfChineseTag("vn"), PartOfSpeech::kNoun);
  EXPECT_EQ(OfChineseTag("ad"), PartOfSpeech::kAdverb);
  EXPECT_EQ(OfChineseTag("uj"), PartOfSpeech::kParticle);
  EXPECT_EQ(OfChineseTag(""), PartOfSpeech::kOther);
  EXPECT_EQ(OfPennTag("NNPS"), PartOfSpeech::kName);
  EXPECT_EQ(OfPennTag("NNS"), PartOfSpeech::kNoun);
  EXPECT_EQ(OfPennTag("PRP$"), PartOfSpeech::kDeterminer);
  EXPECT_EQ(OfPennTag("RP"), PartOfSpeech::kParticle);
  EXPECT_EQ(OfPennTag(","), PartOfSpeech::kPunctuation);
  EXPECT_EQ(PartOfSpeechName(PartOfSpeech::kVerb, "zh"), "动词");
  EXPECT_EQ(PartOfSpeechName(PartOfSpeech::kVerb, "en"), "verb");
}

}  // namespace
}  // namespace medley::text
