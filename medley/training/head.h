#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"

namespace medley::training {

/// A classifier on top of vectors that something else made: softmax over a linear map, or over one
/// after a wide layer with ReLU. The vectors' numbers are brought to mean 0 and deviation 1 first,
/// as those that it was trained on had.
struct HeadShape {
  std::size_t dimension = 0;  ///< of the vectors
  std::size_t hidden = 0;     ///< of the wide layer; 0: none
  std::size_t classes = 2;
};
/// "mean", "scale"; "hidden" with hidden > 0; "classes". The latter two with ".bias".
std::vector<WeightSpec> WeightsOf(const HeadShape& shape);

/// A trained head, answering. Threads: any number at once.
class Head {
 public:
  /// `weights` must hold all that WeightsOf names.
  Head(const HeadShape& shape, Weights weights);
  const HeadShape& shape() const { return shape_; }
  const Weights& weights() const { return weights_; }
  /// Shapes: `vector` dimension; one probability a class, their sum 1.
  std::vector<float> Classify(std::span<const float> vector) const;
  /// What the wide layer makes of a vector, which is brought to mean 0 and deviation 1 in place.
  /// Shapes: hidden > 0; `wide` hidden.
  void Hide(std::span<float> vector, std::span<float> wide) const;

 private:
  HeadShape shape_;
  Weights weights_;
};

struct HeadOptions {
  HeadShape shape;
  std::size_t epochs = 100;
  std::size_t batch = 64;
  double rate = 1e-2;          ///< of Adam, let down along half a cosine
  double weight_decay = 0.05;  ///< decoupled (AdamW); not of biases
  std::uint64_t seed = 1;
};

/// Trains a head on vectors and what they are, by hand-written gradients of the mean
/// cross-entropy: deterministic, on one thread, without libtorch. Shapes: `vectors` n x dimension;
/// `labels` n, each below classes. Errors: kInvalidInput for fewer than two classes, no vectors,
/// or ones that are not finite. Cost: an epoch, 6 n (dimension hidden + hidden classes) operations.
Result<Weights> FitHead(linalg::ConstMatrixView vectors,
                        std::span<const std::uint32_t> labels,
                        const HeadOptions& options);

}  // namespace medley::training
