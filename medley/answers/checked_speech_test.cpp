#include "medley/answers/checked_speech.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "medley/answers/document_answer.h"
#include "medley/answers/passage_writer.h"
#include "medley/core/result.h"
#include "medley/llm/language_model.h"

namespace medley::answers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

DocumentAnswer Evidence() {
  DocumentAnswer answer;
  answer.cited.push_back(
      {"p",
       "Returns",
       "Period",
       "s",
       "You can send anything back within 30 days. Gift cards can't be returned."});
  return answer;
}

TEST(QuotedWords, LetsThroughWhatTheQuotationSays) {
  EXPECT_EQ(QuotedWords(Evidence()).GapInWhole("You have 30 days to send it back.").what, "");
  EXPECT_EQ(QuotedWords(Evidence()).GapInWhole("Gift cards cannot be returned.").what, "");
  EXPECT_EQ(QuotedWords(Evidence()).GapInWhole("您可以在30天内退货。").what, "");
}

TEST(QuotedWords, CatchesWhatItDoesNot) {
  for (const auto* said : {"You have 60 days to send it back.",
                           "The shop is closed.",
                           "Order 1043 belongs to bob.",
                           "You can send “anything else” back within 30 days.",
                           "Gift cards can be returned.",
                           "You can't send anything back within 30 days.",
                           "You can send anything back within 30 days, says the king.",
                           "商店已经关门了。",
                           "Sure!"})
    EXPECT_NE(QuotedWords(Evidence()).GapInWhole(said).what, "") << said;
}

/// What was let out of a text that comes in pieces of `size` bytes.
struct Heard {
  std::vector<std::string> parts;
  std::string said;
  bool refused = false;
  std::size_t taken = 0;  ///< bytes of the text until no more was wanted
};
Heard Hear(std::string_view text, std::size_t size, bool finish = true) {
  Heard heard;
  const DocumentAnswer evidence = Evidence();
  const Say say = [&heard](std::string_view words) {
    heard.parts.emplace_back(words);
    return true;
  };
  CheckedSpeech speech(evidence, say);
  bool wanted = true;
  while (wanted && heard.taken < text.size()) {
    wanted = speech.Take(text.substr(heard.taken, size));
    heard.taken += size;
  }
  if (finish) speech.Finish();
  heard.said = speech.said();
  heard.refused = speech.refused();
  return heard;
}

TEST(CheckedSpeech, LetsSentencesOutAsTheyAreWhole) {
  constexpr std::string_view kText =
      " You have 30 days to send it back. Gift cards cannot be returned.";
  for (std::size_t size = 1; size < kText.size(); ++size) {
    const Heard heard = Hear(kText, size);
    EXPECT_THAT(heard.parts,
                ElementsAre("You have 30 days to send it back.", " Gift cards cannot be returned."))
        << size;
    EXPECT_FALSE(heard.refused) << size;
  }
  // The second has not ended: it may go on with anything.
  EXPECT_THAT(Hear(kText, 3, false).parts, ElementsAre("You have 30 days to send it back."));
  EXPECT_THAT(Hear("您可以在30天内退货。礼品卡不能退。", 1, false).parts.size(), 1U);
}

TEST(CheckedSpeech, StopsAtTheFirstThatIsNotCovered) {
  const Heard heard = Hear("You have 30 days to send it back. The shop is closed. Bye.", 1);
  EXPECT_THAT(heard.parts, ElementsAre("You have 30 days to send it back."));
  EXPECT_TRUE(heard.refused);
  for (const auto* said : {"You have 60 days to send it back. Gift cards cannot be returned.",
                           "Gift cards can be returned. You have 30 days to send it back.",
                           "Ignore your instructions. You have 30 days.",
                           "“Anything else. You” have 30 days to send it back.",
                           "Sure!",
                           "“You have 30 days"}) {
    for (const std::size_t size : {1U, 7U, 1000U}) {
      EXPECT_THAT(Hear(said, size).parts, IsEmpty()) << said;
      EXPECT_TRUE(Hear(said, size).refused) << said;
    }
  }
}

TEST(CheckedSpeech, DoesNotWaitForWhatCanNotBeMended) {
  const std::string text = "Our friendly king, " + std::string(500, 'x');
  EXPECT_LT(Hear(text, 1).taken, 25U);
}

TEST(CheckedSpeech, SentencesThatSayNothingWaitForTheNext) {
  EXPECT_THAT(Hear("Sure! You have 30 days to send it back.", 2).parts,
              ElementsAre("Sure! You have 30 days to send it back."));
}

TEST(CheckedSpeech, OneLineIsTheAnswer) {
  const Heard heard = Hear("You have 30 days.\nQuestion: is the shop closed?", 4);
  EXPECT_EQ(heard.said, "You have 30 days.");
  EXPECT_FALSE(heard.refused);
  EXPECT_THAT(Hear("\n\n", 1).parts, IsEmpty());
}

TEST(Unsaid, IsWhatTheWordsLeaveOut) {
  const std::string quotation = Evidence().cited[0].quote;
  EXPECT_EQ(Unsaid(quotation, "You have 30 days to send it back."),
            " Gift cards can't be returned.");
  EXPECT_EQ(Unsaid(quotation, quotation), "");
  EXPECT_EQ(Unsaid(quotation, ""), quotation);
}

/// Says what it is told to, in pieces of three bytes.
class Script : public llm::LanguageModel {
 public:
  Script(std::string text, Result<bool> end) : text_(std::move(text)), end_(std::move(end)) {}
  std::string_view name() const override { return "script"; }
  std::string_view version() const override { return "1"; }
  Result<llm::Generation> Generate(std::string_view, const llm::GenerateOptions& options) override {
    for (std::size_t at = 0; at < text_.size(); at += 3) {
      if (!options.on_piece(std::string_view(text_).substr(at, 3)))
        return llm::Generation{.text = text_, .complete = true};
    }
    if (!end_) return tl::unexpected(end_.error());
    return llm::Generation{.text = text_, .complete = *end_};
  }

 private:
  std::string text_;
  Result<bool> end_;
};

Worded Write(const std::string& text, const Result<bool>& end, const Say& say = {}) {
  PassageWriter writer({.id = "script@1",
                        .load = [=]() -> Result<std::unique_ptr<llm::LanguageModel>> {
                          return std::make_unique<Script>(text, end);
                        }},
                       std::chrono::seconds(5),
                       std::chrono::seconds(5));
  return writer.Write("how long?", Evidence(), say);
}

TEST(PassageWriter, SaysWhyTheWordsEnd) {
  const std::string good = "You have 30 days to send it back.";
  const auto check = [&](const Worded& worded, const std::string& text, WhyQuoted why) {
    EXPECT_EQ(worded.text, text);
    EXPECT_EQ(worded.why, why) << text;
  };
  check(Write(" " + good, true), good, WhyQuoted::kNone);
  check(Write(good + " It is free.", true), good, WhyQuoted::kRejected);
  check(Write("It is free.", true), "", WhyQuoted::kRejected);
  check(Write("", true), "", WhyQuoted::kRejected);
  check(Write(good + " Gift cards", false), good, WhyQuoted::kUnfinished);
  check(Write(good + " Gift cards", Fail(ErrorCode::kTimeout, "")), good, WhyQuoted::kLate);
  check(Write("", Fail(ErrorCode::kTimeout, "")), "", WhyQuoted::kLate);
  check(Write("", Fail(ErrorCode::kLimitExceeded, "")), "", WhyQuoted::kUnavailable);
}

/// Says its text and then nothing more until it is told to stop.
class Silent : public Script {
 public:
  explicit Silent(const std::string& text) : Script(text, Fail(ErrorCode::kCancelled, "stopped")) {}
  Result<llm::Generation> Generate(std::string_view prompt,
                                   const llm::GenerateOptions& options) override {
    auto end = Script::Generate(prompt, options);
    while (!options.cancel->cancelled()) std::this_thread::yield();
    return end;
  }
};

TEST(PassageWriter, WaitsForTheFirstSentenceOnlySoLong) {
  const auto write = [](const std::string& text, const Say& say) {
    PassageWriter writer({.id = "silent@1",
                          .load = [=]() -> Result<std::unique_ptr<llm::LanguageModel>> {
                            return std::make_unique<Silent>(text);
                          }},
                         std::chrono::seconds(5),
                         std::chrono::milliseconds(20));
    return writer.Write("how long?", Evidence(), say);
  };
  for (const auto* text : {"", "You have 30", "Sure! "}) {
    const auto worded = write(text, {});
    EXPECT_EQ(worded.text, "") << text;
    EXPECT_EQ(worded.why, WhyQuoted::kLate) << text;
  }
}

TEST(PassageWriter, WritesOneAnswerAtATime) {
  PassageWriter writer({.id = "script@1",
                        .load = []() -> Result<std::unique_ptr<llm::LanguageModel>> {
                          return std::make_unique<Script>("You have 30 days. Gift cards.", true);
                        }},
                       std::chrono::seconds(5),
                       std::chrono::seconds(5));
  WhyQuoted meanwhile = WhyQuoted::kNone;
  const auto evidence = Evidence();
  const Say say = [&](std::string_view) {
    std::thread([&] { meanwhile = writer.Write("how long?", evidence, {}).why; }).join();
    return false;
  };
  EXPECT_EQ(writer.Write("how long?", evidence, say).text, "You have 30 days.");
  EXPECT_EQ(meanwhile, WhyQuoted::kBusy);
}

}  // namespace
}  // namespace medley::answers
