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
/// what comes out goes through a linear map to the classes. With `asks` the last tokens are
/// questions about those before them, told one by one: a question sees what comes before all
/// questions, and itself; what is asked about sees no question; a question's own output goes to the
/// classes. So what is asked about is read once for any number of questions.
/// Source: Devlin et al.: BERT, NAACL 2019; the mean as Wang et al. pool E5; questions as candidate
/// items in Zhou et al.: Deep Interest Network, KDD 2018; `beside`: Cheng et al.: Wide and deep
/// learning, 2016.
struct TransformerShape {
  std::size_t dimension = 384;
  std::size_t layers = 4;
  std::size_t heads = 12;
  std::size_t wide = 1536;
  std::size_t classes = 2;
  /// The numbers of a token, which go through a linear map and a norm into the lowest layer; 0:
  /// tokens are what goes into it.
  std::size_t inputs = 0;
  bool asks = false;
  /// So many of a question's last numbers go straight to the classes too.
  std::size_t beside = 0;

  std::size_t width() const { return inputs > 0 ? inputs : dimension; }
};

/// Errors: kInvalidInput for sizes that can't be, or are absurd.
Status CheckShape(const TransformerShape& shape);
/// "layers.0.": "query", "key", "value", "dense", "widen", "narrow", each ".weight" (output x
/// input) and ".bias"; "norm" and "wide_norm", each ".scale" and ".shift". "classes" as maps
/// are, of the layers' output and what is `beside` it. With inputs "inputs", a map, and
/// "inputs_norm".
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

  /// What questions need of what they are about: keys and values, layer by layer.
  struct Context {
    std::vector<linalg::Matrix> keys;
    std::vector<linalg::Matrix> values;
  };
  /// Shapes: tokens x width(); none is fine. Cost: 12 dimension^2 a token and layer, 2 in the last.
  Context Read(const linalg::Matrix& tokens) const;
  /// Shapes: questions x width(), at least one; gives a row a question, one probability a class.
  /// Cost: 12 dimension^2 multiply-adds a question and layer.
  linalg::Matrix Ask(const Context& context, const linalg::Matrix& questions) const;

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
  linalg::Matrix Enter(const linalg::Matrix& tokens) const;
  linalg::Matrix Attend(const Layer& layer,
                        const linalg::Matrix& x,
                        const linalg::Matrix& keys,
                        const linalg::Matrix& values) const;
  linalg::Matrix AttendAsking(const Layer& layer,
                              const linalg::Matrix& x,
                              const linalg::Matrix& keys,
                              const linalg::Matrix& values) const;
  /// What follows attention in a layer.
  static void Finish(const Layer& layer, const linalg::Matrix& attended, linalg::Matrix& x);

  TransformerShape shape_;
  Weights weights_;
  std::vector<Layer> layers_;
  Map classes_;
  Map inputs_;
  Norm inputs_norm_;
};

/// As the encoders that the layers come from have it.
inline constexpr float kTransformerEpsilon = 1e-12F;

}  // namespace medley::training
