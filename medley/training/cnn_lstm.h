#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"

namespace medley::training {

/// Sizes of a CNN-LSTM: two 3 x 3 convolutions over a log-mel picture, each with ReLU and the
/// greatest of every 2 x 2; what is left of each moment goes through an LSTM in both directions;
/// the mean of its states over time is the vector, a linear map of which tells the classes.
/// Source: Sainath et al., Convolutional, long short-term memory, fully connected deep neural
/// networks (CLDNN), ICASSP 2015; Hochreiter, Schmidhuber 1997.
struct CnnLstmShape {
  std::size_t bands = 40;     ///< of the picture; a multiple of 4
  std::size_t channels = 16;  ///< of the first convolution; the second has twice as many
  std::size_t hidden = 64;    ///< of the LSTM, each direction
  std::size_t classes = 2;

  std::size_t dimension() const { return 2 * hidden; }
  /// What the LSTM sees of each moment.
  std::size_t features() const { return bands / 4 * 2 * channels; }
};

/// Errors: kInvalidInput for sizes that can't be, or are absurd.
Status CheckShape(const CnnLstmShape& shape);
/// "first", "second": convolutions, output x (3 frames x 3 bands x channels); "forward.input",
/// "forward.state", "backward...": the gates input, forget, cell, output below each other;
/// "classes". Each with ".bias".
std::vector<WeightSpec> WeightsOf(const CnnLstmShape& shape);
/// Normal, with the deviation that keeps variances as they go through; forget gates begin open.
Weights DrawWeights(const CnnLstmShape& shape, const Random& random);

/// Frames of which the LSTM sees one moment.
inline constexpr std::size_t kFramesAMoment = 4;

/// A log-mel picture as the network takes it: mean 0 and deviation 1 over the whole picture, frames
/// of zeros behind it where there are fewer than kFramesAMoment.
linalg::Matrix Standardised(linalg::Matrix mel);

/// A trained CNN-LSTM, answering: plain float32 with our own kernels, without libtorch (as
/// SequenceEncoder). Threads: any number at once; a call uses one. Cost: for `channels` 16,
/// `hidden` 64, `bands` 40: about 90,000 multiply-adds a frame.
class CnnLstm {
 public:
  /// `weights` must hold all that WeightsOf names.
  CnnLstm(const CnnLstmShape& shape, Weights weights);
  CnnLstm(const CnnLstm&) = delete;
  CnnLstm& operator=(const CnnLstm&) = delete;

  const CnnLstmShape& shape() const { return shape_; }
  const Weights& weights() const { return weights_; }
  /// Shapes: `mel` as Standardised gives it, frames x bands; `out` dimension().
  void Encode(const linalg::Matrix& mel, std::span<float> out) const;
  /// Shapes: `vector` as Encode gives it; one probability a class, their sum 1.
  std::vector<float> Classify(std::span<const float> vector) const;

 private:
  void Run(const linalg::Matrix& moments,
           const std::string& direction,
           bool backward,
           std::span<float> out) const;

  CnnLstmShape shape_;
  Weights weights_;
};

}  // namespace medley::training
