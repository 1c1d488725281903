#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "medley/core/result.h"
#include "medley/inference/transformer_file.h"
#include "medley/linalg/four_bit_matrix.h"
#include "medley/linalg/matrix.h"

namespace medley::inference {

/// The layers of a text encoder of BERT's kind whose matrices are stored in 4 bits, computing in 8:
/// linalg::FourBitMatrix for its products, float32 between them. Texts lie one after the other and
/// are not padded; what a text gives does not depend on those beside it. Owns: the weights.
/// Threads: Encode from any; a call uses all of ThreadCount(). Cost: 12 dimension^2 multiply-adds a
/// token and layer, and 2 dimension for each pair of a text's tokens; 1.5 bytes a weight.
class FourBitTransformer {
 public:
  /// All layers of `file`. Errors: kUnsupported where their matrices are not stored in 4 bits.
  static Result<FourBitTransformer> Open(const TransformerFile& file, std::size_t heads);

  /// The mean over each text's tokens of what comes out of the last layer. Shapes: `tokens` what
  /// goes into the lowest layer, the tokens of all texts x dimension; `lengths` one a text, each
  /// above 0, their sum all tokens; `out` texts x dimension.
  void Encode(linalg::ConstMatrixView tokens,
              std::span<const std::size_t> lengths,
              linalg::MatrixView out) const;

 private:
  struct Norm {
    linalg::Matrix scale;
    linalg::Matrix shift;
  };
  struct Layer {
    linalg::FourBitMatrix ask;  ///< query, key and value
    linalg::FourBitMatrix dense;
    linalg::FourBitMatrix widen;
    linalg::FourBitMatrix narrow;
    Norm norm;
    Norm wide_norm;
  };
  static Result<Layer> ReadLayer(const TransformerFile& file, std::size_t layer);
  void RunLayer(const Layer& layer, std::span<const std::size_t> lengths, linalg::Matrix& x) const;

  std::size_t heads_ = 0;
  std::vector<Layer> layers_;
};

}  // namespace medley::inference
