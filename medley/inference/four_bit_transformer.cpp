#include "medley/inference/four_bit_transformer.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/inference/four_bit_weights.h"
#include "medley/inference/transformer_file.h"
#include "medley/linalg/four_bit_matrix.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/transformer_kernels.h"

namespace medley::inference {
namespace {

using linalg::FourBitMatrix;
using linalg::Matrix;

/// As the encoders of this kind have it.
constexpr float kEpsilon = 1e-12F;
/// Tokens that one thread takes through all layers: what lies between two of them stays in its
/// cache.
constexpr std::size_t kTokensAtATime = 192;

Matrix Times(const FourBitMatrix& map, const Matrix& x) {
  Matrix out(x.rows(), map.rows());
  map.Times(x.View(), out.View());
  return out;
}

/// One matrix that gives what several of them give, side by side.
FourBitMatrix Stacked(const std::vector<FourBitWeights>& maps, const std::vector<Matrix>& biases) {
  FourBitWeights all{.rows = 0, .cols = maps.front().cols, .codes = {}, .steps = {}};
  std::vector<float> bias;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    all.rows += maps[i].rows;
    all.codes.insert(all.codes.end(), maps[i].codes.begin(), maps[i].codes.end());
    all.steps.insert(all.steps.end(), maps[i].steps.begin(), maps[i].steps.end());
    bias.insert(bias.end(), biases[i].values().begin(), biases[i].values().end());
  }
  return {all.rows, all.cols, all.codes, all.steps, bias};
}

/// Texts that one thread takes, and where their tokens begin.
struct Some {
  std::size_t first_text = 0;
  std::size_t texts = 0;
  std::size_t first_token = 0;
  std::size_t tokens = 0;
};

std::vector<Some> Divide(std::span<const std::size_t> lengths) {
  std::vector<Some> out;
  std::size_t token = 0;
  for (std::size_t text = 0; text < lengths.size(); ++text) {
    if (out.empty() || out.back().tokens + lengths[text] > kTokensAtATime)
      out.push_back({.first_text = text, .texts = 0, .first_token = token, .tokens = 0});
    ++out.back().texts;
    out.back().tokens += lengths[text];
    token += lengths[text];
  }
  return out;
}

}  // namespace

Result<FourBitTransformer::Layer> FourBitTransformer::ReadLayer(const TransformerFile& file,
                                                                std::size_t layer) {
  MEDLEY_ASSIGN_OR_RETURN(auto maps, file.FourBitMaps(layer));
  MEDLEY_ASSIGN_OR_RETURN(auto values, file.Layer(layer));
  const auto stacked = [&](const std::vector<std::string>& names) {
    std::vector<FourBitWeights> weights;
    std::vector<Matrix> biases;
    for (const auto& name : names) {
      weights.push_back(std::move(maps.at(name)));
      biases.push_back(std::move(values.at(name + ".bias")));
    }
    return Stacked(weights, biases);
  };
  const auto norm = [&](const std::string& name) {
    return Norm{std::move(values.at(name + ".scale")), std::move(values.at(name + ".shift"))};
  };
  return Layer{.ask = stacked({"query", "key", "value"}),
               .dense = stacked({"dense"}),
               .widen = stacked({"widen"}),
               .narrow = stacked({"narrow"}),
               .norm = norm("norm"),
               .wide_norm = norm("wide_norm")};
}

Result<FourBitTransformer> FourBitTransformer::Open(const TransformerFile& file,
                                                    std::size_t heads) {
  FourBitTransformer out;
  out.heads_ = heads;
  for (std::size_t i = 0; i < file.layers(); ++i) {
    MEDLEY_ASSIGN_OR_RETURN(auto layer, ReadLayer(file, i));
    out.layers_.push_back(std::move(layer));
  }
  return out;
}

void FourBitTransformer::RunLayer(const Layer& layer,
                                  std::span<const std::size_t> lengths,
                                  Matrix& x) const {
  const std::size_t d = x.cols();
  const Matrix asked = Times(layer.ask, x);
  Matrix mixed(x.rows(), d);
  std::size_t begin = 0;
  for (const std::size_t n : lengths) {
    const auto part = [&](std::size_t i) {
      return linalg::ConstMatrixView{asked.data() + begin * 3 * d + i * d, n, d, 3 * d};
    };
    linalg::Attend(part(0), part(1), part(2), heads_, {mixed.data() + begin * d, n, d, d});
    begin += n;
  }
  const auto add = [&x](const Matrix& more, const Norm& norm) {
    for (std::size_t row = 0; row < x.rows(); ++row)
      linalg::AddAndNormalise(
          more.Row(row), norm.scale.values(), norm.shift.values(), kEpsilon, x.Row(row));
  };
  add(Times(layer.dense, mixed), layer.norm);
  Matrix wide = Times(layer.widen, x);
  linalg::Gelu(wide.values());
  add(Times(layer.narrow, wide), layer.wide_norm);
}

void FourBitTransformer::Encode(linalg::ConstMatrixView tokens,
                                std::span<const std::size_t> lengths,
                                linalg::MatrixView out) const {
  assert(out.rows == lengths.size() && out.cols == tokens.cols);
  const auto all = Divide(lengths);
  ParallelFor(all.size(), 1, [&](std::size_t number, std::size_t) {
    const Some& some = all[number];
    const auto own = lengths.subspan(some.first_text, some.texts);
    Matrix x(some.tokens, tokens.cols);
    for (std::size_t row = 0; row < x.rows(); ++row)
      std::ranges::copy(tokens.Row(some.first_token + row), x.Row(row).begin());
    for (const auto& layer : layers_) RunLayer(layer, own, x);
    std::size_t token = 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
      const auto mean = out.Row(some.first_text + i);
      std::ranges::fill(mean, 0.0F);
      for (std::size_t k = 0; k < own[i]; ++k)
        linalg::Axpy(1 / static_cast<float>(own[i]), x.Row(token++), mean);
    }
  });
}

}  // namespace medley::inference
