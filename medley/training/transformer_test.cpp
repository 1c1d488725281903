#include "medley/training/transformer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
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
  for (std::size_t i = 0; i < texts.size(); ++i)
    examples.push_back({halves[i], std::span(labels).subspan(i, 1)});
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

constexpr TransformerShape kAsking{.dimension = 12,
                                   .layers = 2,
                                   .heads = 3,
                                   .wide = 20,
                                   .classes = 2,
                                   .inputs = 7,
                                   .asks = true,
                                   .beside = 3};

/// Tokens that nothing or something comes before, and labels of the last ones.
struct Asked {
  linalg::Matrix before;
  linalg::Matrix questions;
  std::vector<std::uint16_t> half;
  std::vector<std::uint32_t> labels;
};

Asked DrawAsked(std::size_t before, std::size_t questions, std::uint64_t seed) {
  Random random(seed);
  Asked out{
      linalg::Matrix(before, kAsking.inputs), linalg::Matrix(questions, kAsking.inputs), {}, {}};
  std::vector<float> all((before + questions) * kAsking.inputs);
  for (float& value : all) value = static_cast<float>(random.Normal());
  out.half.resize(all.size());
  linalg::ToFloat16(all, out.half);
  linalg::FromFloat16(out.half, all);
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(before * kAsking.inputs);
  std::copy(all.begin(), middle, out.before.data());
  std::copy(middle, all.end(), out.questions.data());
  for (std::size_t i = 0; i < questions; ++i)
    out.labels.push_back(static_cast<std::uint32_t>(random.Below(2)));
  return out;
}

double LossAsked(const Weights& weights, const std::vector<Asked>& all) {
  const Transformer network(kAsking, weights);
  double loss = 0;
  double n = 0;
  for (const auto& one : all) {
    const auto odds = network.Ask(network.Read(one.before), one.questions);
    for (std::size_t i = 0; i < one.labels.size(); ++i, n += 1)
      loss -= std::log(static_cast<double>(odds(i, one.labels[i])));
  }
  return loss / n;
}

TEST(Transformer, AnswersQuestionsAsItIsTrained) {
  std::vector<Asked> all;
  const std::vector<std::pair<std::size_t, std::size_t>> sizes = {
      {4, 2}, {0, 3}, {1, 1}, {0, 1}, {6, 5}, {2, 2}};
  for (const auto& [before, questions] : sizes)
    all.push_back(DrawAsked(before, questions, all.size()));
  std::vector<TokensExample> examples;
  for (const auto& one : all) examples.push_back({one.half, one.labels});
  const TransformerTrainerOptions options{.shape = kAsking, .dropout = 0, .weight_decay = 0};
  Weights weights = Drawn(kAsking, 5);
  const auto trainer = MakeTransformerTrainer(options, weights);
  ASSERT_TRUE(trainer) << trainer.error().message;
  for (int step = 0; step < 5; ++step) {
    const auto loss = (*trainer)->Step(examples, 0.003);
    ASSERT_TRUE(loss) << loss.error().message;
    EXPECT_NEAR(*loss, LossAsked(weights, all), 1e-4) << step;
    weights = (*trainer)->Current();
  }
  EXPECT_LT(LossAsked(weights, all), LossAsked(Drawn(kAsking, 5), all));
}

TEST(Transformer, AQuestionSeesNoOther) {
  const auto one = DrawAsked(5, 3, 1);
  const Transformer network(kAsking, Drawn(kAsking, 5));
  const auto context = network.Read(one.before);
  const auto together = network.Ask(context, one.questions);
  linalg::Matrix last(1, kAsking.inputs);
  std::ranges::copy(one.questions.Row(2), last.data());
  EXPECT_NEAR(network.Ask(context, last)(0, 1), together(2, 1), 1e-6);
  const auto of_nothing = network.Read(linalg::Matrix(0, kAsking.inputs));
  EXPECT_GT(std::abs(network.Ask(of_nothing, last)(0, 1) - together(2, 1)), 1e-4);
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
