#include "medley/training/head.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/training/adam.h"
#include "medley/training/learning_rate.h"
#include "medley/training/network.h"
#include "medley/training/softmax.h"

namespace medley::training {
namespace {

using Start = WeightSpec::Start;

constexpr float kLeastDeviation = 1e-6F;

const linalg::Matrix& At(const Weights& weights, const std::string& name) {
  return weights.find(name)->second;
}

/// out = weight * in + bias.
void Apply(const Weights& weights,
           const std::string& name,
           std::span<const float> in,
           std::span<float> out) {
  linalg::TimesVector(At(weights, name).View(), in, out);
  linalg::Axpy(1, At(weights, name + ".bias").Row(0), out);
}

void Standardise(const Weights& weights, std::span<const float> in, std::span<float> out) {
  const auto mean = At(weights, "mean").Row(0);
  const auto scale = At(weights, "scale").Row(0);
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = (in[i] - mean[i]) * scale[i];
}

/// Fills "mean" and "scale" by what the vectors are like.
void MeasureVectors(linalg::ConstMatrixView vectors, Weights& weights) {
  std::vector<double> sums(vectors.cols);
  std::vector<double> squares(vectors.cols);
  for (std::size_t row = 0; row < vectors.rows; ++row) {
    const auto values = vectors.Row(row);
    for (std::size_t i = 0; i < values.size(); ++i) {
      sums[i] += static_cast<double>(values[i]);
      squares[i] += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    }
  }
  const auto n = static_cast<double>(vectors.rows);
  for (std::size_t i = 0; i < vectors.cols; ++i) {
    const double mean = sums[i] / n;
    const auto deviation =
        static_cast<float>(std::sqrt(std::max(0.0, squares[i] / n - mean * mean)));
    weights.at("mean")(0, i) = static_cast<float>(mean);
    // A number that never changes says nothing, also where it changes later.
    weights.at("scale")(0, i) = deviation > kLeastDeviation ? 1 / deviation : 0;
  }
}

/// gradient += column * row^T.
void AddOuter(std::span<const float> column, std::span<const float> row, linalg::Matrix& gradient) {
  for (std::size_t i = 0; i < column.size(); ++i)
    if (column[i] != 0) linalg::Axpy(column[i], row, gradient.Row(i));
}

class HeadRun {
 public:
  HeadRun(linalg::ConstMatrixView vectors,
          std::span<const std::uint32_t> labels,
          const HeadOptions& options)
      : labels_(labels), options_(options), inputs_(vectors.rows, vectors.cols) {
    const Random random(options.seed);
    for (const auto& spec : WeightsOf(options.shape)) {
      linalg::Matrix values(spec.rows, spec.cols);
      Random own = random.Fork(spec.name);
      const double deviation = std::sqrt(1 / static_cast<double>(spec.cols));
      for (std::size_t i = 0; spec.start == Start::kNormal && i < spec.rows * spec.cols; ++i)
        values.data()[i] = static_cast<float>(deviation * own.Normal());
      weights_.emplace(spec.name, std::move(values));
    }
    MeasureVectors(vectors, weights_);
    for (std::size_t row = 0; row < vectors.rows; ++row)
      Standardise(weights_, vectors.Row(row), inputs_.Row(row));
    for (const auto& [name, weight] : weights_) {
      if (name == "mean" || name == "scale") continue;
      gradients_.emplace(name, linalg::Matrix(weight.rows(), weight.cols()));
    }
  }

  Weights Train() {
    std::vector<std::size_t> order(inputs_.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Random random = Random(options_.seed).Fork("order");
    const std::size_t batches = (order.size() + options_.batch - 1) / options_.batch;
    const LearningRate rate{options_.rate, 0, batches * options_.epochs, true};
    std::size_t steps = 0;
    for (std::size_t epoch = 0; epoch < options_.epochs; ++epoch) {
      random.Shuffle(std::span(order));
      for (std::size_t begin = 0; begin < order.size(); begin += options_.batch) {
        const auto rows =
            std::span(order).subspan(begin, std::min(options_.batch, order.size() - begin));
        for (const std::size_t row : rows) AddGradient(row, 1 / static_cast<float>(rows.size()));
        Move(rate.At(steps++));
      }
    }
    return std::move(weights_);
  }

 private:
  void AddGradient(std::size_t row, float share) {
    const auto input = std::as_const(inputs_).Row(row);
    std::vector<float> wide(options_.shape.hidden);
    if (!wide.empty()) {
      Apply(weights_, "hidden", input, wide);
      for (float& value : wide) value = std::max(0.0F, value);
    }
    const auto shown = wide.empty() ? input : std::span<const float>(wide);
    std::vector<float> wrong(options_.shape.classes);
    Apply(weights_, "classes", shown, wrong);
    SoftmaxOf(wrong);
    wrong[labels_[row]] -= 1;
    linalg::Scale(share, wrong);
    AddOuter(wrong, shown, gradients_.at("classes"));
    linalg::Axpy(1, wrong, gradients_.at("classes.bias").Row(0));
    if (wide.empty()) return;
    std::vector<float> back(wide.size());
    for (std::size_t c = 0; c < wrong.size(); ++c)
      linalg::Axpy(wrong[c], At(weights_, "classes").Row(c), back);
    for (std::size_t i = 0; i < back.size(); ++i)
      if (wide[i] <= 0) back[i] = 0;
    AddOuter(back, input, gradients_.at("hidden"));
    linalg::Axpy(1, back, gradients_.at("hidden.bias").Row(0));
  }

  /// One step of Adam; the gradients are 0 afterwards.
  void Move(double rate) {
    adam_.Begin(rate);
    for (auto& [name, gradient] : gradients_) {
      auto& weight = weights_.at(name);
      const std::span slopes(gradient.data(), gradient.rows() * gradient.cols());
      adam_.Move(name,
                 slopes,
                 {weight.data(), slopes.size()},
                 {.shrink = weight.rows() > 1 ? static_cast<float>(options_.weight_decay) : 0});
      std::ranges::fill(slopes, 0.0F);
    }
  }

  std::span<const std::uint32_t> labels_;
  const HeadOptions& options_;
  linalg::Matrix inputs_;
  Weights weights_;
  Weights gradients_;
  Adam adam_;
};

}  // namespace

std::vector<WeightSpec> WeightsOf(const HeadShape& shape) {
  std::vector<WeightSpec> specs = {{"mean", 1, shape.dimension, Start::kZeros},
                                   {"scale", 1, shape.dimension, Start::kOnes}};
  const auto linear = [&](const std::string& name, std::size_t out, std::size_t in, Start start) {
    specs.push_back({name, out, in, start});
    specs.push_back({name + ".bias", 1, out, Start::kZeros});
  };
  if (shape.hidden > 0) linear("hidden", shape.hidden, shape.dimension, Start::kNormal);
  // From 0 the classes learn either way; of the wide layer every number must begin as another.
  const std::size_t seen = shape.hidden > 0 ? shape.hidden : shape.dimension;
  linear("classes", shape.classes, seen, Start::kZeros);
  return specs;
}

Head::Head(const HeadShape& shape, Weights weights) : shape_(shape), weights_(std::move(weights)) {}

void Head::Hide(std::span<float> vector, std::span<float> wide) const {
  Standardise(weights_, vector, vector);
  Apply(weights_, "hidden", vector, wide);
  for (float& value : wide) value = std::max(0.0F, value);
}

std::vector<float> Head::Classify(std::span<const float> vector) const {
  std::vector<float> input(vector.begin(), vector.end());
  if (shape_.hidden > 0) {
    std::vector<float> wide(shape_.hidden);
    Hide(input, wide);
    input = std::move(wide);
  } else {
    Standardise(weights_, vector, input);
  }
  std::vector<float> out(shape_.classes);
  Apply(weights_, "classes", input, out);
  SoftmaxOf(out);
  return out;
}

Result<Weights> FitHead(linalg::ConstMatrixView vectors,
                        std::span<const std::uint32_t> labels,
                        const HeadOptions& options) {
  const auto& shape = options.shape;
  if (vectors.rows == 0 || shape.classes < 2 || vectors.cols != shape.dimension)
    return Fail(ErrorCode::kInvalidInput, "a head needs vectors of at least two labels");
  for (std::size_t row = 0; row < vectors.rows; ++row) {
    if (!linalg::AllFinite(vectors.Row(row)))
      return Fail(ErrorCode::kInvalidInput, "a vector holds what is not a number");
  }
  return HeadRun(vectors, labels, options).Train();
}

}  // namespace medley::training
