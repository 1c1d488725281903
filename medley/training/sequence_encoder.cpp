#include "medley/training/sequence_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/logistic.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"
#include "medley/training/softmax.h"

namespace medley::training {
namespace {

float Gelu(float x) { return 0.5F * x * (1 + std::erf(x / std::numbers::sqrt2_v<float>)); }

template <typename Norm>
void Normalise(const Norm& norm, std::span<float> x) {
  const auto n = static_cast<float>(x.size());
  float mean = 0;
  for (const float value : x) mean += value;
  mean /= n;
  float variance = 0;
  for (const float value : x) variance += (value - mean) * (value - mean);
  const float factor = 1 / std::sqrt(variance / n + kNormEpsilon);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = (x[i] - mean) * factor * norm.scale[i] + norm.shift[i];
}

template <typename Map>
void Apply(const Map& map, std::span<const float> in, std::span<float> out) {
  linalg::TimesVector(map.weight, in, out);
  linalg::Axpy(1, map.bias, out);
}

}  // namespace

SequenceEncoder::SequenceEncoder(const NetworkShape& shape, Weights weights)
    : shape_(shape), weights_(std::move(weights)), norm_(NormOf("norm")) {
  if (shape_.block == Block::kPooled) {
    pool_widen_ = LinearOf("widen");
    pool_narrow_ = LinearOf("narrow");
    return;
  }
  (shape_.relative_places ? distances_ : places_) =
      weights_.at(shape_.relative_places ? "distances" : "places").View();
  if (shape_.block == Block::kBsarec) kernel_ = FilterKernel(shape_);
  for (std::size_t i = 0; i < shape_.layers; ++i) {
    const std::string name = "layers." + std::to_string(i) + ".";
    Layer layer;
    layer.query = LinearOf(name + "query");
    layer.key = LinearOf(name + "key");
    layer.value = LinearOf(name + "value");
    layer.dense = LinearOf(name + "dense");
    layer.widen = LinearOf(name + "widen");
    layer.narrow = LinearOf(name + "narrow");
    layer.norm = NormOf(name + "norm");
    layer.wide_norm = NormOf(name + "wide_norm");
    if (shape_.block == Block::kBsarec) {
      layer.beta = Row(name + "filter.beta");
      layer.filter_norm = NormOf(name + "filter.norm");
    }
    if (shape_.block == Block::kLigr) {
      layer.swish = LinearOf(name + "swish");
      layer.gate = LinearOf(name + "gate");
      layer.wide_gate = LinearOf(name + "wide_gate");
    }
    layers_.push_back(layer);
  }
}

std::span<const float> SequenceEncoder::Row(const std::string& name) const {
  return weights_.at(name).Row(0);
}
SequenceEncoder::Linear SequenceEncoder::LinearOf(const std::string& name) const {
  return {weights_.at(name + ".weight").View(), Row(name + ".bias")};
}
SequenceEncoder::Norm SequenceEncoder::NormOf(const std::string& name) const {
  return {Row(name + ".scale"), Row(name + ".shift")};
}

void SequenceEncoder::Encode(std::span<const ItemIndex> history,
                             linalg::ConstMatrixView tower,
                             std::span<float> out) const {
  std::fill(out.begin(), out.end(), 0.0F);
  if (history.size() > shape_.max_length) history = history.last(shape_.max_length);
  if (history.empty()) return;
  if (shape_.block == Block::kPooled) return Pool(history, tower, out);
  Rows rows = Start(history, tower);
  const std::size_t last = rows.x.rows() - 1;
  for (std::size_t i = 0; i < layers_.size(); ++i)
    Apply(layers_[i], i + 1 == layers_.size() ? last : 0, rows);
  const auto end = rows.x.Row(last);
  if (shape_.block == Block::kLigr) Normalise(norm_, end);
  std::copy(end.begin(), end.end(), out.begin());
}

void SequenceEncoder::Pool(std::span<const ItemIndex> history,
                           linalg::ConstMatrixView tower,
                           std::span<float> out) const {
  const std::size_t d = out.size();
  std::vector<float> both(2 * d);
  const auto recent = std::span(both).first(d);
  const auto mean = std::span(both).last(d);
  float weight = 1;
  float sum = 0;
  for (std::size_t i = history.size(); i-- > 0;) {
    linalg::Axpy(weight, tower.Row(history[i]), recent);
    linalg::Axpy(1, tower.Row(history[i]), mean);
    sum += weight;
    weight *= static_cast<float>(shape_.fade);
  }
  linalg::Scale(1 / sum, recent);
  linalg::Scale(1 / static_cast<float>(history.size()), mean);
  std::vector<float> wide(d * shape_.widening);
  training::Apply(pool_widen_, both, wide);
  for (float& value : wide) value = Gelu(value);
  training::Apply(pool_narrow_, wide, out);
  linalg::Axpy(1, recent, out);
  Normalise(norm_, out);
}

SequenceEncoder::Rows SequenceEncoder::Start(std::span<const ItemIndex> history,
                                             linalg::ConstMatrixView tower) const {
  const std::size_t n = shape_.fixed_length ? shape_.max_length : history.size();
  Rows rows{linalg::Matrix(n, shape_.dimension), n - history.size()};
  for (std::size_t row = 0; row < n; ++row) {
    const auto x = rows.x.Row(row);
    if (row >= rows.blank) linalg::Axpy(1, tower.Row(history[row - rows.blank]), x);
    if (!shape_.relative_places) linalg::Axpy(1, places_.Row(row), x);
    if (shape_.block != Block::kLigr) Normalise(norm_, x);
  }
  return rows;
}

void SequenceEncoder::Attend(const Layer& layer,
                             const linalg::Matrix& input,
                             std::size_t blank,
                             std::size_t first,
                             linalg::Matrix& out) const {
  const std::size_t n = input.rows();
  const std::size_t d = shape_.dimension;
  const std::size_t wide = d / shape_.heads;
  const float scale = 1 / std::sqrt(static_cast<float>(wide));
  linalg::Matrix keys(n, d);
  linalg::Matrix values(n, d);
  for (std::size_t row = 0; row < n; ++row) {
    training::Apply(layer.key, input.Row(row), keys.Row(row));
    training::Apply(layer.value, input.Row(row), values.Row(row));
  }
  std::vector<float> query(d);
  std::vector<float> mixed(d);
  for (std::size_t row = first; row < n; ++row) {
    training::Apply(layer.query, input.Row(row), query);
    std::fill(mixed.begin(), mixed.end(), 0.0F);
    // A blank place sees the blank ones before it; what it says goes into the filter.
    const std::size_t from = row < blank ? 0 : blank;
    std::vector<float> attention(row + 1 - from);
    for (std::size_t head = 0; head < shape_.heads; ++head) {
      const auto part = std::span(query).subspan(head * wide, wide);
      for (std::size_t k = from; k <= row; ++k) {
        attention[k - from] = scale * linalg::Dot(part, keys.Row(k).subspan(head * wide, wide));
        if (shape_.relative_places) attention[k - from] += distances_.Row(head)[row - k];
      }
      SoftmaxOf(attention);
      for (std::size_t k = from; k <= row; ++k) {
        linalg::Axpy(attention[k - from],
                     values.Row(k).subspan(head * wide, wide),
                     std::span(mixed).subspan(head * wide, wide));
      }
    }
    training::Apply(layer.dense, mixed, out.Row(row));
  }
}

void SequenceEncoder::AddFilter(const Layer& layer,
                                const Rows& rows,
                                std::size_t row,
                                std::span<float> out) const {
  const std::size_t end = shape_.fixed_length ? rows.x.rows() : row + 1;
  std::vector<float> low(shape_.dimension);
  for (std::size_t k = 0; k < end; ++k)
    linalg::Axpy(kernel_[k > row ? k - row : row - k], rows.x.Row(k), low);
  const auto x = rows.x.Row(row);
  for (std::size_t i = 0; i < low.size(); ++i) {
    const float high = layer.beta[i] * layer.beta[i];
    low[i] += high * (x[i] - low[i]) + x[i];
  }
  Normalise(layer.filter_norm, low);
  const auto share = static_cast<float>(shape_.filter_share);
  linalg::Scale(1 - share, out);
  linalg::Axpy(share, low, out);
}

void SequenceEncoder::Widen(const Layer& layer,
                            std::span<const float> in,
                            std::span<float> out) const {
  std::vector<float> wide(layer.widen.weight.rows);
  training::Apply(layer.widen, in, wide);
  if (shape_.block == Block::kLigr) {
    std::vector<float> swish(wide.size());
    training::Apply(layer.swish, in, swish);
    for (std::size_t i = 0; i < wide.size(); ++i) wide[i] *= swish[i] * linalg::Sigmoid(swish[i]);
  } else {
    for (float& value : wide) value = Gelu(value);
  }
  training::Apply(layer.narrow, wide, out);
}

void SequenceEncoder::Apply(const Layer& layer, std::size_t first, Rows& rows) const {
  const std::size_t n = rows.x.rows();
  const std::size_t d = shape_.dimension;
  const bool gated = shape_.block == Block::kLigr;
  linalg::Matrix attended(n, d);
  if (gated) {
    linalg::Matrix normal = rows.x;
    for (std::size_t row = 0; row < n; ++row) Normalise(layer.norm, normal.Row(row));
    Attend(layer, normal, rows.blank, first, attended);
  } else {
    Attend(layer, rows.x, rows.blank, first, attended);
  }
  std::vector<float> gate(d);
  std::vector<float> wide(d);
  // The filter looks at rows as they were: nothing is written over before all are done.
  linalg::Matrix next(n, d);
  for (std::size_t row = first; row < n; ++row) {
    const auto x = rows.x.Row(row);
    const auto a = attended.Row(row);
    const auto y = next.Row(row);
    if (gated) {
      training::Apply(layer.gate, x, gate);
      for (std::size_t i = 0; i < d; ++i) y[i] = x[i] + a[i] * linalg::Sigmoid(gate[i]);
      std::vector<float> normal(y.begin(), y.end());
      Normalise(layer.wide_norm, normal);
      Widen(layer, normal, wide);
      training::Apply(layer.wide_gate, y, gate);
      for (std::size_t i = 0; i < d; ++i) y[i] += wide[i] * linalg::Sigmoid(gate[i]);
      continue;
    }
    for (std::size_t i = 0; i < d; ++i) y[i] = x[i] + a[i];
    Normalise(layer.norm, y);
    if (shape_.block == Block::kBsarec) AddFilter(layer, rows, row, y);
    Widen(layer, y, wide);
    linalg::Axpy(1, wide, y);
    Normalise(layer.wide_norm, y);
  }
  rows.x = std::move(next);
}

}  // namespace medley::training
