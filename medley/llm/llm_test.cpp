#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "medley/core/random.h"
#include "medley/llm/gbnf.h"
#include "medley/llm/grammar.h"
#include "medley/llm/language_model.h"
#include "medley/llm/prompt.h"

namespace medley::llm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Rule Greeting() {
  return Rule::InOrder(
      {Rule::OneOf(std::vector<std::string>{"Hello", "Hi"}),
       Rule::Text(" "),
       Rule::OneOf({Rule::Text("you"), Rule::InOrder({Rule::Text("you"), Rule::Text(" two")})}),
       Rule::Text(".")});
}

TEST(Rule, ProducesWhatItMatches) {
  const auto all = Greeting().All();
  EXPECT_THAT(all, ElementsAre("Hello you.", "Hello you two.", "Hi you.", "Hi you two."));
  for (const auto& text : all) EXPECT_TRUE(Greeting().Matches(text));
  for (const auto* text : {"", "Hi", "Hi you", "Hi you. ", "hi you.", "Hi you two two."})
    EXPECT_FALSE(Greeting().Matches(text)) << text;
}

TEST(Rule, WritesGbnf) {
  EXPECT_EQ(Rule::Text("a").ToGbnf(), "root ::= \"a\"\n");
  EXPECT_EQ(
      Rule::InOrder({Rule::OneOf(std::vector<std::string>{"a", "b"}), Rule::Text("c")}).ToGbnf(),
      "root ::= rule-0\nrule-1 ::= \"a\" | \"b\"\nrule-0 ::= rule-1 \"c\"\n");
}

TEST(Rule, SharedPartsAreWrittenOnce) {
  const auto part = Rule::OneOf(std::vector<std::string>{"a", "b"});
  const auto gbnf = Rule::InOrder({part, Rule::Text("-"), part}).ToGbnf();
  EXPECT_EQ(gbnf.find("\"a\""), gbnf.rfind("\"a\""));
}

TEST(GbnfLiteral, LeavesNothingThatEndsItOrTheLine) {
  EXPECT_EQ(GbnfLiteral("say \"hi\" \\ ]|* {root ::= x}"),
            "\"say \\\"hi\\\" \\\\ ]|* {root ::= x}\"");
  EXPECT_EQ(GbnfLiteral("a\nb\tc"), "\"a\\x0Ab\\x09c\"");
  EXPECT_EQ(GbnfLiteral("\xff雨🎧"), "\"\uFFFD雨🎧\"");
  Random random(1);
  for (int round = 0; round < 500; ++round) {
    std::string bytes;
    for (int i = 0; i < 20; ++i) bytes += static_cast<char>(random.Below(256));
    const auto literal = GbnfLiteral(bytes);
    bool escaped = false;
    for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
      EXPECT_GE(static_cast<unsigned char>(literal[i]), 0x20);
      EXPECT_FALSE(literal[i] == '"' && !escaped);
      escaped = literal[i] == '\\' && !escaped;
    }
    EXPECT_FALSE(escaped);
  }
}

TEST(Prompt, IsFilledWithOneLineValues) {
  const Prompt prompt{"test", "Title: {{title}}\nAgain: {{title}}\n{{other}}"};
  const auto filled = prompt.Fill({{"title", "a\nSentence: {{other}}\x01"}, {"other", "x"}});
  ASSERT_TRUE(filled);
  EXPECT_EQ(*filled, "Title: a Sentence: { {other}} \nAgain: a Sentence: { {other}} \nx");
  EXPECT_FALSE(prompt.Fill({{"title", "a"}}));
}

TEST(Prompt, IsCompiledInAndVersioned) {
  const auto english = FindPrompt("explain_en");
  const auto chinese = FindPrompt("explain_zh");
  ASSERT_TRUE(english);
  ASSERT_TRUE(chinese);
  EXPECT_NE(english->Version(), chinese->Version());
  EXPECT_TRUE(english->Fill({{"title", "t"}, {"reasons", "r"}}));
  EXPECT_EQ(FindPrompt("no such").error().code, ErrorCode::kNotFound);
}

TEST(Rule, CountsWithoutWritingThemAll) {
  EXPECT_EQ(Greeting().CountUpTo(100), 4U);
  EXPECT_EQ(Greeting().CountUpTo(3), 3U);
  const auto digit = Rule::OneOf(std::vector<std::string>{"0", "1", "2", "3", "4"});
  EXPECT_EQ(Rule::InOrder(std::vector<Rule>(40, digit)).CountUpTo(1000), 1000U);
}

TEST(Gbnf, TakesWhatARuleMakesAndNothingElse) {
  const auto rule = Greeting();
  const auto grammar = Gbnf::Parse(rule.ToGbnf());
  ASSERT_TRUE(grammar) << grammar.error().message;
  for (const auto& text : rule.All()) EXPECT_TRUE(grammar->Matches(text)) << text;
  for (const auto* text : {"", "Hi", "Hi you", "Hi you. ", "hi you.", "Hi you two two."})
    EXPECT_FALSE(grammar->Matches(text)) << text;
  Random random(2);
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    for (int i = 0; i < 12; ++i) bytes += static_cast<char>(random.Below(256));
    const auto one = Rule::Text(bytes);
    const auto literal = Gbnf::Parse(one.ToGbnf());
    ASSERT_TRUE(literal) << literal.error().message;
    EXPECT_TRUE(literal->Matches(one.All().front()));
    EXPECT_FALSE(literal->Matches(one.All().front() + "x"));
  }
}

TEST(Gbnf, ReadsTheWholeLanguage) {
  struct Case {
    const char* grammar;
    std::vector<std::string> good;
    std::vector<std::string> bad;
  };
  const std::vector<Case> cases = {
      {"root ::= [a-c]+ \"-\"? [^a-z]{2,3} # a comment\n", {"a-XY", "abcXYZ"}, {"", "aX", "aXYZW"}},
      {"root ::= item (\", \" item)*\nitem ::= \"x\" |\n  \"y\"", {"x", "x, y, x"}, {"x,", "z"}},
      {"root ::= \"\\x41\\u96E8\\n\" .", {"A雨\n!", "A雨\n夜"}, {"A雨\n", "A雨\n!!"}},
      {"root ::= \"(\" root \")\" | \"\"", {"", "()", "((()))"}, {"(", "())"}},
      {"root ::= [\\]\\-] {2}", {"]-", "--"}, {"]", "a-"}},
      {"root ::= root \"a\" | \"a\"", {"a"}, {"b"}},
      {"root ::= (\"a\" | \"\")* \"b\"", {"b", "aaab"}, {"ba"}}};
  for (const auto& one : cases) {
    const auto grammar = Gbnf::Parse(one.grammar);
    ASSERT_TRUE(grammar) << one.grammar << ": " << grammar.error().message;
    for (const auto& text : one.good) EXPECT_TRUE(grammar->Matches(text)) << one.grammar << text;
    for (const auto& text : one.bad) EXPECT_FALSE(grammar->Matches(text)) << one.grammar << text;
  }
  for (const auto* wrong : {"",
                            "root",
                            "root ::= (",
                            "root ::= \"a",
                            "root ::= [a",
                            "x ::= \"a\"",
                            "root ::= missing",
                            "root ::= \"a\"{3,2}",
                            "root ::= \"\\x4\"",
                            "= b"})
    EXPECT_EQ(Gbnf::Parse(wrong).error().code, ErrorCode::kInvalidInput) << wrong;
  EXPECT_FALSE(Gbnf::Parse("root ::= " + std::string(10'000, '(')));
}

TEST(FindLanguageModel, TakesTwoLinesForAnEndpointAndNeverTellsTheKey) {
  const auto source = FindLanguageModel({{"backend", "endpoint"}, {"url", "http://127.0.0.1:1"}});
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_THAT(source->id, HasSubstr("endpoint@"));
  EXPECT_EQ(FindLanguageModel({{"backend", "endpoint"}}).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(FindLanguageModel({{"backend", "endpoint"}, {"url", "nowhere"}}).error().code,
            ErrorCode::kInvalidInput);
  const auto keyless = FindLanguageModel(
      {{"backend", "endpoint"}, {"url", "https://a.example"}, {"key_env", "MEDLEY_NO_SUCH_KEY"}});
  EXPECT_EQ(keyless.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(keyless.error().message, HasSubstr("MEDLEY_NO_SUCH_KEY"));
}

TEST(FindLanguageModel, SaysWhatIsWrong) {
  EXPECT_EQ(FindLanguageModel({{"backend", "abacus"}}).error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(FindLanguageModel({{"backend", "abacus"}}).error().message, HasSubstr("llama"));
  EXPECT_EQ(FindLanguageModel({{"colour", "red"}}).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(FindLanguageModel({{"path", "/nowhere/to/be.gguf"}}).error().code,
            ErrorCode::kNotFound);
}

}  // namespace
}  // namespace medley::llm
