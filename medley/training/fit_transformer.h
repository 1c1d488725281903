#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/training/network.h"
#include "medley/training/transformer.h"

namespace medley::training {

/// What the lower layers of an encoder made of texts, kept as float16 so that they run once and not
/// in every epoch; and what each text is.
class LabelledTokens {
 public:
  explicit LabelledTokens(std::size_t dimension) : dimension_(dimension) {}

  /// Shapes: tokens x dimension, at least one token; one label, or one for each of the last tokens.
  void Add(std::span<const float> tokens, std::span<const std::uint32_t> labels);
  void Add(std::span<const float> tokens, std::uint32_t label) { Add(tokens, {&label, 1}); }
  std::size_t size() const { return starts_.size() - 1; }
  std::size_t dimension() const { return dimension_; }
  std::span<const std::uint16_t> Tokens(std::size_t text) const {
    return std::span(values_).subspan(starts_[text], starts_[text + 1] - starts_[text]);
  }
  std::span<const std::uint32_t> Labels(std::size_t text) const {
    return std::span(labels_).subspan(label_starts_[text],
                                      label_starts_[text + 1] - label_starts_[text]);
  }

 private:
  std::size_t dimension_;
  std::vector<std::uint16_t> values_;
  std::vector<std::size_t> starts_ = {0};
  std::vector<std::uint32_t> labels_;
  std::vector<std::size_t> label_starts_ = {0};
};

/// What FitTransformer can be told; its callers add their own.
const std::vector<ParameterSpec>& TransformerTrainingSpecs();

struct Epoch {
  double loss = 0;      ///< mean over the epoch
  double accuracy = 0;  ///< on the validation after it
  double validation_loss = 0;
};
struct TrainedTransformer {
  Weights weights;             ///< of the epoch whose validation was best
  std::size_t best_epoch = 0;  ///< from 1
  std::vector<Epoch> epochs;
};

/// Trains the upper layers on; of what `start` lacks, "classes" begin at 0, other maps are drawn.
/// After each epoch the validation is looked at, its accuracy, or with shape.asks its loss (many
/// labels that nobody could tell for certain: accuracy is a noisy judge); the best weights are
/// kept, and "patience" epochs without a better one end it. `forget` as in
/// TransformerTrainerOptions. Deterministic for a seed, whatever the number of threads. Errors:
/// kInvalidInput without examples or validation, for fewer than two classes, or where the loss
/// stops being a number; kUnavailable as MakeTransformerTrainer says; kCancelled.
Result<TrainedTransformer> FitTransformer(const LabelledTokens& data,
                                          const LabelledTokens& validation,
                                          const TransformerShape& shape,
                                          Weights start,
                                          const Parameters& parameters,
                                          Progress& progress,
                                          const CancelToken* cancel = nullptr,
                                          double forget = 0);

}  // namespace medley::training
