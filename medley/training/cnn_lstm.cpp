#include "medley/training/cnn_lstm.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"
#include "medley/training/softmax.h"

namespace medley::training {
namespace {

using Start = WeightSpec::Start;

constexpr std::size_t kReach = 3;  ///< frames and bands of a convolution
constexpr std::size_t kGates = 4;
constexpr std::size_t kMostOfAnything = 4096;
constexpr float kLeastDeviation = 1e-5F;

float Sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

/// A convolution that keeps the size, zeros beyond the edges, then the greatest of every 2 x 2 and
/// ReLU. Shapes: rows of `in` are bands x channels; so are those of the result, half as many.
linalg::Matrix Convolve(const linalg::Matrix& in,
                        std::size_t bands,
                        const linalg::Matrix& weight,
                        std::span<const float> bias) {
  const std::size_t channels = in.cols() / bands;
  const std::size_t made = weight.rows();
  // A column of zeros on either side, so that three neighbouring bands are always a run.
  linalg::Matrix wide(in.rows() + 2, in.cols() + 2 * channels);
  for (std::size_t t = 0; t < in.rows(); ++t)
    std::ranges::copy(in.Row(t), wide.Row(t + 1).begin() + static_cast<std::ptrdiff_t>(channels));
  const std::size_t run = kReach * channels;
  linalg::Matrix out(in.rows() / 2, bands / 2 * made);
  std::vector<float> patch(kReach * run);
  std::vector<float> here(made);
  const auto apply = [&](std::size_t t, std::size_t b, std::span<float> best) {
    for (std::size_t above = 0; above < kReach; ++above)
      std::copy_n(&wide(t + above, b * channels), run, patch.begin() + above * run);
    linalg::TimesVector(weight.View(), patch, here);
    for (std::size_t c = 0; c < made; ++c) best[c] = std::max(best[c], here[c] + bias[c]);
  };
  for (std::size_t t = 0; t < out.rows(); ++t) {
    for (std::size_t b = 0; b < bands / 2; ++b) {
      // Beginning from 0 is ReLU.
      const auto best = out.Row(t).subspan(b * made, made);
      apply(2 * t, 2 * b, best);
      apply(2 * t, 2 * b + 1, best);
      apply(2 * t + 1, 2 * b, best);
      apply(2 * t + 1, 2 * b + 1, best);
    }
  }
  return out;
}

}  // namespace

Status CheckShape(const CnnLstmShape& shape) {
  const auto sane = [](std::size_t n) { return n >= 1 && n <= kMostOfAnything; };
  if (shape.bands % 4 != 0 || !sane(shape.bands))
    return Fail(ErrorCode::kInvalidInput, "bands must be a multiple of 4, at least 4");
  if (!sane(shape.channels) || !sane(shape.hidden) || shape.classes < 2 || !sane(shape.classes)) {
    return Fail(ErrorCode::kInvalidInput,
                "channels and hidden must be in 1 to 4096, classes in 2 to 4096");
  }
  return {};
}

std::vector<WeightSpec> WeightsOf(const CnnLstmShape& shape) {
  std::vector<WeightSpec> specs;
  const auto linear = [&](const std::string& name, std::size_t out, std::size_t in) {
    specs.push_back({name, out, in, Start::kNormal});
    specs.push_back({name + ".bias", 1, out, Start::kZeros});
  };
  linear("first", shape.channels, kReach * kReach);
  linear("second", 2 * shape.channels, kReach * kReach * shape.channels);
  for (const std::string direction : {"forward", "backward"}) {
    linear(direction + ".input", kGates * shape.hidden, shape.features());
    specs.push_back({direction + ".state", kGates * shape.hidden, shape.hidden, Start::kNormal});
  }
  linear("classes", shape.classes, shape.dimension());
  return specs;
}

Weights DrawWeights(const CnnLstmShape& shape, const Random& random) {
  Weights weights;
  for (const auto& spec : WeightsOf(shape)) {
    linalg::Matrix values(spec.rows, spec.cols);
    if (spec.start == Start::kNormal) {
      const bool before_relu = spec.name == "first" || spec.name == "second";
      const double deviation =
          std::sqrt((before_relu ? 2.0 : 1.0) / static_cast<double>(spec.cols));
      Random own = random.Fork(spec.name);
      for (std::size_t i = 0; i < spec.rows * spec.cols; ++i)
        values.data()[i] = static_cast<float>(deviation * own.Normal());
    } else if (spec.name.ends_with("ward.input.bias")) {
      std::fill_n(values.data() + shape.hidden, shape.hidden, 1.0F);
    }
    weights.emplace(spec.name, std::move(values));
  }
  return weights;
}

linalg::Matrix Standardised(linalg::Matrix mel) {
  const std::size_t n = mel.rows() * mel.cols();
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto value = static_cast<double>(mel.data()[i]);
    sum += value;
    squares += value * value;
  }
  const double mean = n == 0 ? 0 : sum / static_cast<double>(n);
  const double variance = n == 0 ? 0 : squares / static_cast<double>(n) - mean * mean;
  const float scale =
      1 / std::max(static_cast<float>(std::sqrt(std::max(variance, 0.0))), kLeastDeviation);
  for (std::size_t i = 0; i < n; ++i)
    mel.data()[i] = (mel.data()[i] - static_cast<float>(mean)) * scale;
  if (mel.rows() >= kFramesAMoment) return mel;
  linalg::Matrix longer(kFramesAMoment, mel.cols());
  std::copy_n(mel.data(), n, longer.data());
  return longer;
}

CnnLstm::CnnLstm(const CnnLstmShape& shape, Weights weights)
    : shape_(shape), weights_(std::move(weights)) {}

void CnnLstm::Run(const linalg::Matrix& moments,
                  const std::string& direction,
                  bool backward,
                  std::span<float> out) const {
  const auto& input = weights_.find(direction + ".input")->second;
  const auto bias = weights_.find(direction + ".input.bias")->second.Row(0);
  const auto& state = weights_.find(direction + ".state")->second;
  const std::size_t h = shape_.hidden;
  std::vector<float> gates(kGates * h);
  std::vector<float> from_state(kGates * h);
  std::vector<float> cell(h);
  std::vector<float> shown(h);
  for (std::size_t i = 0; i < moments.rows(); ++i) {
    linalg::TimesVector(input.View(), moments.Row(backward ? moments.rows() - 1 - i : i), gates);
    linalg::TimesVector(state.View(), shown, from_state);
    for (std::size_t k = 0; k < gates.size(); ++k) gates[k] += from_state[k] + bias[k];
    for (std::size_t k = 0; k < h; ++k) {
      cell[k] = Sigmoid(gates[h + k]) * cell[k] + Sigmoid(gates[k]) * std::tanh(gates[2 * h + k]);
      shown[k] = Sigmoid(gates[3 * h + k]) * std::tanh(cell[k]);
    }
    linalg::Axpy(1 / static_cast<float>(moments.rows()), shown, out);
  }
}

void CnnLstm::Encode(const linalg::Matrix& mel, std::span<float> out) const {
  const auto convolve = [&](const linalg::Matrix& in, std::size_t bands, const std::string& name) {
    return Convolve(
        in, bands, weights_.find(name)->second, weights_.find(name + ".bias")->second.Row(0));
  };
  const auto moments = convolve(convolve(mel, shape_.bands, "first"), shape_.bands / 2, "second");
  std::ranges::fill(out, 0.0F);
  Run(moments, "forward", false, out.first(shape_.hidden));
  Run(moments, "backward", true, out.last(shape_.hidden));
}

std::vector<float> CnnLstm::Classify(std::span<const float> vector) const {
  std::vector<float> out(shape_.classes);
  linalg::TimesVector(weights_.find("classes")->second.View(), vector, out);
  linalg::Axpy(1, weights_.find("classes.bias")->second.Row(0), out);
  SoftmaxOf(out);
  return out;
}

}  // namespace medley::training
