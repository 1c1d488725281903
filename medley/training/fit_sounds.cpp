#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/matrix.h"
#include "medley/media/augment.h"
#include "medley/media/decoder.h"
#include "medley/media/log_mel.h"
#include "medley/training/cnn_lstm.h"
#include "medley/training/learning_rate.h"
#include "medley/training/sound_model.h"
#include "medley/training/sound_trainer.h"

namespace medley::training {
namespace {

constexpr double kFrameSeconds = 0.032;
constexpr double kHopSeconds = 0.010;
constexpr double kSpeed = 0.15;
constexpr double kNoiseDb = 10;
constexpr std::size_t kSoundsAPiece = 8;

media::LogMelSpec SpecOf(const Parameters& parameters) {
  const auto rate = static_cast<double>(parameters.Int("sample_rate"));
  return {.sample_rate = static_cast<int>(rate),
          .n_fft = 2 * static_cast<int>(std::lround(rate * kFrameSeconds / 2)),
          .hop = static_cast<int>(std::lround(rate * kHopSeconds)),
          .n_mels = static_cast<int>(parameters.Int("bands"))};
}

/// One training from the first step to the last.
class SoundRun {
 public:
  SoundRun(const LabelledSounds& data, const Parameters& parameters)
      : data_(data),
        parameters_(parameters),
        spec_(SpecOf(parameters)),
        augment_(parameters.Bool("augment")),
        batch_(static_cast<std::size_t>(parameters.Int("batch"))),
        seed_(static_cast<std::uint64_t>(parameters.Int("seed"))) {
    std::map<std::string, std::uint32_t> numbers;
    for (const auto& label : data.labels) numbers.emplace(label, 0);
    for (auto& [label, number] : numbers) {
      number = static_cast<std::uint32_t>(names_.size());
      names_.push_back(label);
    }
    for (const auto& label : data.labels) targets_.push_back(numbers[label]);
  }

  Result<TrainedSounds> Train(Progress& progress, const CancelToken* cancel) {
    if (names_.size() < 2 || data_.sounds.size() != data_.labels.size())
      return Fail(ErrorCode::kInvalidInput, "sounds of at least two labels are needed");
    SoundTrainerOptions options;
    options.shape = {.bands = static_cast<std::size_t>(parameters_.Int("bands")),
                     .channels = static_cast<std::size_t>(parameters_.Int("channels")),
                     .hidden = static_cast<std::size_t>(parameters_.Int("hidden")),
                     .classes = names_.size()};
    options.dropout = parameters_.Real("dropout");
    options.seed = seed_;
    MEDLEY_RETURN_IF_ERROR(CheckShape(options.shape));
    const auto start = DrawWeights(options.shape, Random(seed_));
    MEDLEY_ASSIGN_OR_RETURN(const auto trainer, MakeSoundTrainer(options, start));
    const auto epochs = static_cast<std::size_t>(parameters_.Int("epochs"));
    const std::size_t steps = (data_.sounds.size() + batch_ - 1) / batch_;
    const LearningRate rate{parameters_.Real("learning_rate"), steps, steps * epochs, true};
    double loss = 0;
    progress.Begin("train cnn_lstm", epochs, "epochs");
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
      MEDLEY_ASSIGN_OR_RETURN(loss, Epoch(epoch, rate, *trainer, cancel));
      progress.Note("loss", loss);
      progress.Advance(1);
    }
    progress.End();
    auto network = std::make_unique<CnnLstm>(options.shape, trainer->Current());
    return TrainedSounds{SoundModel(spec_, names_, std::move(network)), loss};
  }

 private:
  Result<double> Epoch(std::size_t epoch,
                       const LearningRate& rate,
                       SoundTrainer& trainer,
                       const CancelToken* cancel) {
    const Random random = Random(seed_).Fork("epochs").Fork(epoch);
    MEDLEY_RETURN_IF_ERROR(MakePictures(random));
    std::vector<std::size_t> order(pictures_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Random shuffle = random.Fork("order");
    shuffle.Shuffle(std::span(order));
    double sum = 0;
    std::size_t step = epoch * ((order.size() + batch_ - 1) / batch_);
    for (std::size_t begin = 0; begin < order.size(); begin += batch_, ++step) {
      if (cancel != nullptr && cancel->cancelled())
        return Fail(ErrorCode::kCancelled, "the training was stopped");
      std::vector<SoundExample> examples;
      for (std::size_t i = begin; i < std::min(order.size(), begin + batch_); ++i)
        examples.push_back({pictures_[order[i]].View(), targets_[order[i]]});
      MEDLEY_ASSIGN_OR_RETURN(const double loss, trainer.Step(examples, rate.At(step)));
      sum += loss * static_cast<double>(examples.size());
    }
    if (!std::isfinite(sum))
      return Fail(ErrorCode::kInvalidInput, "it did not converge: lower learning_rate");
    return sum / static_cast<double>(order.size());
  }

  /// The pictures of an epoch; without augmentation those of the first serve all.
  Status MakePictures(const Random& random) {
    if (!augment_ && !pictures_.empty()) return {};
    pictures_.resize(data_.sounds.size());
    std::mutex mutex;
    std::optional<Error> error;
    ParallelFor(pictures_.size(), kSoundsAPiece, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        auto picture = PictureOf(data_.sounds[i], random.Fork("sounds").Fork(i));
        if (picture) {
          pictures_[i] = *std::move(picture);
        } else {
          const std::lock_guard lock(mutex);
          error = picture.error();
        }
      }
    });
    if (error) return tl::unexpected(*std::move(error));
    return {};
  }

  Result<linalg::Matrix> PictureOf(const media::Sound& sound, const Random& random) const {
    if (!augment_) {
      MEDLEY_ASSIGN_OR_RETURN(auto mel, media::LogMel(sound, spec_));
      return Standardised(std::move(mel));
    }
    const auto varied = media::AddNoise(
        media::ChangeSpeed(sound, kSpeed, random.Fork("speed")), kNoiseDb, random.Fork("noise"));
    MEDLEY_ASSIGN_OR_RETURN(auto mel, media::LogMel(varied, spec_));
    auto picture = Standardised(std::move(mel));
    media::MaskRuns({}, random.Fork("masks"), picture);
    return picture;
  }

  const LabelledSounds& data_;
  const Parameters& parameters_;
  media::LogMelSpec spec_;
  bool augment_;
  std::size_t batch_;
  std::uint64_t seed_;
  std::vector<std::string> names_;
  std::vector<std::uint32_t> targets_;
  std::vector<linalg::Matrix> pictures_;
};

}  // namespace

const std::vector<ParameterSpec>& SoundTrainingSpecs() {
  static const std::vector<ParameterSpec> specs = {
      {.name = "sample_rate",
       .default_value = std::int64_t{16000},
       .help = "at which sounds are decoded; of recordings of speech by telephone, 8000",
       .min = 4000,
       .max = 48000},
      {.name = "max_seconds",
       .default_value = 10.0,
       .help = "how much of a sound is listened to, from its beginning",
       .min = 0.1,
       .max = 600},
      {.name = "bands",
       .default_value = std::int64_t{40},
       .help = "of the log-mel picture; a multiple of 4",
       .min = 4,
       .max = 256},
      {.name = "channels",
       .default_value = std::int64_t{16},
       .help = "of the first convolution; the second has twice as many",
       .min = 1,
       .max = 256},
      {.name = "hidden",
       .default_value = std::int64_t{64},
       .help = "numbers of the LSTM's state, each direction; the vector has twice as many",
       .min = 1,
       .max = 1024},
      {.name = "dropout", .default_value = 0.3, .help = "while training", .min = 0, .max = 0.9},
      {.name = "augment",
       .default_value = true,
       .help = "vary every sound in every epoch: speed, noise, hidden times and bands"},
      {.name = "epochs",
       .default_value = std::int64_t{40},
       .help = "passes over the sounds",
       .min = 1,
       .max = 10'000},
      {.name = "batch",
       .default_value = std::int64_t{32},
       .help = "sounds a step",
       .min = 1,
       .max = 4096},
      {.name = "learning_rate", .default_value = 2e-3, .help = "of Adam", .min = 0, .max = 1},
      {.name = "seed", .default_value = std::int64_t{1}, .help = "of everything drawn", .min = 0}};
  return specs;
}

Result<TrainedSounds> FitSounds(const LabelledSounds& data,
                                const Parameters& parameters,
                                Progress& progress,
                                const CancelToken* cancel) {
  return SoundRun(data, parameters).Train(progress, cancel);
}

}  // namespace medley::training
