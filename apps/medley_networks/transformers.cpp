#include "apps/medley_networks/transformers.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "apps/medley_networks/forward.h"
#include "apps/medley_networks/trained_weights.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/training/network.h"
#include "medley/training/transformer.h"
#include "medley/training/transformer_trainer.h"

namespace medley::networks {
namespace {

using training::TokensExample;
using training::TransformerShape;
using training::TransformerTrainerOptions;

/// Each holds a gradient of all weights.
constexpr std::size_t kShards = 4;
constexpr double kUnseen = -1e4;

/// Tokens of several texts, zeros behind the shorter ones.
struct PaddedTokens {
  at::Tensor x;     ///< [N, T, width]
  at::Tensor mask;  ///< [N, T]: 1 where there is a token
  bool padded = false;
};

/// `part` says which of an example's tokens.
template <typename Part>
PaddedTokens Pad(std::span<const TokensExample> examples, std::size_t width, Part&& part) {
  const auto w = static_cast<std::int64_t>(width);
  const auto n = static_cast<std::int64_t>(examples.size());
  std::vector<std::span<const std::uint16_t>> parts;
  std::int64_t longest = 0;
  for (const auto& example : examples) {
    parts.push_back(part(example));
    longest = std::max(longest, static_cast<std::int64_t>(parts.back().size()) / w);
  }
  PaddedTokens out{at::zeros({n, longest, w}), at::zeros({n, longest}), false};
  for (std::int64_t i = 0; i < n; ++i) {
    const auto values = parts[static_cast<std::size_t>(i)];
    const auto length = static_cast<std::int64_t>(values.size()) / w;
    out.padded = out.padded || length < longest;
    if (length == 0) continue;
    const auto tokens =
        at::from_blob(const_cast<std::uint16_t*>(values.data()), {length, w}, at::kHalf);
    out.x[i].narrow(0, 0, length).copy_(tokens);
    out.mask[i].narrow(0, 0, length).fill_(1);
  }
  return out;
}

/// One pass over padded texts, computing what Transformer does.
class TransformerPass {
 public:
  TransformerPass(const TransformerTrainerOptions& options, const Tensors& weights, Random random)
      : options_(options), weights_(weights), forget_(random.Fork("forget")), drop_(random) {}

  /// [labels, classes], in the examples' order.
  at::Tensor Logits(std::span<const TokensExample> examples) {
    const std::size_t width = options_.shape.width();
    if (!options_.shape.asks)
      return OfTexts(Pad(examples, width, [](const auto& one) { return one.tokens; }));
    const auto before = [width](const TokensExample& one) {
      return one.tokens.first(one.tokens.size() - one.labels.size() * width);
    };
    const auto asked = [width](const TokensExample& one) {
      return one.tokens.last(one.labels.size() * width);
    };
    return OfQuestions(Pad(examples, width, before), Pad(examples, width, asked));
  }

 private:
  at::Tensor OfTexts(const PaddedTokens& texts) {
    at::Tensor x = Enter(texts.x);
    for (std::size_t i = 0; i < options_.shape.layers; ++i)
      x = Layer(x, Unseen(texts), "layers." + std::to_string(i) + ".");
    const auto mean = (x * texts.mask.unsqueeze(2)).sum(1) / texts.mask.sum(1, /*keepdim=*/true);
    return Linear(Drop(mean), "classes");
  }

  at::Tensor OfQuestions(PaddedTokens before, const PaddedTokens& asked) {
    Forget(before);
    const auto unseen = Unseen(before);
    at::Tensor x = Enter(before.x);
    at::Tensor y = Enter(asked.x);
    for (std::size_t i = 0; i < options_.shape.layers; ++i) {
      const std::string name = "layers." + std::to_string(i) + ".";
      y = Finish(y, AttendAsking(y, x, unseen, name), name);
      if (i + 1 < options_.shape.layers && x.size(1) > 0) x = Layer(x, unseen, name);
    }
    const auto beside = static_cast<std::int64_t>(options_.shape.beside);
    const auto told = at::cat({Drop(y), asked.x.narrow(2, asked.x.size(2) - beside, beside)}, 2);
    return Linear(told, "classes").flatten(0, 1).index({asked.mask.flatten() > 0});
  }

  void Forget(PaddedTokens& texts) {
    if (options_.forget == 0 || texts.mask.numel() == 0) return;
    texts.mask = (forget_(texts.mask, options_.forget) > 0).to(at::kFloat);
    texts.padded = true;
  }

  const at::Tensor& At(const std::string& name) const { return weights_.find(name)->second; }
  at::Tensor Drop(const at::Tensor& x) { return drop_(x, options_.dropout); }
  at::Tensor Linear(const at::Tensor& x, const std::string& name) const {
    return at::linear(x, At(name + ".weight"), At(name + ".bias").flatten());
  }
  at::Tensor Normal(const at::Tensor& x, const std::string& name) const {
    return at::layer_norm(x,
                          {x.size(2)},
                          At(name + ".scale").flatten(),
                          At(name + ".shift").flatten(),
                          training::kTransformerEpsilon);
  }
  at::Tensor Enter(const at::Tensor& x) const {
    return options_.shape.inputs > 0 ? Normal(Linear(x, "inputs"), "inputs_norm") : x;
  }
  /// What is added to scores so that padding gets none of the attention.
  static at::Tensor Unseen(const PaddedTokens& texts) {
    if (!texts.padded) return {};
    return ((1 - texts.mask) * kUnseen).unsqueeze(1).unsqueeze(1);
  }

  at::Tensor Layer(const at::Tensor& x, const at::Tensor& unseen, const std::string& name) {
    return Finish(x, Attend(x, unseen, name), name);
  }
  at::Tensor Finish(at::Tensor x, const at::Tensor& attended, const std::string& name) {
    x = Normal(x + Drop(attended), name + "norm");
    const auto wide = at::gelu(Linear(x, name + "widen"));
    return Normal(x + Drop(Linear(wide, name + "narrow")), name + "wide_norm");
  }

  /// [N, heads, T, part]
  at::Tensor Split(const at::Tensor& x, const std::string& map) const {
    const auto heads = static_cast<std::int64_t>(options_.shape.heads);
    return Linear(x, map).view({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
  }

  at::Tensor Attend(const at::Tensor& x, const at::Tensor& unseen, const std::string& name) const {
    const auto query = Split(x, name + "query");
    auto scores = at::matmul(query, Split(x, name + "key").transpose(2, 3)) /
                  std::sqrt(static_cast<double>(query.size(3)));
    if (unseen.defined()) scores = scores + unseen;
    const auto mixed = at::matmul(at::softmax(scores, -1), Split(x, name + "value"));
    return Linear(mixed.transpose(1, 2).reshape(x.sizes()), name + "dense");
  }

  at::Tensor AttendAsking(const at::Tensor& y,
                          const at::Tensor& x,
                          const at::Tensor& unseen,
                          const std::string& name) const {
    const auto query = Split(y, name + "query");
    auto scores = (query * Split(y, name + "key")).sum(-1, /*keepdim=*/true);
    const std::int64_t n = x.size(1);
    if (n > 0)
      scores = at::cat({at::matmul(query, Split(x, name + "key").transpose(2, 3)), scores}, -1);
    scores = scores / std::sqrt(static_cast<double>(query.size(3)));
    if (unseen.defined()) scores = scores + at::constant_pad_nd(unseen, {0, 1});
    const auto shares = at::softmax(scores, -1);
    auto mixed = shares.narrow(3, n, 1) * Split(y, name + "value");
    if (n > 0) mixed = mixed + at::matmul(shares.narrow(3, 0, n), Split(x, name + "value"));
    return Linear(mixed.transpose(1, 2).reshape(y.sizes()), name + "dense");
  }

  const TransformerTrainerOptions& options_;
  const Tensors& weights_;
  Dropout forget_;
  Dropout drop_;
};

class TransformerInTraining : public training::TransformerTrainer {
 public:
  TransformerInTraining(const TransformerTrainerOptions& options, const training::Weights& start)
      : options_(options), random_(options.seed), weights_(start, options.weight_decay) {}

  Result<double> Step(std::span<const TokensExample> examples, double rate) override {
    return Guarded<double>([&] { return StepOrThrow(examples, rate); });
  }

  training::Weights Current() const override { return weights_.Current(); }

 private:
  double StepOrThrow(std::span<const TokensExample> examples, double rate) {
    const Random random = random_.Fork(++steps_);
    const std::size_t each = (examples.size() + kShards - 1) / kShards;
    std::vector<ShardGradients> shards((examples.size() + each - 1) / each);
    double labels = 0;
    for (const auto& example : examples) labels += static_cast<double>(example.labels.size());
    RunShards(shards.size(), [&](std::size_t i) {
      RunShard(examples.subspan(i * each, std::min(each, examples.size() - i * each)),
               1 / labels,
               random.Fork(i),
               shards[i]);
    });
    auto& sum = shards.front();
    for (std::size_t i = 1; i < shards.size(); ++i) sum.Add(shards[i]);
    Update(sum.gradients, rate);
    return sum.loss;
  }

  void RunShard(std::span<const TokensExample> examples,
                double scale,
                const Random& random,
                ShardGradients& shard) const {
    const auto leaves = weights_.Leaves();
    std::vector<std::int64_t> labels;
    for (const auto& example : examples)
      labels.insert(labels.end(), example.labels.begin(), example.labels.end());
    const auto logits = TransformerPass(options_, leaves, random).Logits(examples);
    const auto odds = at::log_softmax(logits, 1);
    const auto loss = odds.gather(1, at::tensor(labels, at::kLong).unsqueeze(1)).sum() * -scale;
    loss.backward();
    shard.loss = loss.item<double>();
    shard.Take(leaves);
  }

  /// Moves the weights, by a gradient no longer than allowed.
  void Update(Tensors& gradients, double rate) {
    double squares = 0;
    for (const auto& [name, gradient] : gradients)
      squares += gradient.square().sum().item<double>();
    const double length = std::sqrt(squares);
    for (auto& [name, gradient] : gradients) {
      if (length > options_.longest_gradient) gradient.mul_(options_.longest_gradient / length);
      const bool is_new = name.starts_with("classes") || name.starts_with("inputs.");
      weights_.Step(name, gradient, rate * (is_new ? options_.classes_pace : 1));
    }
  }

  const TransformerTrainerOptions options_;
  const Random random_;
  std::uint64_t steps_ = 0;
  TrainedWeights weights_;
};

}  // namespace

Result<std::unique_ptr<training::TransformerTrainer>> MakeTransformers(
    const TransformerTrainerOptions& options, const training::Weights& start) {
  return Guarded<std::unique_ptr<training::TransformerTrainer>>(
      [&] { return std::make_unique<TransformerInTraining>(options, start); });
}

}  // namespace medley::networks
