#include "medley/inference/llama.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "medley/inference/model_pack.h"

namespace medley::inference {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Texts = std::vector<std::string>;

std::shared_ptr<const LlamaModel> PackLanguageModel() {
  static const std::shared_ptr<const LlamaModel> model = [] {
    const auto pack = ModelPack::Open();
    if (!pack) return std::shared_ptr<const LlamaModel>();
    const auto found = pack->Find("smollm2-135m");
    if (!found) return std::shared_ptr<const LlamaModel>();
    return LlamaModel::Load(found->File("weights").value()).value();
  }();
  return model;
}

class LlamaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (PackLanguageModel() == nullptr)
      GTEST_SKIP() << "the model pack is not set up: run `make setup`";
  }
  static LlamaSession Session(int context_tokens = 512) {
    return LlamaSession::Start(PackLanguageModel(), {.context_tokens = context_tokens}).value();
  }
};

TEST(OpenMpRuntime, WaitsPassively) { EXPECT_STREQ(std::getenv("OMP_WAIT_POLICY"), "passive"); }

TEST_F(LlamaTest, TokensGiveTheTextBack) {
  for (const std::string text :
       {"Hello, world!", "这部电影", "tab\tand\nline", "<|im_end|> stays text"}) {
    const auto tokens = PackLanguageModel()->Tokenize(text, /*special=*/false);
    EXPECT_EQ(PackLanguageModel()->TextOf(tokens), text);
  }
}

TEST_F(LlamaTest, TokenizesBytesThatAreNoUtf8) {
  const auto tokens = PackLanguageModel()->Tokenize(std::string("a\xff\xfe\0b", 5), false);
  EXPECT_THAT(PackLanguageModel()->TextOf(tokens), StartsWith("a\xef\xbf\xbd"));
}

TEST_F(LlamaTest, ContinuesAPatternGreedilyAndTheSameTwice) {
  auto session = Session();
  const std::string prompt =
      "one two three four five six seven eight nine ten\none two three four five";
  const auto first = session.Generate(prompt, {.max_tokens = 3});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_THAT(first->text, StartsWith(" six seven eight"));
  EXPECT_EQ(first->end, LlamaEnd::kTokens);
  EXPECT_EQ(first->reused_tokens, 0);
  const auto second = session.Generate(prompt, {.max_tokens = 3});
  EXPECT_EQ(second->text, first->text);
  EXPECT_EQ(second->reused_tokens, second->prompt_tokens - 1);
}

TEST_F(LlamaTest, WritesNothingThatTheGrammarDoesNotAllow) {
  auto session = Session();
  const LlamaGeneration generation{.max_tokens = 40,
                                   .grammar = "root ::= \" Zorblax\" | \" Quixotl\""};
  const auto text = session.Generate("The capital of France is", generation);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_THAT(text->text, ::testing::AnyOf(" Zorblax", " Quixotl"));
  EXPECT_EQ(text->end, LlamaEnd::kModel);
}

TEST_F(LlamaTest, RefusesAGrammarThatDoesNotParse) {
  auto session = Session();
  const auto text = session.Generate("x", {.grammar = "root ::= ("});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kInvalidInput);
}

TEST_F(LlamaTest, EndsBeforeAStop) {
  auto session = Session();
  LlamaGeneration generation{.max_tokens = 20};
  generation.stops = {" eight"};
  const auto text = session.Generate(
      "one two three four five six seven eight nine ten\none two three four five", generation);
  EXPECT_EQ(text->text, " six seven");
  EXPECT_EQ(text->end, LlamaEnd::kStop);
}

TEST_F(LlamaTest, CallbackSeesThePiecesAndCanEndTheText) {
  auto session = Session();
  std::string seen;
  LlamaGeneration generation{.max_tokens = 20};
  generation.on_piece = [&](std::string_view piece) {
    seen += piece;
    return seen.size() < 5;
  };
  const auto text = session.Generate("Once upon a time", generation);
  EXPECT_EQ(text->end, LlamaEnd::kCallback);
  EXPECT_EQ(text->text, seen);
}

TEST_F(LlamaTest, PrefillIsContinuedFromAndChangesNothing) {
  const std::string head = "Fruit: apple, pear, plum.\nAnimals: dog, cat,";
  auto cold = Session();
  const auto expected = cold.Generate(head + " horse, cow,", {.max_tokens = 8});
  auto warm = Session();
  ASSERT_TRUE(warm.Prefill(head));
  const auto text = warm.Generate(head + " horse, cow,", {.max_tokens = 8});
  EXPECT_EQ(text->text, expected->text);
  EXPECT_GE(text->reused_tokens, 10);
  // A prompt that parts from the held one early is read in anew from there.
  const auto other = warm.Generate("Fruit: cherry", {.max_tokens = 8});
  EXPECT_EQ(other->text, cold.Generate("Fruit: cherry", {.max_tokens = 8})->text);
  EXPECT_LT(other->reused_tokens, 5);
}

TEST_F(LlamaTest, RefusesAPromptThatLeavesNoRoomAndRecovers) {
  auto session = Session(64);
  std::string prompt;
  for (int i = 0; i < 100; ++i) prompt += "word ";
  EXPECT_EQ(session.Generate(prompt, {}).error().code, ErrorCode::kLimitExceeded);
  EXPECT_TRUE(session.Generate("short", {.max_tokens = 2}));
  const auto full = session.Generate("short", {.max_tokens = 1000});
  ASSERT_TRUE(full) << full.error().message;
  EXPECT_LE(full->tokens, 64);
}

TEST_F(LlamaTest, StopsWhenCancelled) {
  auto session = Session();
  CancelToken cancel;
  LlamaGeneration generation{.max_tokens = 400, .cancel = &cancel};
  generation.on_piece = [&](std::string_view) {
    cancel.Cancel();
    return true;
  };
  EXPECT_EQ(session.Generate("Once upon a time", generation).error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(session.Generate("Once upon a time", {.max_tokens = 2}));
}

TEST_F(LlamaTest, ScoresTheLikelierContinuationHigher) {
  auto session = Session();
  const std::string prompt = "The opposite of hot is";
  const auto scores = session.Score(prompt, Texts{" cold", " violin"});
  ASSERT_TRUE(scores) << scores.error().message;
  EXPECT_GT((*scores)[0], (*scores)[1]);
  EXPECT_LT((*scores)[0], 0);
}

TEST_F(LlamaTest, ScoresAloneAsInCompanyAndAfterAnythingElse) {
  const std::string prompt = "Yes or no. Is the sky blue?";
  const std::vector<std::string> texts = {
      " It is said to be: yes", " It is said to be: no", "", " no", " yes and no and yes", " yes"};
  auto together = Session();
  const auto scores = together.Score(prompt, texts);
  ASSERT_TRUE(scores) << scores.error().message;
  auto other = Session();
  for (std::size_t i = texts.size(); i-- > 0;) {
    const auto fresh = Session().Score(prompt, Texts{texts[i]});
    EXPECT_NEAR((*scores)[i], fresh->front(), 0.02) << texts[i];
    ASSERT_TRUE(other.Generate("Something else", {.max_tokens = 3}));
    EXPECT_NEAR((*scores)[i], other.Score(prompt, Texts{texts[i]})->front(), 0.02) << texts[i];
  }
  EXPECT_EQ((*scores)[2], 0);
  EXPECT_EQ(together.Score("", Texts{" a"}).error().code, ErrorCode::kInvalidInput);
}

TEST_F(LlamaTest, ScoresTextsLongerThanABatch) {
  auto session = Session(2048);
  std::string half;
  for (int i = 0; i < 130; ++i) half += " word" + std::to_string(i % 7);
  const auto whole = session.Score("A list:", Texts{half + half});
  ASSERT_TRUE(whole) << whole.error().message;
  const auto first = session.Score("A list:", Texts{half});
  const auto second = session.Score("A list:" + half, Texts{half});
  EXPECT_NEAR(whole->front(), first->front() + second->front(), 1);
}

TEST_F(LlamaTest, StopsScoringInTime) {
  auto session = Session(64);
  std::string endless;
  for (int i = 0; i < 100; ++i) endless += " word";
  EXPECT_EQ(session.Score(endless, Texts{" a"}).error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(session.Score("A", Texts{endless}).error().code, ErrorCode::kLimitExceeded);
  using Clock = std::chrono::steady_clock;
  EXPECT_EQ(session.Score("A", Texts{" a"}, {.deadline = Clock::time_point()}).error().code,
            ErrorCode::kTimeout);
  CancelToken cancel;
  cancel.Cancel();
  EXPECT_EQ(session.Score("A", Texts{" a"}, {.cancel = &cancel}).error().code,
            ErrorCode::kCancelled);
  EXPECT_TRUE(session.Score("A", Texts{" a"}));
}

TEST_F(LlamaTest, EmbedsLikeTextsAlike) {
  auto embedder = LlamaEmbedder::Start(PackLanguageModel(), 32).value();
  const std::vector<std::string> texts = {"a small dog runs",
                                          "a little dog runs",
                                          "interest rates rose again",
                                          "",
                                          std::string(5000, 'x')};
  linalg::Matrix out(texts.size(), embedder.dimension());
  ASSERT_TRUE(embedder.Embed(texts, out.View()));
  const auto cosine = [&](std::size_t a, std::size_t b) {
    double dot = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < out.cols(); ++i) {
      dot += out(a, i) * out(b, i);
      aa += out(a, i) * out(a, i);
      bb += out(b, i) * out(b, i);
    }
    return dot / std::sqrt(aa * bb);
  };
  EXPECT_GT(cosine(0, 1), cosine(0, 2));
}

TEST(LlamaModel, SaysWhatIsWrongWithAFile) {
  EXPECT_EQ(LlamaModel::Load("no/such.gguf").error().code, ErrorCode::kNotFound);
  std::string pattern = (fs::temp_directory_path() / "gguf_XXXXXX").string();
  const fs::path folder = mkdtemp(pattern.data());
  std::ofstream(folder / "bad.gguf") << "GGUF but not really, with some more bytes";
  const auto model = LlamaModel::Load(folder / "bad.gguf");
  fs::remove_all(folder);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(model.error().message, HasSubstr("bad.gguf"));
}

}  // namespace
}  // namespace medley::inference
