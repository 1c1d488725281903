#include "apps/medley_networks/forward.h"

#include <ATen/ATen.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "apps/medley_networks/layout.h"
#include "medley/core/random.h"
#include "medley/training/network.h"
#include "medley/training/trainer.h"

namespace medley::networks {
namespace {

using training::Block;
using training::NetworkShape;
using training::TrainerOptions;

/// One pass through a network.
class Pass {
 public:
  Pass(const TrainerOptions& options, const Tensors& weights, const Layout& layout, Dropout& drop)
      : options_(options),
        shape_(options.shape),
        weights_(weights),
        layout_(layout),
        drop_(drop),
        d_(static_cast<std::int64_t>(options.shape.dimension)) {}

  at::Tensor Transform(at::Tensor x) {
    if (layout_.filled.defined()) x = x * layout_.filled;
    if (!shape_.relative_places) x = x + At("places").index_select(0, layout_.places);
    if (shape_.block != Block::kLigr) x = Norm("norm", x);
    x = drop_(x, options_.dropout).view({layout_.rows, layout_.width, d_});
    for (std::size_t i = 0; i < shape_.layers; ++i) {
      const std::string name = "layers." + std::to_string(i) + ".";
      // Of a fixed-length row only the end is asked for.
      const bool last = i + 1 == shape_.layers && shape_.fixed_length;
      x = shape_.block == Block::kLigr ? Gated(name, x, last) : PostNorm(name, x, last);
    }
    x = x.reshape({-1, d_});
    if (!shape_.fixed_length) {
      x = x.index_select(0, layout_.asked);
    } else if (shape_.layers == 0) {
      x = x.index_select(0, layout_.asked);
    }
    return shape_.block == Block::kLigr ? Norm("norm", x) : x;
  }

  at::Tensor Pool(const at::Tensor& x) {
    const auto rows = x.view({layout_.rows, layout_.width, d_});
    const auto recent = at::bmm(layout_.blend, rows).view({-1, d_}).index_select(0, layout_.asked);
    const auto mean = at::bmm(layout_.mean, rows).view({-1, d_}).index_select(0, layout_.asked);
    const auto both = drop_(at::cat({recent, mean}, 1), options_.dropout);
    const auto wide = drop_(at::gelu(Linear("widen", both)), options_.dropout);
    return Norm("norm", Linear("narrow", wide) + recent);
  }

 private:
  const at::Tensor& At(const std::string& name) const { return weights_.find(name)->second; }
  at::Tensor Linear(const std::string& name, const at::Tensor& x) const {
    return at::linear(x, At(name + ".weight"), At(name + ".bias"));
  }
  at::Tensor Norm(const std::string& name, const at::Tensor& x) const {
    return at::layer_norm(x,
                          {d_},
                          At(name + ".scale").view({d_}),
                          At(name + ".shift").view({d_}),
                          static_cast<double>(training::kNormEpsilon));
  }
  /// The places that go on: all, or the end of each row.
  static at::Tensor Asking(const at::Tensor& x, bool last, std::int64_t dimension) {
    return last ? x.narrow(dimension, x.size(dimension) - 1, 1) : x;
  }

  at::Tensor Attend(const std::string& name, const at::Tensor& x, bool last) {
    const auto heads = static_cast<std::int64_t>(shape_.heads);
    const std::int64_t wide = d_ / heads;
    const auto split = [&](const at::Tensor& y) {
      return y.reshape({y.size(0), y.size(1), heads, wide}).transpose(1, 2);
    };
    const auto query = split(Linear(name + "query", Asking(x, last, 1)));
    const auto key = split(Linear(name + "key", x));
    const auto value = split(Linear(name + "value", x));
    auto scores = at::matmul(query, key.transpose(2, 3)) / std::sqrt(static_cast<double>(wide));
    scores = scores + Asking(layout_.mask, last, 2);
    if (shape_.relative_places) scores = scores + Asking(Distances(), last, 2);
    const auto attention = drop_(at::softmax(scores, -1), options_.attention_dropout);
    const auto mixed = at::matmul(attention, value).transpose(1, 2);
    return drop_(Linear(name + "dense", mixed.reshape({mixed.size(0), mixed.size(1), d_})),
                 options_.dropout);
  }

  /// [1, heads, W, W]: what attention adds for being so far back.
  at::Tensor Distances() const {
    const auto options = at::TensorOptions(at::kLong).device(layout_.mask.device());
    const auto line = at::arange(layout_.width, options);
    const auto back = (line.unsqueeze(1) - line.unsqueeze(0))
                          .clamp(0, static_cast<std::int64_t>(shape_.max_length) - 1)
                          .flatten();
    return At("distances")
        .index_select(1, back)
        .view({1, static_cast<std::int64_t>(shape_.heads), layout_.width, layout_.width});
  }

  at::Tensor Filter(const std::string& name, const at::Tensor& x, bool last) {
    const auto own = Asking(x, last, 1);
    const auto low = at::bmm(Asking(layout_.blend, last, 1), x);
    const auto& beta = At(name + "filter.beta");
    return Norm(name + "filter.norm",
                drop_(low + beta * beta * (own - low), options_.dropout) + own);
  }

  at::Tensor PostNorm(const std::string& name, const at::Tensor& x, bool last) {
    auto y = Norm(name + "norm", Attend(name, x, last) + Asking(x, last, 1));
    if (shape_.block == Block::kBsarec)
      y = shape_.filter_share * Filter(name, x, last) + (1 - shape_.filter_share) * y;
    const auto wide = Linear(name + "narrow", at::gelu(Linear(name + "widen", y)));
    return Norm(name + "wide_norm", drop_(wide, options_.dropout) + y);
  }

  at::Tensor Gated(const std::string& name, const at::Tensor& x, bool last) {
    const auto own = Asking(x, last, 1);
    const auto attended = Attend(name, Norm(name + "norm", x), last);
    const auto y = own + attended * at::sigmoid(Linear(name + "gate", own));
    const auto normal = Norm(name + "wide_norm", y);
    const auto wide = at::silu(Linear(name + "swish", normal)) * Linear(name + "widen", normal);
    return y + drop_(Linear(name + "narrow", wide), options_.dropout) *
                   at::sigmoid(Linear(name + "wide_gate", y));
  }

  const TrainerOptions& options_;
  const NetworkShape& shape_;
  const Tensors& weights_;
  const Layout& layout_;
  Dropout& drop_;
  std::int64_t d_;
};

}  // namespace

at::Tensor Dropout::operator()(const at::Tensor& x, double probability) {
  if (probability <= 0) return x;
  auto mask = at::empty(x.sizes(), at::kFloat);
  auto* values = mask.data_ptr<float>();
  const std::int64_t n = mask.numel();
  // A number of 16 bits each decides; four come from one of 64.
  const auto bound = static_cast<std::uint64_t>(std::lround(probability * 65536));
  const auto kept = static_cast<float>(1 / (1 - static_cast<double>(bound) / 65536));
  std::uint64_t bits = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    bits = i % 4 == 0 ? random_.Next() : bits >> 16;
    values[i] = (bits & 0xffff) < bound ? 0.0F : kept;
  }
  return x * mask.to(x.device());
}

at::Tensor Forward(const TrainerOptions& options,
                   const Tensors& weights,
                   const Layout& layout,
                   at::Tensor x,
                   Dropout& dropout) {
  Pass pass(options, weights, layout, dropout);
  return options.shape.block == Block::kPooled ? pass.Pool(x) : pass.Transform(std::move(x));
}

}  // namespace medley::networks
