#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/learning_curve.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/training/batches.h"
#include "medley/training/early_stopping.h"
#include "medley/training/fit.h"
#include "medley/training/learning_rate.h"
#include "medley/training/network.h"
#include "medley/training/sequence_encoder.h"
#include "medley/training/trainer.h"

namespace medley::training {
namespace {

TEST(EarlyStopping, StopsAfterPatienceWithoutABetterOne) {
  EarlyStopping stopping(2);
  EXPECT_TRUE(stopping.Improves(0.1));
  EXPECT_FALSE(stopping.Improves(0.1));
  EXPECT_FALSE(stopping.ShouldStop());
  EXPECT_TRUE(stopping.Improves(0.2));
  EXPECT_FALSE(stopping.Improves(std::nan("")));
  EXPECT_FALSE(stopping.Improves(0.15));
  EXPECT_TRUE(stopping.ShouldStop());
  EXPECT_EQ(stopping.best_epoch(), 3U);
  EXPECT_EQ(stopping.best(), 0.2);
}

TEST(EarlyStopping, NeverStopsWithoutPatience) {
  EarlyStopping stopping(0);
  stopping.Improves(1);
  for (int i = 0; i < 100; ++i) stopping.Improves(0);
  EXPECT_FALSE(stopping.ShouldStop());
}

TEST(LearningRate, RisesThenStaysOrFalls) {
  LearningRate rate{1.0, 4, 104, false};
  EXPECT_DOUBLE_EQ(rate.At(0), 0.25);
  EXPECT_DOUBLE_EQ(rate.At(3), 1);
  EXPECT_DOUBLE_EQ(rate.At(1000), 1);
  rate.cosine = true;
  EXPECT_DOUBLE_EQ(rate.At(4), 1);
  EXPECT_NEAR(rate.At(103), 0.01, 1e-12);
  EXPECT_NEAR(rate.At(500), 0.01, 1e-12);
  for (std::size_t step = 5; step < 104; ++step) EXPECT_LT(rate.At(step), rate.At(step - 1));
}

std::vector<ItemIndex> Counting(std::size_t n) {
  std::vector<ItemIndex> out(n);
  std::iota(out.begin(), out.end(), 0U);
  return out;
}

TEST(Batches, PackedPiecesCoverEveryTargetOnce) {
  const auto sequence = Counting(23);
  NetworkShape shape;
  shape.max_length = 5;
  const std::vector<Batches::Piece> sequences = {sequence};
  Batches batches(sequences, shape, 4);
  EXPECT_EQ(batches.targets(), 22U);
  Random random(1);
  std::multiset<ItemIndex> targets;
  for (const auto& batch : batches.Draw(random)) {
    for (const auto& piece : batch) {
      EXPECT_LE(piece.size(), 6U);
      for (std::size_t i = 1; i < piece.size(); ++i) {
        EXPECT_EQ(piece[i], piece[i - 1] + 1);
        targets.insert(piece[i]);
      }
    }
  }
  EXPECT_EQ(targets.size(), 22U);
  EXPECT_EQ(std::set<ItemIndex>(targets.begin(), targets.end()).size(), 22U);
}

TEST(Batches, FixedPiecesEndInTheirTarget) {
  const auto sequence = Counting(9);
  NetworkShape shape;
  shape.max_length = 5;
  shape.fixed_length = true;
  const std::vector<Batches::Piece> sequences = {sequence};
  Batches batches(sequences, shape, 100);
  EXPECT_EQ(batches.targets(), 8U);
  EXPECT_EQ(batches.steps(), 8U);
  Random random(1);
  std::set<ItemIndex> targets;
  for (const auto& batch : batches.Draw(random)) {
    for (const auto& piece : batch) {
      targets.insert(piece.back());
      EXPECT_EQ(piece.size(), std::min<std::size_t>(piece.back() + 1, 6));
    }
  }
  EXPECT_EQ(targets.size(), 8U);
}

/// The projection that the filter is a row of, by a plain discrete Fourier transform.
TEST(FilterKernel, KeepsTheLowestWaves) {
  for (const std::size_t length : {7U, 8U}) {
    NetworkShape shape;
    shape.max_length = length;
    for (shape.filter_waves = 1; shape.filter_waves <= length; ++shape.filter_waves) {
      const auto kernel = FilterKernel(shape);
      const auto n = static_cast<double>(length);
      for (std::size_t impulse = 0; impulse < length; ++impulse) {
        for (std::size_t at = 0; at < length; ++at) {
          double sum = 0;
          for (std::size_t wave = 0; wave < length; ++wave) {
            if (std::min(wave, length - wave) >= shape.filter_waves) continue;
            sum += std::cos(2 * std::numbers::pi * static_cast<double>(wave) *
                            (static_cast<double>(at) - static_cast<double>(impulse)) / n);
          }
          const auto distance = at > impulse ? at - impulse : impulse - at;
          EXPECT_NEAR(kernel[distance], sum / n, 1e-6) << length << " " << shape.filter_waves;
        }
      }
    }
  }
}

TEST(CheckShape, RefusesHeadsThatDoNotDivide) {
  NetworkShape shape;
  shape.n_items = 3;
  EXPECT_TRUE(CheckShape(shape));
  shape.heads = 3;
  ASSERT_FALSE(CheckShape(shape));
  EXPECT_THAT(CheckShape(shape).error().message, testing::HasSubstr("heads must divide"));
}

struct BlockCase {
  const char* name;
  Block block;
  bool fixed_length;
  bool relative;
};

TrainerOptions OptionsOf(const BlockCase& block) {
  TrainerOptions options;
  options.shape.block = block.block;
  options.shape.fixed_length = block.fixed_length;
  options.shape.relative_places = block.relative;
  options.shape.dimension = 12;
  options.shape.heads = block.block == Block::kPooled ? 1 : 3;
  options.shape.max_length = 6;
  options.shape.n_items = 40;
  options.dropout = 0;
  options.attention_dropout = 0;
  return options;
}

/// Weights far from their gentle start, so that every part of the network matters.
Weights RoughWeights(const NetworkShape& shape) {
  auto weights = DrawWeights(shape, Random(5));
  Random random(6);
  for (auto& [name, values] : weights) {
    for (std::size_t i = 0; i < values.rows() * values.cols(); ++i)
      values.data()[i] += static_cast<float>(0.3 * random.Normal());
  }
  return weights;
}

std::vector<std::vector<ItemIndex>> DrawSequences(std::size_t n, std::size_t n_items) {
  Random random(9);
  std::vector<std::vector<ItemIndex>> out(n);
  for (auto& sequence : out) {
    for (std::size_t length = 2 + random.Below(6); length > 0; --length)
      sequence.push_back(static_cast<ItemIndex>(random.Below(n_items)));
  }
  return out;
}

std::vector<std::span<const ItemIndex>> Views(const std::vector<std::vector<ItemIndex>>& all) {
  return {all.begin(), all.end()};
}

/// The mean loss of what Step says it computes, from the answers of the network at rest.
double LossAtRest(const NetworkShape& shape,
                  const Weights& weights,
                  const std::vector<std::vector<ItemIndex>>& sequences) {
  const auto tower = ItemTower(weights, {}, {});
  const SequenceEncoder encoder(shape, weights);
  std::vector<float> vector(shape.dimension);
  double loss = 0;
  int targets = 0;
  for (const auto& sequence : sequences) {
    for (std::size_t n = shape.fixed_length ? sequence.size() - 1 : 1; n < sequence.size(); ++n) {
      encoder.Encode(std::span(sequence).first(n), tower.View(), vector);
      double sum = 0;
      for (std::size_t item = 0; item < tower.rows(); ++item)
        sum += std::exp(double{linalg::Dot(tower.Row(item), vector)});
      loss += std::log(sum) - double{linalg::Dot(tower.Row(sequence[n]), vector)};
      ++targets;
    }
  }
  return loss / targets;
}

class Blocks : public testing::TestWithParam<BlockCase> {};

TEST_P(Blocks, AnswerAtRestAsTheyDoInTraining) {
  const auto options = OptionsOf(GetParam());
  const auto weights = RoughWeights(options.shape);
  const auto sequences = DrawSequences(60, options.shape.n_items);
  const std::vector<float> counts(options.shape.n_items, 1);
  const auto trainer = MakeTrainer(options, weights, {}, counts);
  ASSERT_TRUE(trainer) << trainer.error().message;
  const auto loss = (*trainer)->Step(Views(sequences), 0);
  ASSERT_TRUE(loss) << loss.error().message;
  EXPECT_NEAR(*loss, LossAtRest(options.shape, weights, sequences), 1e-4);
}

TEST_P(Blocks, LearnByFollowingTheirGradient) {
  const auto options = OptionsOf(GetParam());
  const auto sequences = DrawSequences(20, options.shape.n_items);
  const std::vector<float> counts(options.shape.n_items, 1);
  const auto start = DrawWeights(options.shape, Random(1));
  const auto trainer = MakeTrainer(options, start, {}, counts);
  ASSERT_TRUE(trainer) << trainer.error().message;
  double first = 0;
  for (int step = 0; step < 150; ++step) {
    const auto loss = (*trainer)->Step(Views(sequences), 1e-2);
    ASSERT_TRUE(loss) << loss.error().message;
    if (step == 0) first = *loss;
  }
  EXPECT_NEAR(first, std::log(40), 0.3);
  const auto learned = (*trainer)->Current();
  EXPECT_LT(LossAtRest(options.shape, learned, sequences), 0.6 * first);
  // Nothing was forgotten: every weight that the network has moved.
  for (const auto& spec : WeightsOf(options.shape)) {
    const auto& before = start.at(spec.name);
    const auto& after = learned.at(spec.name);
    double moved = 0;
    for (std::size_t i = 0; i < spec.rows * spec.cols; ++i)
      moved += std::abs(double{after.data()[i]} - double{before.data()[i]});
    // A key's bias adds the same to all that a place sees, and so nothing to what it takes.
    if (spec.name.find("key.bias") == std::string::npos) {
      EXPECT_GT(moved, 0) << spec.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All,
                         Blocks,
                         testing::Values(BlockCase{"sasrec", Block::kSasrec, false, false},
                                         BlockCase{"sasrec_distances", Block::kSasrec, false, true},
                                         BlockCase{"sasrec_fixed", Block::kSasrec, true, false},
                                         BlockCase{"ligr", Block::kLigr, false, true},
                                         BlockCase{"ligr_fixed", Block::kLigr, true, false},
                                         BlockCase{"bsarec", Block::kBsarec, false, false},
                                         BlockCase{"bsarec_fixed", Block::kBsarec, true, false},
                                         BlockCase{"pooled", Block::kPooled, false, false}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(SampledSoftmax, ApproachesTheFullOneWithTheCorrection) {
  auto options = OptionsOf({"", Block::kSasrec, false, false});
  const auto weights = RoughWeights(options.shape);
  const auto sequences = DrawSequences(60, options.shape.n_items);
  std::vector<float> counts(options.shape.n_items);
  for (const auto& sequence : sequences) {
    for (const auto item : sequence) counts[item] += 1;
  }
  const double full = LossAtRest(options.shape, weights, sequences);
  options.loss = Loss::kSampled;
  options.negatives = 20'000;
  for (const double popular : {0.0, 0.5}) {
    options.popular_share = popular;
    const auto trainer = MakeTrainer(options, weights, {}, counts);
    ASSERT_TRUE(trainer) << trainer.error().message;
    EXPECT_NEAR(*(*trainer)->Step(Views(sequences), 0), full, 0.02) << popular;
    options.correct = false;
    const auto biased = MakeTrainer(options, weights, {}, counts);
    EXPECT_GT(*(*biased)->Step(Views(sequences), 0), full + 1) << popular;
    options.correct = true;
  }
}

TEST(Dropout, LeavesTheMeanAndNotTheNumbers) {
  auto options = OptionsOf({"", Block::kSasrec, false, false});
  const auto weights = DrawWeights(options.shape, Random(5));
  const auto sequences = DrawSequences(60, options.shape.n_items);
  const std::vector<float> counts(options.shape.n_items, 1);
  options.dropout = 0.5;
  const auto one = MakeTrainer(options, weights, {}, counts);
  const auto other = MakeTrainer(options, weights, {}, counts);
  ASSERT_TRUE(one && other);
  const double first = *(*one)->Step(Views(sequences), 0);
  EXPECT_EQ(first, *(*other)->Step(Views(sequences), 0));
  EXPECT_NE(first, *(*one)->Step(Views(sequences), 0));
  EXPECT_NEAR(first, LossAtRest(options.shape, weights, sequences), 0.2);
}

/// Item n + 1 follows item n.
std::vector<std::vector<ItemIndex>> Rounds(std::size_t users, std::size_t n_items) {
  Random random(3);
  std::vector<std::vector<ItemIndex>> out(users);
  for (auto& sequence : out) {
    const auto start = random.Below(n_items);
    for (std::size_t i = 0; i < 5; ++i)
      sequence.push_back(static_cast<ItemIndex>((start + i) % n_items));
  }
  return out;
}

FitOptions RoundOptions() {
  FitOptions options;
  options.name = "test";
  options.trainer = OptionsOf({"", Block::kSasrec, false, false});
  options.trainer.dropout = 0.1;
  options.rate = 1e-2;
  options.warm_up = 4;
  options.epochs = 15;
  return options;
}

TEST(FitNetwork, LearnsWhatFollowsWhat) {
  SilentProgress silent;
  RecordingProgress progress(silent);
  const auto trained = FitNetwork(Rounds(120, 40), {}, RoundOptions(), progress);
  ASSERT_TRUE(trained) << trained.error().message;
  const auto curves = progress.Curves();
  ASSERT_EQ(curves.size(), 2U);
  EXPECT_EQ(curves[0].name, "loss");
  EXPECT_LT(curves[0].values.back(), curves[0].values.front());
  EXPECT_EQ(curves[1].name, "validation ndcg@10");
  EXPECT_GT(curves[1].values.at(trained->best_epoch - 1), 0.9);
  const SequenceEncoder encoder(RoundOptions().trainer.shape, trained->weights);
  const auto tower = ItemTower(trained->weights, {}, {});
  std::vector<float> vector(12);
  const std::vector<ItemIndex> history = {7, 8, 9};
  encoder.Encode(history, tower.View(), vector);
  std::vector<float> scores(40);
  linalg::TimesVector(tower.View(), vector, scores);
  EXPECT_EQ(std::max_element(scores.begin(), scores.end()) - scores.begin(), 10);
}

TEST(FitNetwork, IsTheSameForTheSameSeed) {
  SilentProgress progress;
  auto options = RoundOptions();
  options.epochs = 3;
  options.refit = true;
  const auto sequences = Rounds(120, 40);
  const auto one = FitNetwork(sequences, {}, options, progress);
  const auto other = FitNetwork(sequences, {}, options, progress);
  options.trainer.seed = 2;
  const auto third = FitNetwork(sequences, {}, options, progress);
  ASSERT_TRUE(one && other && third);
  const auto sum = [](const Trained& trained) {
    const auto& items = trained.weights.at("items");
    return std::accumulate(items.data(), items.data() + items.rows() * items.cols(), 0.0);
  };
  EXPECT_EQ(sum(*one), sum(*other));
  EXPECT_NE(sum(*one), sum(*third));
}

TEST(FitNetwork, StopsWhenAskedTo) {
  SilentProgress progress;
  CancelToken cancel;
  cancel.Cancel();
  const auto trained = FitNetwork(Rounds(20, 40), {}, RoundOptions(), progress, &cancel);
  ASSERT_FALSE(trained);
  EXPECT_EQ(trained.error().code, ErrorCode::kCancelled);
}

TEST(FitNetwork, RefusesHistoriesOfOneItem) {
  SilentProgress progress;
  const std::vector<std::vector<ItemIndex>> sequences = {{1}, {}, {2}};
  const auto trained = FitNetwork(sequences, {}, RoundOptions(), progress);
  ASSERT_FALSE(trained);
  EXPECT_EQ(trained.error().code, ErrorCode::kInvalidInput);
}

TEST(ItemTower, AddsContentAndLeavesOutWhatIsNotOwn) {
  NetworkShape shape;
  shape.n_items = 2;
  shape.dimension = 2;
  shape.content_dimension = 3;
  shape.block = Block::kPooled;
  auto weights = DrawWeights(shape, Random(1));
  linalg::Matrix content(3, 3);
  content(0, 0) = content(2, 1) = 1;
  const auto tower = ItemTower(weights, content.View(), {1, 0, 0});
  ASSERT_EQ(tower.rows(), 3U);
  const auto& map = weights.at("content");
  EXPECT_FLOAT_EQ(tower(0, 1), weights.at("items")(0, 1) + map(1, 0));
  EXPECT_FLOAT_EQ(tower(1, 0), 0);
  EXPECT_FLOAT_EQ(tower(2, 1), map(1, 1));
}

}  // namespace
}  // namespace medley::training
