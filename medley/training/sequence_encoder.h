#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "medley/core/ids.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"

namespace medley::training {

/// A trained network, answering: a history to one vector; the dot product with an item's vector is
/// that item's score. Written out in plain float32 with our own kernels, so that an answer needs
/// neither libtorch nor its threads, and has the same bits in every thread and after a Load.
/// Shapes: `history` the items of a user, the latest last; those before the last max_length are not
/// looked at. `tower` n_items x dimension, see ItemTower; `out` dimension.
/// Missing: an empty history gives zeros.
/// Threads: any number at once. Cost: for n items of a dimension d, 12 n d^2 multiply-adds a layer
/// (the last: 2 n d^2), twice that for kLigr; a fixed-length network pays for n = max_length.
class SequenceEncoder {
 public:
  /// `weights` must hold all that WeightsOf names; "items" is not looked at and may be left out.
  SequenceEncoder(const NetworkShape& shape, Weights weights);
  SequenceEncoder(const SequenceEncoder&) = delete;
  SequenceEncoder& operator=(const SequenceEncoder&) = delete;

  const NetworkShape& shape() const { return shape_; }
  const Weights& weights() const { return weights_; }
  void Encode(std::span<const ItemIndex> history,
              linalg::ConstMatrixView tower,
              std::span<float> out) const;

 private:
  struct Linear {
    linalg::ConstMatrixView weight;
    std::span<const float> bias;
  };
  struct Norm {
    std::span<const float> scale;
    std::span<const float> shift;
  };
  struct Layer {
    Linear query, key, value, dense, widen, narrow, swish, gate, wide_gate;
    Norm norm, wide_norm, filter_norm;
    std::span<const float> beta;
  };
  /// The rows of a history on their way through the layers. Of `x`, rows before `blank` stand for
  /// nothing.
  struct Rows {
    linalg::Matrix x;
    std::size_t blank = 0;
  };

  Linear LinearOf(const std::string& name) const;
  Norm NormOf(const std::string& name) const;
  std::span<const float> Row(const std::string& name) const;

  Rows Start(std::span<const ItemIndex> history, linalg::ConstMatrixView tower) const;
  void Pool(std::span<const ItemIndex> history,
            linalg::ConstMatrixView tower,
            std::span<float> out) const;
  /// Writes the rows from `first` on as the layer leaves them.
  void Apply(const Layer& layer, std::size_t first, Rows& rows) const;
  void Attend(const Layer& layer,
              const linalg::Matrix& input,
              std::size_t blank,
              std::size_t first,
              linalg::Matrix& out) const;
  void AddFilter(const Layer& layer, const Rows& rows, std::size_t row, std::span<float> out) const;
  void Widen(const Layer& layer, std::span<const float> in, std::span<float> out) const;

  NetworkShape shape_;
  Weights weights_;
  std::vector<Layer> layers_;
  Norm norm_;                          ///< of the start, or of kLigr's and kPooled's end
  linalg::ConstMatrixView places_;     ///< empty: attention knows distances
  linalg::ConstMatrixView distances_;  ///< heads x max_length
  Linear pool_widen_, pool_narrow_;    ///< kPooled
  std::vector<float> kernel_;
};

}  // namespace medley::training
