#include "medley/encoders/classifier.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "medley/encoders/encoder.h"
#include "medley/linalg/matrix.h"
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

}  // namespace
}  // namespace medley::encoders
