#include "medley/encoders/text/e5_layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/classifier.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/text/text_classifier.h"
#include "medley/linalg/matrix.h"
#include "medley/training/transformer.h"

namespace medley::encoders {
namespace {

double Correlation(std::span<const float> a, std::span<const float> b) {
  double sa = 0;
  double sb = 0;
  double aa = 0;
  double bb = 0;
  double ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]);
    const auto y = static_cast<double>(b[i]);
    sa += x;
    sb += y;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  const auto n = static_cast<double>(a.size());
  return (ab - sa * sb / n) / std::sqrt((aa - sa * sa / n) * (bb - sb * sb / n));
}

class E5LayersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (auto encoder = MakeEncoder(data::Modality::kText, {}); encoder)
      encoder_ = *std::move(encoder);
    else
      GTEST_SKIP() << encoder.error().message;
  }
  std::unique_ptr<Encoder> encoder_;
  const std::vector<std::string> texts_ = {"a warm coat for winter", "很好吃，下次还来"};
};

/// Cut anywhere, the halves say together what the whole says: classes that are the vector's own
/// numbers give it back from behind the softmax, up to a constant.
TEST_F(E5LayersTest, GiveTogetherWhatTheEncoderGives) {
  const std::vector<Input> inputs(texts_.begin(), texts_.end());
  linalg::Matrix whole(2, 384);
  ASSERT_TRUE(encoder_->Encode(inputs, TextRole::kPassage, whole.View()));
  for (const std::size_t upper : {1U, 3U, 12U}) {
    auto layers = E5Layers::Open(upper, 128);
    ASSERT_TRUE(layers) << layers.error().message;
    const auto shape = layers->ShapeFor(384);
    auto weights = layers->Upper();
    ASSERT_TRUE(weights) << weights.error().message;
    linalg::Matrix identity(384, 384);
    for (std::size_t i = 0; i < 384; ++i) identity(i, i) = 1;
    weights->emplace("classes.weight", std::move(identity));
    weights->emplace("classes.bias", linalg::Matrix(1, 384));
    const training::Transformer transformer(shape, *std::move(weights));
    const std::vector<std::string> prefixed = {"passage: " + texts_[0], "passage: " + texts_[1]};
    const std::vector<const std::string*> given = {&prefixed[0], &prefixed[1]};
    std::size_t seen = 0;
    ASSERT_TRUE(layers->Encode(given, [&](std::size_t text, std::span<const float> values) {
      linalg::Matrix tokens(values.size() / 384, 384);
      std::ranges::copy(values, tokens.data());
      auto found = transformer.Classify(std::move(tokens));
      for (float& value : found) value = std::log(value);
      EXPECT_GT(Correlation(found, std::as_const(whole).Row(text)), 0.999) << upper;
      ++seen;
    }));
    EXPECT_EQ(seen, 2U);
  }
  EXPECT_FALSE(E5Layers::Open(13, 128));
  EXPECT_FALSE(E5Layers::Open(0, 128));
}

TEST_F(E5LayersTest, ClassifyFromAFileAndRefuseADamagedOne) {
  auto layers = E5Layers::Open(1, 32);
  ASSERT_TRUE(layers);
  TransformerModel model{.fingerprint = layers->fingerprint(),
                         .layers = 1,
                         .max_tokens = 32,
                         .labels = {"bad", "good"}};
  model.weights = *layers->Upper();
  model.weights.emplace("classes.weight", linalg::Matrix(2, 384));
  linalg::Matrix bias(1, 2);
  bias(0, 1) = std::log(3.0F);
  model.weights.emplace("classes.bias", std::move(bias));
  const auto file = std::filesystem::temp_directory_path() / "medley_e5_layers_test.transformer";
  ASSERT_TRUE(SaveTransformer(file, model));
  const auto classifier = LoadClassifier(file.string());
  ASSERT_TRUE(classifier) << classifier.error().message;
  const std::vector<Input> inputs(texts_.begin(), texts_.end());
  const auto odds = (*classifier)->Classify(inputs);
  ASSERT_TRUE(odds);
  EXPECT_NEAR((*odds)(1, 1), 0.75, 1e-5);
  EXPECT_NEAR((*odds)(1, 0), 0.25, 1e-5);

  model.fingerprint = "another";
  ASSERT_TRUE(SaveTransformer(file, model));
  EXPECT_EQ(LoadClassifier(file.string()).error().code, ErrorCode::kInvalidInput);
  model.fingerprint = layers->fingerprint();
  model.weights.erase("layers.0.key.bias");
  ASSERT_TRUE(SaveTransformer(file, model));
  EXPECT_EQ(LoadClassifier(file.string()).error().code, ErrorCode::kCorrupt);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace medley::encoders
