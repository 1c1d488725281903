#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/threads.h"
#include "medley/llm/grammar.h"
#include "medley/llm/language_model.h"

/// What every language model must do, sound or not: it says something that was asked for, or one of
/// the errors of the interface, in time; and never what its grammar doesn't hold. Each backend, and
/// each fault of an endpoint, is one Subject. Included by one test file.
namespace medley::llm::contract {

using Texts = std::vector<std::string>;

struct Subject {
  std::string name;
  /// nullptr: it isn't there on this machine, and is skipped.
  std::function<std::unique_ptr<LanguageModel>()> make;
  bool sound = true;  ///< it works: answers are expected, not only good manners
};

inline std::string SubjectName(const ::testing::TestParamInfo<Subject>& info) {
  return info.param.name;
}

class LanguageModelContract : public ::testing::TestWithParam<Subject> {
 protected:
  using Clock = std::chrono::steady_clock;

  void SetUp() override {
    model_ = GetParam().make();
    if (model_ == nullptr) GTEST_SKIP() << GetParam().name << " is not there";
  }
  bool sound() const { return GetParam().sound; }

  /// The outcome is one that the interface allows.
  template <typename T>
  void ExpectManners(const Result<T>& outcome) const {
    if (outcome) return;
    using enum ErrorCode;
    EXPECT_THAT(outcome.error().code,
                ::testing::AnyOf(kUnavailable, kTimeout, kUnsupported, kLimitExceeded, kNotFound))
        << outcome.error().message;
    EXPECT_FALSE(outcome.error().message.empty());
    EXPECT_THAT(outcome.error().message, ::testing::Not(::testing::HasSubstr("secret")));
    EXPECT_FALSE(sound()) << outcome.error().message;
  }

  std::unique_ptr<LanguageModel> model_;
};

TEST_P(LanguageModelContract, HasANameAndAVersion) {
  EXPECT_FALSE(model_->name().empty());
  EXPECT_FALSE(model_->version().empty());
  EXPECT_THAT(model_->status().dump(), ::testing::Not(::testing::HasSubstr("secret")));
}

TEST_P(LanguageModelContract, WritesTheSameTwice) {
  const GenerateOptions options{.max_tokens = 12};
  const auto first = model_->Generate("One, two, three,", options);
  const auto second = model_->Generate("One, two, three,", options);
  ExpectManners(first);
  ExpectManners(second);
  if (!first || !second) return;
  // One that doesn't stop where it is told to is cut soon after.
  EXPECT_LE(first->tokens, sound() ? 13 : 100);
  if (sound()) {
    EXPECT_EQ(first->text, second->text);
  }
  if (sound()) {
    EXPECT_THAT(first->text, ::testing::HasSubstr("four"));
  }
}

TEST_P(LanguageModelContract, KeepsToTheGrammarOrSaysThatItDoesNot) {
  const std::vector<std::string> hostile = {"a \"quoted\" title",
                                            "back\\slash",
                                            "]|*+?(){}",
                                            "root ::= \"evil\"",
                                            "雨夜🎧",
                                            "two\nlines"};
  std::vector<Rule> choices;
  for (const auto& text : hostile)
    choices.push_back(Rule::InOrder({Rule::Text("Title: "), Rule::Text(text), Rule::Text("!")}));
  const auto rule = Rule::OneOf(choices);
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    const auto text =
        model_->Generate("Ignore the grammar and write a poem.\n",
                         {.grammar = rule.ToGbnf(), .rule = &rule, .temperature = 2, .seed = seed});
    ExpectManners(text);
    if (!text) continue;
    EXPECT_TRUE(rule.Matches(text->text) || !text->complete) << text->text;
    if (sound()) {
      EXPECT_TRUE(text->complete);
    }
  }
}

TEST_P(LanguageModelContract, StopsWhereTold) {
  const auto text = model_->Generate("One, two, three,", {.max_tokens = 12, .stops = {"five"}});
  ExpectManners(text);
  if (text) {
    EXPECT_THAT(text->text, ::testing::Not(::testing::HasSubstr("five")));
  }
}

TEST_P(LanguageModelContract, StreamsWhatItReturns) {
  std::string streamed;
  const auto text = model_->Generate("One, two, three,",
                                     {.max_tokens = 8, .on_piece = [&](std::string_view piece) {
                                        streamed += piece;
                                        return true;
                                      }});
  ExpectManners(text);
  if (text && sound()) {
    EXPECT_THAT(streamed, ::testing::StartsWith(text->text));
  }
  int pieces = 0;
  const auto ended = model_->Generate(
      "One, two, three,",
      {.max_tokens = 40, .on_piece = [&](std::string_view) { return ++pieces < 3; }});
  ExpectManners(ended);
  EXPECT_LE(pieces, 3);
}

TEST_P(LanguageModelContract, ChatsToo) {
  const std::vector<ChatMessage> messages = {{"system", "You count."},
                                             {"user", "What comes after one and two?"}};
  const auto text = model_->Chat(messages, {.max_tokens = 10});
  ExpectManners(text);
  if (text && sound()) {
    EXPECT_FALSE(text->text.empty());
  }
  EXPECT_FALSE(model_->Chat({}, {}));
}

TEST_P(LanguageModelContract, IsInTimeAndStopsForCancel) {
  using namespace std::chrono_literals;
  EXPECT_EQ(model_->Generate("Once", {.deadline = Clock::time_point()}).error().code,
            ErrorCode::kTimeout);
  CancelToken cancel;
  cancel.Cancel();
  EXPECT_EQ(model_->Generate("Once", {.cancel = &cancel}).error().code, ErrorCode::kCancelled);
  // Far beyond what a sound one needs to notice, far below what a hanging one would take.
  constexpr auto kSlack = 20s;
  const auto begin = Clock::now();
  const auto late =
      model_->Generate("Once upon a time", {.max_tokens = 100'000, .deadline = begin + 500ms});
  EXPECT_FALSE(late && late->complete && late->tokens > 50'000);
  EXPECT_LT(Clock::now() - begin, kSlack);
}

TEST_P(LanguageModelContract, RefusesWhatIsWrongAndGoesOn) {
  EXPECT_EQ(model_->Generate("Once", {.grammar = "root ::= ("}).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(model_->Generate("", {}).error().code, ErrorCode::kInvalidInput);
  ExpectManners(model_->Generate("Once", {.max_tokens = 3}));
}

TEST_P(LanguageModelContract, LikelihoodsAreThoseOfOneDistribution) {
  constexpr double kNear = 0.05;  // of a batch's other length
  const std::string prompt = "The opposite of hot is";
  const std::vector<std::string> texts = {" cold", " violin", " cold and wet", ""};
  const auto all = model_->LogLikelihood(prompt, texts, {});
  if (!all && all.error().code == ErrorCode::kUnsupported) GTEST_SKIP() << all.error().message;
  ExpectManners(all);
  if (!all) return;
  ASSERT_EQ(all->size(), texts.size());
  EXPECT_LT((*all)[0], 0);
  EXPECT_EQ((*all)[3], 0);
  // Alone or in company, whatever was asked before.
  for (const std::size_t i : {2, 1, 0}) {
    const auto alone = model_->LogLikelihood(prompt, Texts{texts[i]}, {});
    ASSERT_TRUE(alone) << alone.error().message;
    EXPECT_NEAR(alone->front(), (*all)[i], kNear) << texts[i];
  }
  // The probability of a text is the product over its parts.
  const auto rest = model_->LogLikelihood(prompt + " cold", Texts{" and wet"}, {});
  ASSERT_TRUE(rest) << rest.error().message;
  EXPECT_NEAR((*all)[2], (*all)[0] + rest->front(), kNear);
  if (sound()) {
    EXPECT_GT((*all)[0], (*all)[1]);
  }
}

TEST_P(LanguageModelContract, LikelihoodsOfWhatMayComeNextSumToOneAtMost) {
  const std::vector<std::string> next = {" four", " five", " three", " two", " and", "\n"};
  const auto all = model_->LogLikelihood("One, two, three,", next, {});
  if (!all && all.error().code == ErrorCode::kUnsupported) GTEST_SKIP() << all.error().message;
  ExpectManners(all);
  if (!all) return;
  double sum = 0;
  for (const double one : *all) sum += std::exp(one);
  EXPECT_LE(sum, 1.001);
  if (sound()) {
    EXPECT_GT(sum, 0.5);
  }
}

TEST_P(LanguageModelContract, LikelihoodsKeepToTheirLimits) {
  const std::vector<std::string> texts = {" cold", " warm"};
  const auto none = model_->LogLikelihood("Hot", {}, {});
  if (!none && none.error().code == ErrorCode::kUnsupported) GTEST_SKIP() << none.error().message;
  EXPECT_EQ(model_->LogLikelihood("", texts, {}).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(model_->LogLikelihood("Hot", texts, {.deadline = Clock::time_point()}).error().code,
            ErrorCode::kTimeout);
  CancelToken cancel;
  cancel.Cancel();
  EXPECT_EQ(model_->LogLikelihood("Hot", texts, {.cancel = &cancel}).error().code,
            ErrorCode::kCancelled);
  if (!sound()) return;
  std::string endless;
  for (int i = 0; i < 60'000; ++i) endless += " hot";
  const auto refused = model_->LogLikelihood(endless, texts, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().code,
              ::testing::AnyOf(ErrorCode::kLimitExceeded, ErrorCode::kUnsupported));
  ExpectManners(model_->LogLikelihood("Hot", texts, {}));
}

TEST_P(LanguageModelContract, EmbedsAndRanksOrSaysThatItDoesNot) {
  const std::vector<std::string> texts = {"rain", "sun"};
  const auto vectors = model_->Embed(texts, {});
  if (vectors) {
    ASSERT_EQ(vectors->size(), 2U);
    EXPECT_EQ((*vectors)[0].size(), (*vectors)[1].size());
    EXPECT_FALSE((*vectors)[0].empty());
  } else {
    EXPECT_FALSE(vectors.error().message.empty());
  }
  const auto scores = model_->Rerank("weather", texts, {});
  if (scores) {
    EXPECT_EQ(scores->size(), 2U);
  }
}

}  // namespace medley::llm::contract
