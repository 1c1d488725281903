#include "medley/training/transformer.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/transformer_kernels.h"
#include "medley/training/network.h"
#include "medley/training/softmax.h"

namespace medley::training {
namespace {

using Start = WeightSpec::Start;

constexpr std::size_t kMostLayers = 48;
constexpr std::size_t kMostWide = 16'384;

int Int(std::size_t n) { return static_cast<int>(n); }

/// out = scale a b, b^T with `transposed`.
void Multiply(linalg::ConstMatrixView a,
              linalg::ConstMatrixView b,
              bool transposed,
              float scale,
              linalg::MatrixView out) {
  cblas_sgemm(CblasRowMajor,
              CblasNoTrans,
              transposed ? CblasTrans : CblasNoTrans,
              Int(out.rows),
              Int(out.cols),
              Int(a.cols),
              scale,
              a.data,
              Int(a.stride),
              b.data,
              Int(b.stride),
              0,
              out.data,
              Int(out.stride));
}

/// Columns of a matrix.
linalg::ConstMatrixView Part(const linalg::Matrix& x, std::size_t first, std::size_t n) {
  return {x.data() + first, x.rows(), n, x.cols()};
}

}  // namespace

Status CheckShape(const TransformerShape& shape) {
  const auto between = [](std::size_t value, std::size_t most) {
    return value > 0 && value <= most;
  };
  if (between(shape.dimension, kMostWide) && between(shape.layers, kMostLayers) &&
      between(shape.wide, kMostWide) && between(shape.classes, kMostWide) &&
      between(shape.heads, shape.dimension) && shape.dimension % shape.heads == 0 &&
      shape.inputs <= kMostWide && shape.beside <= (shape.asks ? shape.width() : 0))
    return {};
  return Fail(ErrorCode::kInvalidInput, "a transformer of such sizes can't be");
}

std::vector<WeightSpec> WeightsOf(const TransformerShape& shape) {
  const std::size_t d = shape.dimension;
  std::vector<WeightSpec> specs;
  const auto map = [&](const std::string& name, std::size_t outputs, std::size_t inputs) {
    specs.push_back({name + ".weight", outputs, inputs});
    specs.push_back({name + ".bias", 1, outputs, Start::kZeros});
  };
  const auto norm = [&](const std::string& name) {
    specs.push_back({name + ".scale", 1, d, Start::kOnes});
    specs.push_back({name + ".shift", 1, d, Start::kZeros});
  };
  for (std::size_t i = 0; i < shape.layers; ++i) {
    const std::string name = "layers." + std::to_string(i) + ".";
    for (const char* part : {"query", "key", "value", "dense"}) map(name + part, d, d);
    map(name + "widen", shape.wide, d);
    map(name + "narrow", d, shape.wide);
    norm(name + "norm");
    norm(name + "wide_norm");
  }
  map("classes", shape.classes, d + shape.beside);
  specs[specs.size() - 2].start = Start::kZeros;
  if (shape.inputs > 0) {
    map("inputs", d, shape.inputs);
    norm("inputs_norm");
  }
  return specs;
}

Transformer::Transformer(const TransformerShape& shape, Weights weights)
    : shape_(shape), weights_(std::move(weights)), classes_(MapOf("classes")) {
  openblas_set_num_threads(1);  // callers have threads of their own
  for (std::size_t i = 0; i < shape_.layers; ++i) {
    const std::string name = "layers." + std::to_string(i) + ".";
    layers_.push_back({.query = MapOf(name + "query"),
                       .key = MapOf(name + "key"),
                       .value = MapOf(name + "value"),
                       .dense = MapOf(name + "dense"),
                       .widen = MapOf(name + "widen"),
                       .narrow = MapOf(name + "narrow"),
                       .norm = NormOf(name + "norm"),
                       .wide_norm = NormOf(name + "wide_norm")});
  }
  if (shape_.inputs == 0) return;
  inputs_ = MapOf("inputs");
  inputs_norm_ = NormOf("inputs_norm");
}

Transformer::Map Transformer::MapOf(const std::string& name) const {
  return {weights_.at(name + ".weight").View(), weights_.at(name + ".bias").Row(0)};
}
Transformer::Norm Transformer::NormOf(const std::string& name) const {
  return {weights_.at(name + ".scale").Row(0), weights_.at(name + ".shift").Row(0)};
}

linalg::Matrix Transformer::Apply(const Map& map, const linalg::Matrix& in) {
  linalg::Matrix out(in.rows(), map.weight.rows);
  Multiply(in.View(), map.weight, true, 1, out.View());
  for (std::size_t row = 0; row < out.rows(); ++row) linalg::Axpy(1, map.bias, out.Row(row));
  return out;
}

void Transformer::AddAndNormalise(const Norm& norm, const linalg::Matrix& more, linalg::Matrix& x) {
  for (std::size_t row = 0; row < x.rows(); ++row)
    linalg::AddAndNormalise(more.Row(row), norm.scale, norm.shift, kTransformerEpsilon, x.Row(row));
}

linalg::Matrix Transformer::Enter(const linalg::Matrix& tokens) const {
  if (shape_.inputs == 0) return tokens;
  const linalg::Matrix nothing(tokens.rows(), shape_.dimension);
  auto x = Apply(inputs_, tokens);
  AddAndNormalise(inputs_norm_, nothing, x);
  return x;
}

linalg::Matrix Transformer::Attend(const Layer& layer,
                                   const linalg::Matrix& x,
                                   const linalg::Matrix& keys,
                                   const linalg::Matrix& values) const {
  linalg::Matrix mixed(x.rows(), x.cols());
  linalg::Attend(
      Apply(layer.query, x).View(), keys.View(), values.View(), shape_.heads, mixed.View());
  return Apply(layer.dense, mixed);
}

// As above, but that each row has a key and a value of its own behind the common ones.
linalg::Matrix Transformer::AttendAsking(const Layer& layer,
                                         const linalg::Matrix& x,
                                         const linalg::Matrix& keys,
                                         const linalg::Matrix& values) const {
  const auto queries = Apply(layer.query, x);
  const auto own_keys = Apply(layer.key, x);
  const auto own_values = Apply(layer.value, x);
  const std::size_t n = keys.rows();
  const std::size_t part = shape_.dimension / shape_.heads;
  const float scale = 1 / std::sqrt(static_cast<float>(part));
  linalg::Matrix attention(x.rows(), n + 1);
  linalg::Matrix mixed(x.rows(), x.cols());
  const linalg::MatrixView common{attention.data(), x.rows(), n, n + 1};
  for (std::size_t head = 0; head < shape_.heads; ++head) {
    const std::size_t first = head * part;
    if (n > 0) Multiply(Part(queries, first, part), Part(keys, first, part), true, scale, common);
    for (std::size_t row = 0; row < x.rows(); ++row) {
      attention(row, n) = scale * linalg::Dot(queries.Row(row).subspan(first, part),
                                              own_keys.Row(row).subspan(first, part));
      linalg::Softmax(attention.Row(row));
    }
    const linalg::MatrixView out{mixed.data() + first, mixed.rows(), part, mixed.cols()};
    if (n > 0) Multiply(common, Part(values, first, part), false, 1, out);
    for (std::size_t row = 0; row < x.rows(); ++row)
      linalg::Axpy(attention(row, n), own_values.Row(row).subspan(first, part), out.Row(row));
  }
  return Apply(layer.dense, mixed);
}

void Transformer::Finish(const Layer& layer, const linalg::Matrix& attended, linalg::Matrix& x) {
  AddAndNormalise(layer.norm, attended, x);
  linalg::Matrix wide = Apply(layer.widen, x);
  linalg::Gelu(wide.values());
  AddAndNormalise(layer.wide_norm, Apply(layer.narrow, wide), x);
}

std::vector<float> Transformer::Classify(linalg::Matrix tokens) const {
  tokens = Enter(tokens);
  for (const Layer& layer : layers_) {
    const auto keys = Apply(layer.key, tokens);
    const auto values = Apply(layer.value, tokens);
    Finish(layer, Attend(layer, tokens, keys, values), tokens);
  }
  linalg::Matrix mean(1, shape_.dimension);
  const float share = 1 / static_cast<float>(tokens.rows());
  for (std::size_t row = 0; row < tokens.rows(); ++row)
    linalg::Axpy(share, tokens.Row(row), mean.Row(0));
  const linalg::Matrix scores = Apply(classes_, mean);
  std::vector<float> out(scores.values().begin(), scores.values().end());
  SoftmaxOf(out);
  return out;
}

Transformer::Context Transformer::Read(const linalg::Matrix& tokens) const {
  Context out;
  if (tokens.rows() == 0) {
    out.keys.resize(layers_.size());
    out.values.resize(layers_.size());
    return out;
  }
  auto x = Enter(tokens);
  for (const Layer& layer : layers_) {
    out.keys.push_back(Apply(layer.key, x));
    out.values.push_back(Apply(layer.value, x));
    if (&layer != &layers_.back())
      Finish(layer, Attend(layer, x, out.keys.back(), out.values.back()), x);
  }
  return out;
}

linalg::Matrix Transformer::Ask(const Context& context, const linalg::Matrix& questions) const {
  auto x = Enter(questions);
  for (std::size_t i = 0; i < layers_.size(); ++i)
    Finish(layers_[i], AttendAsking(layers_[i], x, context.keys[i], context.values[i]), x);
  linalg::Matrix told(x.rows(), shape_.dimension + shape_.beside);
  for (std::size_t row = 0; row < x.rows(); ++row) {
    std::ranges::copy(x.Row(row), told.Row(row).begin());
    std::ranges::copy(questions.Row(row).last(shape_.beside),
                      told.Row(row).subspan(shape_.dimension).begin());
  }
  auto out = Apply(classes_, told);
  for (std::size_t row = 0; row < out.rows(); ++row) SoftmaxOf(out.Row(row));
  return out;
}

}  // namespace medley::training
