#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"

namespace medley::training {

/// Sizes of the upper layers of a text encoder and of the classes on top: x <- N(x + A(x)),
/// x <- N(x + F(x)) in each layer, everybody sees everybody, F a wide layer with GELU; the mean of
/// what comes out goes through a linear map to the classes.
/// Source: Devlin et al.: BERT, NAACL 2019; the mean as Wang et al. pool E5.
struct TransformerShape {
  std::size_t dimension = 384;
  std::size_t layers = 4;
  std::size_t heads = 12;
  std::size_t wide = 1536;
  std::size_t classes = 2;
};

/// Errors: kInvalidInput for sizes that can't be, or are absurd.
Status CheckShape(const TransformerShape& shape);
/// "layers.0.": "query", "key", "value", "dense", "widen", "narrow", each ".weight" (output x
/// input) and ".bias"; "norm" and "wide_norm", each ".scale" and ".shift". "classes.weight",
/// "classes.bias".
std::vector<WeightSpec> WeightsOf(const TransformerShape& shape);

/// A trained transformer, answering: plain float32 through the BLAS, without libtorch (as
/// SequenceEncoder). Threads: any number at once; a call uses one. Cost: 12 dimension^2
/// multiply-adds a token and layer, and 2 dimension for each pair of tokens.
class Transformer {
 public:
  /// `weights` must hold all that WeightsOf names.
  Transformer(const TransformerShape& shape, Weights weights);
  Transformer(const Transformer&) = delete;
  Transformer& operator=(const Transformer&) = delete;

  const TransformerShape& shape() const { return shape_; }
  const Weights& weights() const { return weights_; }
  /// Shapes: `tokens` what goes into the lowest layer, at least one, tokens x dimension; gives one
  /// probability a class, their sum 1.
  std::vector<float> Classify(linalg::Matrix tokens) const;

 private:
  struct Map {
    linalg::ConstMatrixView weight;
    std::span<const float> bias;
  };
  struct Norm {
    std::span<const float> scale;
    std::span<const float> shift;
  };
  struct Layer {
    Map query, key, value, dense, widen, narrow;
    Norm norm, wide_norm;
  };

  Map MapOf(const std::string& name) const;
  Norm NormOf(const std::string& name) const;
  static linalg::Matrix Apply(const Map& map, const linalg::Matrix& in);
  static void AddAndNormalise(const Norm& norm, const linalg::Matrix& more, linalg::Matrix& x);
  linalg::Matrix Attend(const Layer& layer, const linalg::Matrix& x) const;

  TransformerShape shape_;
  Weights weights_;
  std::vector<Layer> layers_;
  Map classes_;
};

/// As the encoders that the layers come from have it.
inline constexpr float kTransformerEpsilon = 1e-12F;

}  // namespace medley::training
