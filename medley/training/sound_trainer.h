#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/training/cnn_lstm.h"
#include "medley/training/network.h"

namespace medley::training {

struct SoundTrainerOptions {
  CnnLstmShape shape;
  double dropout = 0.3;          ///< of what the LSTM sees, and of the vector
  double weight_decay = 0.01;    ///< decoupled from the gradient (AdamW); not of biases
  double label_smoothing = 0.1;  ///< how much of the target goes to all classes alike
  std::uint64_t seed = 1;
};

/// A log-mel picture as Standardised gives it, and what it is.
struct SoundExample {
  linalg::ConstMatrixView mel;
  std::uint32_t label = 0;
};

/// A CNN-LSTM in training.
/// Threads: one; it uses ThreadCount() itself. Its results do not depend on their number.
class SoundTrainer {
 public:
  virtual ~SoundTrainer() = default;
  /// One step of Adam on the examples' mean cross-entropy, which is returned. Shapes: at least one
  /// example, its picture frames (kFramesAMoment or more) x bands, its label below classes. Errors:
  /// kInternal where libtorch gives up (memory).
  virtual Result<double> Step(std::span<const SoundExample> examples, double rate) = 0;
  virtual Weights Current() const = 0;
};

/// Shapes: `start` as WeightsOf says. Errors: kInvalidInput for a shape that can't be; kUnavailable
/// where the library that trains isn't there, with what to do about it.
Result<std::unique_ptr<SoundTrainer>> MakeSoundTrainer(const SoundTrainerOptions& options,
                                                       const Weights& start);

}  // namespace medley::training
