#include "medley/encoders/text/ngram_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/encoders/classifier.h"
#include "medley/encoders/encoder.h"
#include "medley/linalg/matrix.h"

namespace medley::encoders {
namespace {

constexpr std::size_t kHashes = std::size_t{1} << 18U;

std::vector<std::uint32_t> Grams(const std::string& text) {
  std::vector<std::uint32_t> out;
  NgramsOf(text, kHashes, out);
  return out;
}

TEST(Ngrams, AreRunsOfWordsAndOfLetters) {
  // Words: a, b, a b. No word is long enough for letters of its own.
  EXPECT_THAT(Grams("a b"), ::testing::SizeIs(3));
  EXPECT_THAT(Grams("a b a b"), ::testing::SizeIs(7));  // a b ab ba aba bab abab
  EXPECT_THAT(Grams("好吃"), ::testing::SizeIs(3));
  EXPECT_EQ(Grams("Good  FOOD"), Grams("good food"));
  EXPECT_NE(Grams("good food"), Grams("food good"));
  EXPECT_THAT(Grams(""), ::testing::IsEmpty());
  // <ab>: two runs of three letters, and none of four that is not the whole.
  EXPECT_THAT(Grams("ab"), ::testing::SizeIs(3));
  for (const auto gram : Grams(std::string(100'000, 'x') + "\xff\xfe 好")) EXPECT_LT(gram, kHashes);
}

Parameters Defaults() { return *Parameters::FromText(NgramModel::TrainingSpecs(), {}); }

/// "not good" is bad and "not bad" is good: words alone don't tell.
struct Comments {
  std::vector<std::string> texts;
  linalg::Matrix answers{40, 2};
  Comments() {
    const std::vector<std::string> kinds = {"good", "bad", "not good", "not bad"};
    for (std::size_t i = 0; i < 40; ++i) {
      texts.push_back("it was " + kinds[i % 4] + " " + std::to_string(i));
      const bool good = i % 4 == 0 || i % 4 == 3;
      answers(i, good ? 1 : 0) = 0.9F;
      answers(i, good ? 0 : 1) = 0.1F;
    }
  }
};

TEST(NgramModel, LearnsTheTeachersAnswersAndKeepsThem) {
  const Comments comments;
  SilentProgress progress;
  const auto model = NgramModel::Fit(
      comments.texts, comments.answers.View(), {"negative", "positive"}, Defaults(), progress);
  ASSERT_TRUE(model) << model.error().message;
  std::vector<float> odds(2);
  model->Classify("it was not bad", odds);
  EXPECT_NEAR(odds[0] + odds[1], 1, 1e-5);
  EXPECT_GT(odds[1], 0.7F);
  EXPECT_LT(odds[1], 0.99F);  // as sure as the teacher, no surer
  model->Classify("it was not good", odds);
  EXPECT_LT(odds[1], 0.3F);

  const auto file = std::filesystem::temp_directory_path() / "medley_ngram_model_test.ngrams";
  ASSERT_TRUE(model->Save(file));
  const auto classifier = LoadClassifier(file.string());
  ASSERT_TRUE(classifier) << classifier.error().message;
  const std::vector<Input> inputs = {Input(std::string("it was not good"))};
  const auto found = (*classifier)->Classify(inputs);
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)(0, 1), odds[1]);
  EXPECT_THAT((*classifier)->labels(), ::testing::ElementsAre("negative", "positive"));

  auto bytes = ReadFile(file);
  ASSERT_TRUE(bytes);
  bytes->back() ^= 1;
  ASSERT_TRUE(WriteFileAtomically(file, *bytes));
  EXPECT_EQ(NgramModel::Load(file).error().code, ErrorCode::kCorrupt);
  std::filesystem::remove(file);
  EXPECT_EQ(NgramModel::Load(file).error().code, ErrorCode::kNotFound);
}

TEST(NgramModel, RefusesNothingToLearnFrom) {
  SilentProgress progress;
  const auto model = NgramModel::Fit({}, {}, {"a", "b"}, Defaults(), progress);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace medley::encoders
