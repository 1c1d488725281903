#include "medley/training/network.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"

namespace medley::training {
namespace {

using Start = WeightSpec::Start;

constexpr double kDeviation = 0.02;
constexpr std::size_t kItemsAtATime = 256;

class SpecList {
 public:
  void Add(std::string name, std::size_t rows, std::size_t cols, Start start = Start::kNormal) {
    specs_.push_back({std::move(name), rows, cols, start});
  }
  void AddLinear(const std::string& name, std::size_t out, std::size_t in) {
    Add(name + ".weight", out, in);
    Add(name + ".bias", 1, out, Start::kZeros);
  }
  void AddNorm(const std::string& name, std::size_t d) {
    Add(name + ".scale", 1, d, Start::kOnes);
    Add(name + ".shift", 1, d, Start::kZeros);
  }
  std::vector<WeightSpec> Take() { return std::move(specs_); }

 private:
  std::vector<WeightSpec> specs_;
};

void AddLayer(const NetworkShape& shape, const std::string& name, SpecList& specs) {
  const std::size_t d = shape.dimension;
  const std::size_t wide = d * shape.widening;
  for (const char* part : {"query", "key", "value", "dense"}) specs.AddLinear(name + part, d, d);
  specs.AddNorm(name + "norm", d);
  specs.AddLinear(name + "widen", wide, d);
  specs.AddLinear(name + "narrow", d, wide);
  specs.AddNorm(name + "wide_norm", d);
  if (shape.block == Block::kBsarec) {
    specs.Add(name + "filter.beta", 1, d, Start::kWide);
    specs.AddNorm(name + "filter.norm", d);
  }
  if (shape.block == Block::kLigr) {
    specs.AddLinear(name + "swish", wide, d);
    specs.AddLinear(name + "gate", d, d);
    specs.AddLinear(name + "wide_gate", d, d);
  }
}

}  // namespace

std::vector<WeightSpec> WeightsOf(const NetworkShape& shape) {
  SpecList specs;
  const std::size_t d = shape.dimension;
  specs.Add("items", shape.n_items, d);
  if (shape.content_dimension > 0) specs.Add("content", d, shape.content_dimension);
  if (shape.block == Block::kPooled) {
    specs.AddLinear("widen", d * shape.widening, 2 * d);
    specs.AddLinear("narrow", d, d * shape.widening);
    specs.AddNorm("norm", d);
    return specs.Take();
  }
  if (shape.relative_places) {
    specs.Add("distances", shape.heads, shape.max_length, Start::kZeros);
  } else {
    specs.Add("places", shape.max_length, d);
  }
  specs.AddNorm("norm", d);
  for (std::size_t layer = 0; layer < shape.layers; ++layer)
    AddLayer(shape, "layers." + std::to_string(layer) + ".", specs);
  return specs.Take();
}

Status CheckShape(const NetworkShape& shape) {
  if (shape.n_items == 0 || shape.dimension == 0 || shape.max_length == 0 || shape.widening == 0)
    return Fail(ErrorCode::kInvalidInput, "a network needs items, a dimension and a length");
  if (shape.heads == 0 || shape.dimension % shape.heads != 0) {
    return Fail(ErrorCode::kInvalidInput,
                "heads must divide the dimension: " + std::to_string(shape.dimension) +
                    " numbers can't be shared among " + std::to_string(shape.heads));
  }
  return {};
}

Weights DrawWeights(const NetworkShape& shape, const Random& random) {
  return DrawWeights(WeightsOf(shape), random);
}

Weights DrawWeights(const std::vector<WeightSpec>& specs, const Random& random) {
  Weights weights;
  for (const auto& spec : specs) {
    linalg::Matrix values(spec.rows, spec.cols, spec.start == Start::kOnes ? 1.0F : 0.0F);
    if (spec.start == Start::kNormal || spec.start == Start::kWide) {
      const double deviation = spec.start == Start::kNormal ? kDeviation : 1;
      Random own = random.Fork(spec.name);
      for (std::size_t i = 0; i < spec.rows * spec.cols; ++i)
        values.data()[i] = static_cast<float>(deviation * own.Normal());
    }
    weights.emplace(spec.name, std::move(values));
  }
  return weights;
}

std::vector<float> FilterKernel(const NetworkShape& shape) {
  const auto length = static_cast<double>(shape.max_length);
  std::vector<float> kernel(shape.max_length);
  for (std::size_t distance = 0; distance < kernel.size(); ++distance) {
    double sum = 0;
    for (std::size_t wave = 0; wave < shape.filter_waves && 2 * wave <= shape.max_length; ++wave) {
      // The constant, and the shortest wave that an even length has, occur once in a spectrum.
      const double times = wave == 0 || 2 * wave == shape.max_length ? 1 : 2;
      sum += times * std::cos(2 * std::numbers::pi * static_cast<double>(wave * distance) / length);
    }
    kernel[distance] = static_cast<float>(sum / length);
  }
  return kernel;
}

linalg::Matrix ItemTower(const Weights& weights,
                         linalg::ConstMatrixView content,
                         const std::vector<std::uint8_t>& own) {
  const auto& items = weights.at("items");
  const std::size_t n = content.rows > 0 ? content.rows : items.rows();
  linalg::Matrix tower(n, items.cols());
  if (content.rows > 0)
    linalg::TimesTransposed(content, weights.at("content").View(), tower.View());
  ParallelFor(std::min(n, items.rows()), kItemsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t item = begin; item < end; ++item) {
      if (own.empty() || own[item] != 0) linalg::Axpy(1, items.Row(item), tower.Row(item));
    }
  });
  return tower;
}

}  // namespace medley::training
