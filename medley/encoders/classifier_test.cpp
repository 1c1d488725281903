#include "medley/encoders/classifier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"
#include "medley/encoders/encoder.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/training/head.h"

namespace medley::encoders {
namespace {

namespace fs = std::filesystem;

/// A head of two labels that tells loud from soft by the timbre encoder's first number.
HeadModel LoudOrSoft() {
  HeadModel model;
  model.modality = data::Modality::kAudio;
  model.settings = {{"kind", "timbre"}, {"musicnn", "false"}};
  const auto encoder = MakeEncoder(model.modality, model.settings).value();
  model.fingerprint = encoder->fingerprint();
  model.labels = {"soft", "loud"};
  model.shape = {.dimension = encoder->dimension(), .hidden = 0, .classes = 2};
  for (const auto& spec : training::WeightsOf(model.shape))
    model.weights[spec.name] =
        linalg::Matrix(spec.rows, spec.cols, spec.name == "scale" ? 1.0F : 0.0F);
  return model;
}

TEST(Classifier, AHeadIsReadWithTheSettingsOfItsEncoder) {
  std::string folder = (fs::temp_directory_path() / "medley_head_XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const auto file = fs::path(folder) / "sounds.head";
  const HeadModel model = LoudOrSoft();
  ASSERT_TRUE(SaveHead(file, model));
  const auto read = LoadClassifier(file.string());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ((*read)->labels(), model.labels);
  EXPECT_EQ((*read)->modality(), model.modality);
  HeadModel other = model;
  other.fingerprint = "another";
  ASSERT_TRUE(SaveHead(file, other));
  EXPECT_EQ(LoadClassifier(file.string()).error().code, ErrorCode::kInvalidInput);
  fs::remove_all(folder);
}

TEST(Classifier, ThePacksPictureNetworkKnowsTheClassesOfImagenet) {
  const auto loaded = LoadClassifier("efficientnet-lite0");
  if (!loaded) GTEST_SKIP() << loaded.error().message;
  auto& classifier = **loaded;
  ASSERT_EQ(classifier.labels().size(), 1000U);
  EXPECT_EQ(classifier.labels()[0], "tench, Tinca tinca");
  EXPECT_TRUE(classifier.labels()[999].starts_with("toilet tissue"));
  const char* shared = std::getenv("MEDLEY_SHARED");
  const auto path = fs::path(shared != nullptr ? shared : "../shared") / "data/models/cat.bmp";
  if (!fs::exists(path)) GTEST_SKIP() << "no shared data: set MEDLEY_SHARED";
  auto decoder = media::Decoder::Start();
  ASSERT_TRUE(decoder) << decoder.error().message;
  const std::vector<Input> cat = {
      decoder->DecodeImage(ReadFile(path).value(), classifier.decode_spec().frame).value()};
  const auto said = classifier.Classify(cat).value();
  const auto row = said.Row(0);
  EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-4);
  const auto best = static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
  EXPECT_NE(classifier.labels()[best].find("cat"), std::string::npos)
      << classifier.labels()[best] << " " << row[best];
  const std::vector<Input> text = {std::string("a cat")};
  EXPECT_EQ(classifier.Classify(text).error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace medley::encoders
