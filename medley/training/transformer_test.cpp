#include "medley/training/transformer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/linalg/float16.h"
#include "medley/linalg/matrix.h"
#include "medley/training/fit_transformer.h"
#include "medley/training/network.h"
#include "medley/training/transformer_trainer.h"

namespace medley::training {
namespace {

constexpr TransformerShape kShape{
    .dimension = 12, .layers = 2, .heads = 3, .wide = 20, .classes = 3};

Weights Drawn(const TransformerShape& shape, std::uint64_t seed) {
  Weights out;
  for (const auto& spec : WeightsOf(shape)) {
    Random random = Random(seed).Fork(spec.name);
    linalg::Matrix values(spec.rows, spec.cols);
    for (float& value : values.values())
      value = (spec.start == WeightSpec::Start::kOnes ? 1.0F : 0.0F) +
              0.4F * static_cast<float>(random.Normal());
    out.emplace(spec.name, std::move(values));
  }
  return out;
}

linalg::Matrix Text(std::size_t tokens, std::uint64_t seed) {
  Random random(seed);
  linalg::Matrix out(tokens, kShape.dimension);
  for (float& value : out.values()) value = static_cast<float>(random.Normal());
  return out;
}

std::vector<std::uint16_t> Half(const linalg::Matrix& text) {
  std::vector<std::uint16_t> out(text.values().size());
  linalg::ToFloat16(text.values(), out);
  return out;
}

double LossAtRest(const Weights& weights,
                  const std::vector<linalg::Matrix>& texts,
                  const std::vector<std::uint32_t>& labels) {
  const Transformer network(kShape, weights);
  double loss = 0;
  for (std::size_t i = 0; i < texts.size(); ++i)
    loss -= std::log(static_cast<double>(network.Classify(texts[i])[labels[i]]));
  return loss / static_cast<double>(texts.size());
}

TEST(Transformer, AnswersAsItIsTrained) {
  std::vector<linalg::Matrix> texts;
  std::vector<std::vector<std::uint16_t>> halves;
  std::vector<std::uint32_t> labels;
  // One token, several shards, texts that are padded in theirs and ones that are not.
  for (const std::size_t tokens : {1U, 3U, 3U, 7U, 2U, 9U, 4U, 4U, 5U}) {
    halves.push_back(Half(Text(tokens, texts.size())));
    texts.emplace_back(tokens, kShape.dimension);
    linalg::FromFloat16(halves.back(), texts.back().values());
    labels.push_back(static_cast<std::uint32_t>(tokens % 3));
  }
  std::vector<TokensExample> examples;
  for (std::size_t i = 0; i < texts.size(); ++i) examples.push_back({halves[i], labels[i]});
  const TransformerTrainerOptions options{.shape = kShape, .dropout = 0, .weight_decay = 0};
  Weights weights = Drawn(kShape, 5);
  const auto trainer = MakeTransformerTrainer(options, weights);
  ASSERT_TRUE(trainer) << trainer.error().message;
  for (int step = 0; step < 5; ++step) {
    const auto loss = (*trainer)->Step(examples, 0.01);
    ASSERT_TRUE(loss) << loss.error().message;
    EXPECT_NEAR(*loss, LossAtRest(weights, texts, labels), 1e-4) << step;
    weights = (*trainer)->Current();
  }
  EXPECT_LT(LossAtRest(weights, texts, labels), LossAtRest(Drawn(kShape, 5), texts, labels));
}

TEST(Transformer, RefusesSizesThatCantBe) {
  EXPECT_FALSE(CheckShape(TransformerShape{.dimension = 10, .heads = 3}));
  EXPECT_FALSE(CheckShape(TransformerShape{.layers = 0}));
  EXPECT_FALSE(CheckShape(TransformerShape{.layers = 1000}));
  EXPECT_TRUE(CheckShape(TransformerShape{}));
}

/// Texts whose label is which of two tokens stands first: the mean of the tokens does not know.
LabelledTokens Ordered(std::size_t n, std::uint64_t seed) {
  LabelledTokens out(kShape.dimension);
  Random random(seed);
  for (std::size_t i = 0; i < n; ++i) {
    const bool swapped = random.Bernoulli(0.5);
    linalg::Matrix text(2, kShape.dimension);
    for (std::size_t row = 0; row < 2; ++row) {
      text(row, 0) = (row == 0) != swapped ? 1.0F : -1.0F;
      text(row, 1) = row == 0 ? 1.0F : -1.0F;
      for (std::size_t k = 2; k < text.cols(); ++k)
        text(row, k) = 0.2F * static_cast<float>(random.Normal());
    }
    out.Add(text.values(), swapped ? 1 : 0);
  }
  return out;
}

Result<TrainedTransformer> Fit(const LabelledTokens& data, const char* epochs) {
  const auto parameters = Parameters::FromText(
      TransformerTrainingSpecs(),
      {{"epochs", epochs}, {"learning_rate", "0.02"}, {"batch", "16"}, {"patience", "0"}});
  EXPECT_TRUE(parameters);
  TransformerShape shape = kShape;
  shape.classes = 2;
  auto start = Drawn(shape, 3);
  start.erase("classes.weight");
  start.erase("classes.bias");
  SilentProgress progress;
  return FitTransformer(data, Ordered(100, 2), shape, std::move(start), *parameters, progress);
}

TEST(FitTransformer, LearnsWhatOnlyAttentionCanTell) {
  const auto data = Ordered(256, 1);
  const auto trained = Fit(data, "8");
  ASSERT_TRUE(trained) << trained.error().message;
  ASSERT_EQ(trained->epochs.size(), 8U);
  EXPECT_GE(trained->epochs[trained->best_epoch - 1].accuracy, 0.97);
  EXPECT_LT(trained->epochs.back().loss, trained->epochs.front().loss);
  for (const auto& epoch : trained->epochs)
    EXPECT_LE(epoch.accuracy, trained->epochs[trained->best_epoch - 1].accuracy);
  const auto again = Fit(data, "8");
  ASSERT_TRUE(again);
  EXPECT_EQ(trained->weights.at("classes.weight")(0, 0), again->weights.at("classes.weight")(0, 0));
}

TEST(FitTransformer, RefusesNothingToLearnFrom) {
  const auto trained = Fit(LabelledTokens(kShape.dimension), "1");
  ASSERT_FALSE(trained);
  EXPECT_EQ(trained.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace medley::training
