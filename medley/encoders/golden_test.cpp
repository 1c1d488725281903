// The encoders against the reference vectors of tests/golden/encoders (how they were made: its
// README.md). Pixels and samples are read here without the media decoder; acceptance/1.3 goes
// through the whole program.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/encoders/encoder.h"
#include "medley/inference/llama.h"
#include "medley/inference/model_pack.h"
#include "medley/linalg/kernels.h"

namespace medley::encoders {
namespace {

using data::Modality;

constexpr const char* kFolder = "tests/golden/encoders/";
constexpr double kBar = 0.99;

std::vector<Json> Rows(const std::string& modality) {
  std::istringstream lines(ReadFile(std::string(kFolder) + "vectors.jsonl").value());
  std::vector<Json> rows;
  for (std::string line; std::getline(lines, line);) {
    Json row = ParseJson(line).value();
    if (row["modality"] == modality) rows.push_back(std::move(row));
  }
  return rows;
}

double CosineToReference(Encoder& encoder, const Input& input, TextRole role, const Json& row) {
  linalg::Matrix out(1, encoder.dimension());
  const auto status = encoder.Encode(std::span(&input, 1), role, out.View());
  EXPECT_TRUE(status) << status.error().message;
  const auto reference = row["vector"].get<std::vector<float>>();
  return linalg::Dot(out.Row(0), reference);
}

class GoldenTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto pack = inference::ModelPack::Open();
    if (!pack || pack->models().size() < 4)
      GTEST_SKIP() << "the model pack is not set up: run `make setup`";
  }
};

TEST_F(GoldenTest, TokensAreThoseOfTheReference) {
  const auto model = inference::ModelPack::Open()->Find("multilingual-e5-small");
  const auto tokenizer = inference::LlamaModel::Load(model->File("tokenizer").value(),
                                                     inference::LlamaPart::kTokenizer)
                             .value();
  for (const Json& row : Rows("text")) {
    const std::string text = row["role"].get<std::string>() + ": " + row["text"].get<std::string>();
    EXPECT_EQ(tokenizer->Tokenize(text), row["tokens"].get<std::vector<inference::Token>>())
        << text;
  }
}

TEST_F(GoldenTest, TextVectorsAreThoseOfTheReference) {
  const auto rows = Rows("text");
  EXPECT_GE(rows.size(), 6U);
  std::string fingerprint;
  for (const auto* precision : {"float", "int8"}) {
    const auto encoder =
        MakeEncoder(Modality::kText, {{"kind", "e5"}, {"precision", precision}}).value();
    EXPECT_NE(encoder->fingerprint(), fingerprint);
    fingerprint = encoder->fingerprint();
    for (const Json& row : rows) {
      const auto role = row["role"] == "query" ? TextRole::kQuery : TextRole::kPassage;
      EXPECT_GE(CosineToReference(*encoder, row["text"].get<std::string>(), role, row), kBar)
          << precision << ": " << row["text"];
    }
  }
}

TEST_F(GoldenTest, SoundVectorsAreThoseOfTheReference) {
  const auto encoder = MakeEncoder(Modality::kAudio, {}).value();
  const auto rows = Rows("audio");
  EXPECT_GE(rows.size(), 2U);
  for (const Json& row : rows) {
    const std::string bytes = ReadFile(kFolder + row["file"].get<std::string>()).value();
    constexpr std::size_t header_bytes = 44;  // as Python's wave module writes it
    std::vector<std::int16_t> samples((bytes.size() - header_bytes) / 2);
    std::memcpy(samples.data(), bytes.data() + header_bytes, samples.size() * 2);
    media::Sound sound{.sample_rate = 16000, .samples = {}};
    for (const std::int16_t sample : samples)
      sound.samples.push_back(static_cast<float>(sample) / 32768.0F);
    EXPECT_GE(CosineToReference(*encoder, sound, TextRole::kPassage, row), kBar) << row["file"];
  }
}

}  // namespace
}  // namespace medley::encoders
