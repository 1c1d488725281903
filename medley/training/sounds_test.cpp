#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/learning_curve.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/training/cnn_lstm.h"
#include "medley/training/head.h"
#include "medley/training/sound_model.h"
#include "medley/training/sound_trainer.h"
#include "medley/training/weights_file.h"

namespace medley::training {
namespace {

namespace fs = std::filesystem;

linalg::Matrix Picture(std::size_t frames, std::size_t bands, std::uint64_t seed) {
  Random random(seed);
  linalg::Matrix mel(frames, bands);
  for (std::size_t i = 0; i < frames * bands; ++i)
    mel.data()[i] = static_cast<float>(random.Normal());
  return Standardised(std::move(mel));
}

/// Mean cross-entropy as the network at rest tells it.
double LossAtRest(const CnnLstmShape& shape,
                  const Weights& weights,
                  const std::vector<linalg::Matrix>& pictures,
                  const std::vector<std::uint32_t>& labels) {
  const CnnLstm network(shape, weights);
  double loss = 0;
  std::vector<float> vector(shape.dimension());
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    network.Encode(pictures[i], vector);
    loss -= std::log(static_cast<double>(network.Classify(vector)[labels[i]]));
  }
  return loss / static_cast<double>(pictures.size());
}

TEST(CnnLstm, AnswersAsItIsTrained) {
  const CnnLstmShape shape{.bands = 12, .channels = 3, .hidden = 5, .classes = 3};
  std::vector<linalg::Matrix> pictures;
  std::vector<std::uint32_t> labels;
  // Every remainder by 4, the shortest there is, more than one shard.
  for (const std::size_t frames : {4U, 5U, 6U, 7U, 8U, 30U, 9U, 2U, 23U, 11U}) {
    pictures.push_back(Picture(frames, shape.bands, frames));
    labels.push_back(static_cast<std::uint32_t>(frames % 3));
  }
  std::vector<SoundExample> examples;
  for (std::size_t i = 0; i < pictures.size(); ++i)
    examples.push_back({pictures[i].View(), labels[i]});
  const auto start = DrawWeights(shape, Random(7));
  const SoundTrainerOptions options{
      .shape = shape, .dropout = 0, .weight_decay = 0, .label_smoothing = 0};
  const auto trainer = MakeSoundTrainer(options, start);
  ASSERT_TRUE(trainer) << trainer.error().message;
  Weights weights = start;
  for (int step = 0; step < 5; ++step) {
    const auto loss = (*trainer)->Step(examples, 0.05);
    ASSERT_TRUE(loss) << loss.error().message;
    EXPECT_NEAR(*loss, LossAtRest(shape, weights, pictures, labels), 1e-5) << step;
    weights = (*trainer)->Current();
  }
  EXPECT_LT(LossAtRest(shape, weights, pictures, labels),
            LossAtRest(shape, start, pictures, labels));
}

TEST(CnnLstm, StepsAreTheSameBitsForASeed) {
  const CnnLstmShape shape{.bands = 8, .channels = 2, .hidden = 4, .classes = 2};
  const auto picture = Picture(20, shape.bands, 3);
  const std::vector<SoundExample> examples(20, SoundExample{picture.View(), 1});
  std::vector<Weights> ends;
  for (const char* threads : {"1", "3"}) {
    ASSERT_EQ(setenv("MEDLEY_THREADS", threads, 1), 0);
    const auto trainer = MakeSoundTrainer({.shape = shape}, DrawWeights(shape, Random(1)));
    ASSERT_TRUE(trainer) << trainer.error().message;
    for (int step = 0; step < 3; ++step) ASSERT_TRUE((*trainer)->Step(examples, 0.01));
    ends.push_back((*trainer)->Current());
  }
  ASSERT_EQ(unsetenv("MEDLEY_THREADS"), 0);
  for (const auto& [name, weight] : ends[0]) {
    for (std::size_t i = 0; i < weight.rows() * weight.cols(); ++i)
      EXPECT_EQ(weight.data()[i], ends[1].at(name).data()[i]) << name;
  }
}

TEST(CnnLstm, ShapesThatCannotBeAreRefused) {
  for (const CnnLstmShape& shape : {CnnLstmShape{.bands = 10},
                                    CnnLstmShape{.bands = 0},
                                    CnnLstmShape{.channels = 0},
                                    CnnLstmShape{.hidden = 100'000},
                                    CnnLstmShape{.classes = 1}}) {
    EXPECT_FALSE(CheckShape(shape));
  }
  EXPECT_TRUE(CheckShape(CnnLstmShape{}));
}

TEST(Standardised, HasMeanZeroAndDeviationOneAndNoNaN) {
  const auto mel = Picture(50, 16, 2);
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < 50 * 16; ++i) {
    sum += static_cast<double>(mel.data()[i]);
    squares += static_cast<double>(mel.data()[i]) * static_cast<double>(mel.data()[i]);
  }
  EXPECT_NEAR(sum, 0, 1e-2);
  EXPECT_NEAR(squares, 50 * 16, 1e-1);
  const auto flat = Standardised(linalg::Matrix(1, 16, 3.0F));
  EXPECT_EQ(flat.rows(), kFramesAMoment);
  EXPECT_TRUE(linalg::AllFinite({flat.data(), flat.rows() * flat.cols()}));
}

/// Tones that rise, and tones that fall: only their order in time tells them apart.
LabelledSounds Sweeps(std::size_t n, std::uint64_t seed) {
  LabelledSounds data;
  Random random(seed);
  for (std::size_t i = 0; i < n; ++i) {
    const bool rises = i % 2 == 0;
    media::Sound sound{.sample_rate = 8000, .samples = {}};
    const double low = random.Uniform(300, 600);
    const double high = random.Uniform(1200, 2000);
    const auto count = static_cast<std::size_t>(random.Uniform(2400, 4000));
    double phase = 0;
    for (std::size_t k = 0; k < count; ++k) {
      const double at = static_cast<double>(k) / static_cast<double>(count);
      phase += 2 * std::numbers::pi * (low + (high - low) * (rises ? at : 1 - at)) / 8000;
      sound.samples.push_back(static_cast<float>(0.4 * std::sin(phase)));
    }
    data.sounds.push_back(std::move(sound));
    data.labels.emplace_back(rises ? "rises" : "falls");
  }
  return data;
}

Parameters Small(const std::string& augment) {
  return *Parameters::FromText(SoundTrainingSpecs(),
                               {{"sample_rate", "8000"},
                                {"channels", "4"},
                                {"hidden", "8"},
                                {"epochs", "12"},
                                {"batch", "8"},
                                {"learning_rate", "0.01"},
                                {"augment", augment}});
}

double Accuracy(const SoundModel& model, const LabelledSounds& data) {
  std::vector<float> vector(model.network().shape().dimension());
  std::size_t right = 0;
  for (std::size_t i = 0; i < data.sounds.size(); ++i) {
    EXPECT_TRUE(model.Encode(data.sounds[i], vector));
    const auto odds = model.network().Classify(vector);
    const auto best = odds[0] > odds[1] ? 0U : 1U;
    right += model.labels()[best] == data.labels[i] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(data.sounds.size());
}

TEST(FitSounds, LearnsWhatOnlyTimeTellsAndSurvivesAFile) {
  SilentProgress silent;
  RecordingProgress progress(silent);
  const auto data = Sweeps(40, 1);
  const auto trained = FitSounds(data, Small("true"), progress);
  ASSERT_TRUE(trained) << trained.error().message;
  const auto curves = progress.Curves();
  ASSERT_EQ(curves.size(), 1U);
  EXPECT_LT(trained->last_loss, curves[0].values.front());
  EXPECT_GE(Accuracy(trained->model, Sweeps(40, 2)), 0.95);

  const auto file = fs::path(::testing::TempDir()) / "sweeps.cnn_lstm";
  ASSERT_TRUE(trained->model.Save(file));
  const auto loaded = SoundModel::Load(file);
  ASSERT_TRUE(loaded) << loaded.error().message;
  std::vector<float> before(loaded->network().shape().dimension());
  std::vector<float> after(before.size());
  ASSERT_TRUE(trained->model.Encode(data.sounds[0], before));
  ASSERT_TRUE(loaded->Encode(data.sounds[0], after));
  EXPECT_EQ(before, after);
  EXPECT_FALSE(loaded->Encode({.sample_rate = 16000, .samples = {0.1F}}, after));
  EXPECT_FALSE(loaded->Encode({.sample_rate = 8000, .samples = {}}, after));
  EXPECT_TRUE(loaded->Encode({.sample_rate = 8000, .samples = {0.1F}}, after));
  EXPECT_TRUE(linalg::AllFinite(after));
}

TEST(FitSounds, RefusesWhatCannotBeLearned) {
  SilentProgress progress;
  auto data = Sweeps(6, 1);
  data.sounds[3].sample_rate = 16000;
  EXPECT_FALSE(FitSounds(data, Small("true"), progress));
  data = Sweeps(6, 1);
  for (auto& label : data.labels) label = "one";
  EXPECT_FALSE(FitSounds(data, Small("true"), progress));
  CancelToken cancel;
  cancel.Cancel();
  const auto stopped = FitSounds(Sweeps(6, 1), Small("true"), progress, &cancel);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
}

TEST(WeightsFile, AnyDamageIsSeen) {
  const auto file = fs::path(::testing::TempDir()) / "weights.head";
  WeightsFile written{.note = {{"kind", "head"}}, .weights = {}};
  written.weights.emplace("a", linalg::Matrix(2, 3, 0.5F));
  written.weights.emplace("b", linalg::Matrix(1, 1, -2.0F));
  ASSERT_TRUE(WriteWeights(file, written));
  const auto back = ReadWeights(file, "head");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->weights.at("b")(0, 0), -2.0F);
  EXPECT_FALSE(ReadWeights(file, "cnn_lstm"));
  EXPECT_TRUE(CheckWeights(back->weights, {{"a", 2, 3}, {"b", 1, 1}}));
  EXPECT_FALSE(CheckWeights(back->weights, {{"a", 3, 2}}));
  EXPECT_FALSE(CheckWeights(back->weights, {{"c", 1, 1}}));
  const auto bytes = *ReadFile(file);
  const auto damaged = fs::path(::testing::TempDir()) / "damaged.head";
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    std::ofstream(damaged, std::ios::binary) << bytes.substr(0, length);
    EXPECT_FALSE(ReadWeights(damaged, "head")) << length;
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    std::ofstream(damaged, std::ios::binary) << changed;
    EXPECT_FALSE(ReadWeights(damaged, "head")) << at;
  }
}

TEST(Head, LinearAndWideLearnWhatTheyCan) {
  Random random(5);
  linalg::Matrix vectors(400, 6);
  std::vector<std::uint32_t> sum;
  std::vector<std::uint32_t> exclusive;
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    for (std::size_t k = 0; k < 5; ++k)
      vectors(i, k) = static_cast<float>(100 + 0.01 * random.Normal());
    vectors(i, 5) = 3;  // says nothing
    sum.push_back(vectors(i, 0) + vectors(i, 1) > 200 ? 1 : 0);
    exclusive.push_back((vectors(i, 0) > 100) != (vectors(i, 1) > 100) ? 1 : 0);
  }
  const auto right = [&](const HeadOptions& options, const std::vector<std::uint32_t>& labels) {
    const auto weights = FitHead(vectors.View(), labels, options);
    EXPECT_TRUE(weights);
    EXPECT_TRUE(CheckWeights(*weights, WeightsOf(options.shape)));
    const Head head(options.shape, *weights);
    double count = 0;
    for (std::size_t i = 0; i < vectors.rows(); ++i) {
      const auto odds = head.Classify(std::as_const(vectors).Row(i));
      EXPECT_NEAR(odds[0] + odds[1], 1, 1e-5);
      count += (odds[1] > odds[0]) == (labels[i] == 1) ? 1 : 0;
    }
    return count / static_cast<double>(vectors.rows());
  };
  HeadOptions options{.shape = {.dimension = 6, .hidden = 0, .classes = 2}};
  EXPECT_GE(right(options, sum), 0.97);
  EXPECT_LE(right(options, exclusive), 0.75);
  options.shape.hidden = 16;
  options.rate = 0.02;
  EXPECT_GE(right(options, exclusive), 0.95);
  EXPECT_FALSE(FitHead(linalg::Matrix(0, 6).View(), {}, options));
  vectors(3, 3) = std::nanf("");
  EXPECT_FALSE(FitHead(vectors.View(), sum, options));
}

}  // namespace
}  // namespace medley::training
