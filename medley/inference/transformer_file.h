#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "medley/core/result.h"
#include "medley/inference/four_bit_weights.h"
#include "medley/inference/network.h"
#include "medley/linalg/matrix.h"

namespace medley::inference {

/// A text encoder of BERT's kind in an OpenVINO IR (the pack's multilingual-e5-small), opened up:
/// what its layers have learnt as plain numbers, and the network cut off below any of them. That is
/// what it takes to train the upper layers further and leave the lower ones as they are.
/// Threads: one call at a time.
class TransformerFile {
 public:
  /// Errors: kNotFound; kCorrupt with the loader's reason; kUnsupported for a network that is not
  /// built like BERT.
  static Result<TransformerFile> Open(const std::filesystem::path& path);
  TransformerFile(TransformerFile&&) noexcept;
  TransformerFile& operator=(TransformerFile&&) noexcept;
  ~TransformerFile();

  std::size_t layers() const;

  /// A layer's weights in float32, named as training::WeightsOf(TransformerShape) does without the
  /// "layers.0." before it. Shapes: maps output x input; biases and norms one row. Errors:
  /// kUnsupported; kNotFound for a layer past the last.
  Result<std::map<std::string, linalg::Matrix, std::less<>>> Layer(std::size_t layer) const;

  /// The maps of a layer ("query", "key", "value", "dense", "widen", "narrow") as they are stored.
  /// Errors: kUnsupported where that is not in 4 bits; kNotFound as above.
  Result<std::map<std::string, FourBitWeights, std::less<>>> FourBitMaps(std::size_t layer) const;

  /// The same inputs; the output is what goes into `layer`: texts x tokens x dimension.
  /// Errors: as above.
  Result<Network> Below(std::size_t layer, const NetworkOptions& options = {}) const;

 private:
  struct State;
  explicit TransformerFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace medley::inference
