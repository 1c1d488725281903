#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "medley/core/result.h"
#include "medley/encoders/text/e5_tokens.h"
#include "medley/inference/network.h"
#include "medley/inference/transformer_file.h"
#include "medley/training/transformer.h"
#include "medley/training/weights.h"

namespace medley::encoders {

/// multilingual-e5-small cut in two: what its lower layers make of texts, and the upper ones as a
/// start for training. Threads: one call at a time; a call uses all of ThreadCount().
class E5Layers {
 public:
  /// Texts are read to `max_tokens`; `upper` layers are left to whoever asks. Errors: those of the
  /// pack; kInvalidInput for more layers than there are.
  static Result<E5Layers> Open(std::size_t upper, std::size_t max_tokens);

  /// Changes whenever what Encode gives would.
  const std::string& fingerprint() const { return fingerprint_; }
  training::TransformerShape ShapeFor(std::size_t classes) const;
  /// The upper layers as the pack has them, without "classes". Cost: a second.
  Result<training::Weights> Upper() const;

  /// Gives `take` what goes into the upper layers, text by text in any order: tokens x dimension,
  /// row after row. No prefix: what is trained on top finds its own way of reading.
  Status Encode(std::span<const std::string* const> texts,
                const std::function<void(std::size_t text, std::span<const float>)>& take);

 private:
  E5Layers(E5Tokens tokens, inference::TransformerFile file, inference::Network lower)
      : tokens_(std::move(tokens)), file_(std::move(file)), lower_(std::move(lower)) {}

  E5Tokens tokens_;
  inference::TransformerFile file_;
  inference::Network lower_;
  std::size_t upper_ = 0;
  std::string fingerprint_;
};

}  // namespace medley::encoders
