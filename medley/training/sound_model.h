#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/media/log_mel.h"
#include "medley/training/cnn_lstm.h"

namespace medley::training {

/// A trained CNN-LSTM with all that it takes to use it: how sounds become pictures, what its
/// classes are called. One file, that `medley models add` takes. Threads: any number at once.
class SoundModel {
 public:
  static constexpr const char* kKind = "cnn_lstm";

  /// Errors: kNotFound, kIo; kCorrupt for what is no such model.
  static Result<SoundModel> Load(const std::filesystem::path& path);
  Status Save(const std::filesystem::path& path) const;

  SoundModel(const media::LogMelSpec& mel,
             std::vector<std::string> labels,
             std::unique_ptr<CnnLstm> network)
      : mel_(mel), labels_(std::move(labels)), network_(std::move(network)) {}

  int sample_rate() const { return mel_.sample_rate; }
  const std::vector<std::string>& labels() const { return labels_; }
  const CnnLstm& network() const { return *network_; }
  /// Shapes: `out` network().shape().dimension(), of any length. Errors: kInvalidInput for a sound
  /// of another sample rate or without samples.
  Status Encode(const media::Sound& sound, std::span<float> out) const;

 private:
  media::LogMelSpec mel_;
  std::vector<std::string> labels_;
  std::unique_ptr<CnnLstm> network_;
};

/// Sounds and what each is.
struct LabelledSounds {
  std::vector<media::Sound> sounds;
  std::vector<std::string> labels;  ///< one a sound
};

/// What FitSounds can be told, for `medley models train cnn_lstm --set`.
const std::vector<ParameterSpec>& SoundTrainingSpecs();

struct TrainedSounds {
  SoundModel model;
  double last_loss = 0;  ///< mean over the last epoch
};

/// Trains a CNN-LSTM from nothing to tell the sounds apart. With "augment", every sound is made
/// anew for every epoch: played faster or slower, noise added, runs of time and bands hidden
/// (media/augment.h). Deterministic for a seed, whatever the number of threads. Errors:
/// kInvalidInput where there are fewer than two labels, sounds of another rate than "sample_rate",
/// or the loss stops being a number; kUnavailable as MakeSoundTrainer says; kCancelled.
Result<TrainedSounds> FitSounds(const LabelledSounds& data,
                                const Parameters& parameters,
                                Progress& progress,
                                const CancelToken* cancel = nullptr);

}  // namespace medley::training
