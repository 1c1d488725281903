#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"
#include "medley/training/transformer.h"

namespace medley::training {

struct TransformerTrainerOptions {
  TransformerShape shape;
  double dropout = 0.1;        ///< of what each layer adds, and of the mean
  double weight_decay = 0.01;  ///< decoupled from the gradient (AdamW); not of biases and norms
  double classes_pace = 10;    ///< the learning rate of classes and inputs, times the layers'
  double forget = 0;           ///< asks: share of the tokens before the questions that a step lacks
  double longest_gradient = 1;  ///< a longer one is cut to this (Pascanu et al. 2013)
  std::uint64_t seed = 1;
};

/// What goes into the lowest trained layer, and what it is: one label, or with shape.asks one for
/// each of the last tokens.
struct TokensExample {
  std::span<const std::uint16_t> tokens;  ///< float16: tokens x width(), row after row
  std::span<const std::uint32_t> labels;
};

/// The upper layers of an encoder in training, all of their weights.
/// Threads: one; it uses ThreadCount() itself. Its results do not depend on their number.
class TransformerTrainer {
 public:
  virtual ~TransformerTrainer() = default;
  /// One step of Adam on the labels' mean cross-entropy, which is returned. Shapes: at least one
  /// example of at least one token, labels below classes. Errors: kInternal where libtorch gives
  /// up (memory). Cost: three times that of an answer.
  virtual Result<double> Step(std::span<const TokensExample> examples, double rate) = 0;
  virtual Weights Current() const = 0;
};

/// Shapes: `start` as WeightsOf says. Errors: kInvalidInput for a shape that can't be; kUnavailable
/// where the library that trains isn't there, with what to do about it.
Result<std::unique_ptr<TransformerTrainer>> MakeTransformerTrainer(
    const TransformerTrainerOptions& options, const Weights& start);

}  // namespace medley::training
