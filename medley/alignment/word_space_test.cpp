#include "medley/alignment/word_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/alignment/space.h"
#include "medley/core/random.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"

namespace medley::alignment {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::array<std::string_view, 3> kKinds = {"T-shirt", "Shirt", "Red shoe"};
constexpr std::size_t kDimension = 12;

/// Things of three kinds: pictures (and sounds) lie around their kind's own direction.
class World {
 public:
  explicit World(std::size_t items) : image_(items, kDimension), audio_(items, kDimension) {
    Random random(7);
    image_there_.assign(items, 1);
    audio_there_.assign(items, 1);
    for (std::size_t item = 0; item < items; ++item) {
      const std::size_t kind = item % kKinds.size();
      said_.push_back({{std::string(kKinds[kind])}, std::string(kKinds[kind]) + ", one of many"});
      for (std::size_t i = 0; i < kDimension; ++i) {
        const double noise = 0.25 * random.Normal();
        image_(item, i) = static_cast<float>(0.5 + (i == kind ? 1 : 0) + noise);
        audio_(item, i) = static_cast<float>((i == 5 + kind ? 1 : 0) + 0.25 * random.Normal());
      }
      linalg::Normalize(image_.Row(item));
      linalg::Normalize(audio_.Row(item));
    }
  }
  Space image() const { return {"image", image_.View(), image_there_}; }
  Space audio() const { return {"audio", audio_.View(), audio_there_}; }
  std::vector<Said>& said() { return said_; }
  std::vector<std::uint8_t>& image_there() { return image_there_; }
  linalg::Matrix& pictures() { return image_; }
  Result<WordSpace> Fit() const {
    const std::array spaces = {image(), audio()};
    return WordSpace::Fit(spaces, said_);
  }

 private:
  linalg::Matrix image_;
  linalg::Matrix audio_;
  std::vector<std::uint8_t> image_there_;
  std::vector<std::uint8_t> audio_there_;
  std::vector<Said> said_;
};

std::vector<float> Answers(const WordSpace& words, const Space& space, std::span<const float> q) {
  const auto question = words.Pose(space.name, q);
  std::vector<WordSpace::Reading> readings(space.vectors.rows);
  words.Read(space.name, space.vectors, readings);
  std::vector<float> out;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const float dot = linalg::Dot(question.direction, space.vectors.Row(i));
    out.push_back(WordSpace::Answer(question, readings[i], dot));
  }
  return out;
}

/// The share of the best answers, as many as there are of a kind, that are of it.
double Precision(const std::vector<float>& answers, std::size_t kind) {
  std::vector<std::size_t> order(answers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, std::greater{}, [&](std::size_t i) { return answers[i]; });
  const std::size_t many = answers.size() / kKinds.size();
  const auto right = std::ranges::count_if(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(many), [&](std::size_t i) {
        return i % kKinds.size() == kind;
      });
  return static_cast<double>(right) / static_cast<double>(many);
}

TEST(WordSpace, FindsWhatHasNoWordsByWords) {
  World world(240);
  // The second half is unknown: its pictures take no part, nor do its words.
  for (std::size_t item = 120; item < 240; ++item) world.said()[item] = {};
  const auto words = world.Fit();
  ASSERT_TRUE(words) << words.error().message;
  for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
    const auto asked = words->Ask(kKinds[kind]);
    ASSERT_FALSE(asked.empty()) << kKinds[kind];
    auto answers = Answers(*words, world.image(), asked);
    answers.erase(answers.begin(), answers.begin() + 120);
    EXPECT_GT(Precision(answers, kind), 0.9) << kKinds[kind];
  }
}

TEST(WordSpace, ALabelIsNotTheWordsOfAnother) {
  World world(120);
  const auto words = world.Fit();
  ASSERT_TRUE(words);
  EXPECT_THAT(words->words(), Contains("=shirt"));
  EXPECT_THAT(words->words(), Contains("shirt"));
  const auto label = words->Ask("SHIRT");
  EXPECT_EQ(std::ranges::count(label, 1.0F), 1);
  // "one of many" is said of all: it tells nothing apart.
  EXPECT_THAT(words->words(), ::testing::Not(Contains("many")));
  EXPECT_THAT(words->Ask("one of many"), IsEmpty());
  EXPECT_THAT(words->Ask("zebra"), IsEmpty());
  EXPECT_THAT(words->Ask(""), IsEmpty());
}

TEST(WordSpace, AnswersTheMeanLogProbability) {
  World world(120);
  const auto words = world.Fit();
  ASSERT_TRUE(words);
  const auto asked = words->Ask("a red t shirt");
  EXPECT_NEAR(std::accumulate(asked.begin(), asked.end(), 0.0F), 1, 1e-5);
  const auto answers = Answers(*words, world.image(), asked);
  for (std::size_t item = 0; item < 5; ++item) {
    const auto shares = words->Ask("image", world.pictures().Row(item));
    EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0F), 1, 1e-4);
    double expected = 0;
    for (std::size_t w = 0; w < shares.size(); ++w)
      expected += static_cast<double>(asked[w]) * std::log(static_cast<double>(shares[w]));
    EXPECT_NEAR(static_cast<double>(answers[item]), expected, 1e-3);
  }
}

TEST(WordSpace, OneModalityFindsAnother) {
  World world(120);
  const auto words = world.Fit();
  ASSERT_TRUE(words);
  for (std::size_t item = 0; item < 12; ++item) {
    const auto asked = words->Ask("audio", world.audio().vectors.Row(item));
    EXPECT_GT(Precision(Answers(*words, world.image(), asked), item % kKinds.size()), 0.8) << item;
  }
}

TEST(WordSpace, BearsVectorsThatAreAbsentOrNone) {
  World world(120);
  world.image_there()[3] = 0;
  std::ranges::fill(world.pictures().Row(3), 0.0F);
  std::ranges::fill(world.pictures().Row(4), std::numeric_limits<float>::quiet_NaN());
  const auto words = world.Fit();
  ASSERT_TRUE(words);
  for (const float answer : Answers(*words, world.audio(), words->Ask("shirt")))
    EXPECT_TRUE(std::isfinite(answer));
  const std::vector<float> nothing(kDimension, 0.0F);
  for (const float share : words->Ask("image", nothing)) EXPECT_TRUE(std::isfinite(share));
}

TEST(WordSpace, NeedsExamples) {
  EXPECT_EQ(World(15).Fit().error().code, ErrorCode::kInvalidInput);
  World wordless(60);
  for (auto& said : wordless.said()) said = {};
  EXPECT_EQ(wordless.Fit().error().code, ErrorCode::kInvalidInput);
  World alike(60);
  for (auto& said : alike.said()) said = {{"thing"}, "thing"};
  EXPECT_EQ(alike.Fit().error().code, ErrorCode::kInvalidInput);
}

TEST(WordSpace, IsReadAsItWasWritten) {
  World world(60);
  const auto words = world.Fit();
  ASSERT_TRUE(words);
  const auto folder = std::filesystem::path(::testing::TempDir()) / "word_space";
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(words->Save(folder));
  auto read = WordSpace::Load(folder);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->words(), words->words());
  EXPECT_THAT(read->spaces(), ElementsAre("audio", "image"));
  EXPECT_EQ(Answers(*read, world.image(), read->Ask("shirt")),
            Answers(*words, world.image(), words->Ask("shirt")));
  read->Forget("image");
  EXPECT_THAT(read->spaces(), ElementsAre("audio"));
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    std::filesystem::resize_file(entry.path(), std::filesystem::file_size(entry.path()) - 8);
  EXPECT_EQ(WordSpace::Load(folder).error().code, ErrorCode::kCorrupt);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace medley::alignment
