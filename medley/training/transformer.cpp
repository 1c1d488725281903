#include "medley/training/transformer.h"

#include <cblas.h>

#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"
#include "medley/training/softmax.h"

namespace medley::training {
namespace {

using Start = WeightSpec::Start;

constexpr std::size_t kMostLayers = 48;
constexpr std::size_t kMostWide = 16'384;

int Int(std::size_t n) { return static_cast<int>(n); }

float Gelu(float x) { return 0.5F * x * (1 + std::erf(x / std::numbers::sqrt2_v<float>)); }

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
      between(shape.heads, shape.dimension) && shape.dimension % shape.heads == 0)
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
  map("classes", shape.classes, d);
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
  const auto n = static_cast<float>(x.cols());
  for (std::size_t row = 0; row < x.rows(); ++row) {
    const auto values = x.Row(row);
    linalg::Axpy(1, more.Row(row), values);
    float mean = 0;
    for (const float value : values) mean += value;
    mean /= n;
    float variance = 0;
    for (const float value : values) variance += (value - mean) * (value - mean);
    const float factor = 1 / std::sqrt(variance / n + kTransformerEpsilon);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = (values[i] - mean) * factor * norm.scale[i] + norm.shift[i];
  }
}

linalg::Matrix Transformer::Attend(const Layer& layer, const linalg::Matrix& x) const {
  const auto queries = Apply(layer.query, x);
  const auto keys = Apply(layer.key, x);
  const auto values = Apply(layer.value, x);
  const std::size_t part = shape_.dimension / shape_.heads;
  const float scale = 1 / std::sqrt(static_cast<float>(part));
  linalg::Matrix attention(x.rows(), x.rows());
  linalg::Matrix mixed(x.rows(), x.cols());
  for (std::size_t head = 0; head < shape_.heads; ++head) {
    const std::size_t first = head * part;
    Multiply(Part(queries, first, part), Part(keys, first, part), true, scale, attention.View());
    for (std::size_t row = 0; row < x.rows(); ++row) SoftmaxOf(attention.Row(row));
    Multiply(attention.View(),
             Part(values, first, part),
             false,
             1,
             {mixed.data() + first, mixed.rows(), part, mixed.cols()});
  }
  return Apply(layer.dense, mixed);
}

std::vector<float> Transformer::Classify(linalg::Matrix tokens) const {
  for (const Layer& layer : layers_) {
    AddAndNormalise(layer.norm, Attend(layer, tokens), tokens);
    linalg::Matrix wide = Apply(layer.widen, tokens);
    for (float& value : wide.values()) value = Gelu(value);
    AddAndNormalise(layer.wide_norm, Apply(layer.narrow, wide), tokens);
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

}  // namespace medley::training
