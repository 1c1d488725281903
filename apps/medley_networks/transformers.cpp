#include "apps/medley_networks/transformers.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "apps/medley_networks/adam.h"
#include "apps/medley_networks/forward.h"
#include "apps/medley_networks/tensor.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/training/network.h"
#include "medley/training/transformer.h"
#include "medley/training/transformer_trainer.h"

namespace medley::networks {
namespace {

using training::TokensExample;
using training::TransformerShape;
using training::TransformerTrainerOptions;

/// Shards of a step: cut alike whatever the number of threads, as in library.cpp. Each holds a
/// gradient of all weights.
constexpr std::size_t kShards = 4;
constexpr double kUnseen = -1e4;

/// Texts of several lengths, zeros behind the shorter ones.
struct PaddedTokens {
  at::Tensor x;     ///< [N, T, d]
  at::Tensor mask;  ///< [N, T]: 1 where there is a token
  bool padded = false;
};

PaddedTokens Pad(std::span<const TokensExample> examples, std::size_t dimension) {
  const auto d = static_cast<std::int64_t>(dimension);
  const auto n = static_cast<std::int64_t>(examples.size());
  std::vector<std::int64_t> lengths;
  for (const auto& example : examples)
    lengths.push_back(static_cast<std::int64_t>(example.tokens.size()) / d);
  const std::int64_t longest = *std::ranges::max_element(lengths);
  PaddedTokens out{at::zeros({n, longest, d}), at::zeros({n, longest}), false};
  for (std::int64_t i = 0; i < n; ++i) {
    const auto at_i = static_cast<std::size_t>(i);
    const auto tokens = at::from_blob(
        const_cast<std::uint16_t*>(examples[at_i].tokens.data()), {lengths[at_i], d}, at::kHalf);
    out.x[i].narrow(0, 0, lengths[at_i]).copy_(tokens);
    out.mask[i].narrow(0, 0, lengths[at_i]).fill_(1);
    out.padded = out.padded || lengths[at_i] < longest;
  }
  return out;
}

/// One pass over padded texts, computing what Transformer::Classify does.
class TransformerPass {
 public:
  TransformerPass(const TransformerTrainerOptions& options, const Tensors& weights, Random random)
      : options_(options), weights_(weights), drop_(random) {}

  at::Tensor Logits(const PaddedTokens& texts) {
    at::Tensor unseen;
    if (texts.padded) unseen = ((1 - texts.mask) * kUnseen).unsqueeze(1).unsqueeze(1);
    at::Tensor x = texts.x;
    for (std::size_t i = 0; i < options_.shape.layers; ++i) {
      const std::string name = "layers." + std::to_string(i) + ".";
      x = Normal(x + Drop(Attend(x, unseen, name)), name + "norm");
      const auto wide = at::gelu(Linear(x, name + "widen"));
      x = Normal(x + Drop(Linear(wide, name + "narrow")), name + "wide_norm");
    }
    const auto mean = (x * texts.mask.unsqueeze(2)).sum(1) / texts.mask.sum(1, /*keepdim=*/true);
    return Linear(Drop(mean), "classes");
  }

 private:
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

  at::Tensor Attend(const at::Tensor& x, const at::Tensor& unseen, const std::string& name) const {
    const auto heads = static_cast<std::int64_t>(options_.shape.heads);
    const auto split = [&](const char* part) {
      return Linear(x, name + part).view({x.size(0), x.size(1), heads, -1}).transpose(1, 2);
    };
    const auto query = split("query");
    auto scores = at::matmul(query, split("key").transpose(2, 3)) /
                  std::sqrt(static_cast<double>(query.size(3)));
    if (unseen.defined()) scores = scores + unseen;
    const auto mixed = at::matmul(at::softmax(scores, -1), split("value"));
    return Linear(mixed.transpose(1, 2).reshape(x.sizes()), name + "dense");
  }

  const TransformerTrainerOptions& options_;
  const Tensors& weights_;
  Dropout drop_;
};

class TransformerInTraining : public training::TransformerTrainer {
 public:
  TransformerInTraining(const TransformerTrainerOptions& options, const training::Weights& start)
      : options_(options), random_(options.seed) {
    at::set_num_threads(1);
    for (const auto& [name, values] : start) {
      auto weight = TensorOf(values.View()).clone();
      adams_.emplace(name, Adam(weight, Decays(weight) ? options_.weight_decay : 0));
      weights_.emplace(name, std::move(weight));
    }
  }

  Result<double> Step(std::span<const TokensExample> examples, double rate) override {
    try {
      return StepOrThrow(examples, rate);
    } catch (const std::exception& error) {
      return Fail(ErrorCode::kInternal, std::string("libtorch gave up: ") + error.what());
    }
  }

  training::Weights Current() const override {
    training::Weights out;
    for (const auto& [name, weight] : weights_) out.emplace(name, MatrixOf(weight));
    return out;
  }

 private:
  struct Shard {
    Tensors gradients;
    double loss = 0;
  };

  double StepOrThrow(std::span<const TokensExample> examples, double rate) {
    const Random random = random_.Fork(++steps_);
    const std::size_t each = (examples.size() + kShards - 1) / kShards;
    std::vector<Shard> shards((examples.size() + each - 1) / each);
    std::mutex mutex;
    std::exception_ptr thrown;
    ParallelFor(shards.size(), 1, [&](std::size_t i, std::size_t) {
      try {
        RunShard(examples.subspan(i * each, std::min(each, examples.size() - i * each)),
                 1 / static_cast<double>(examples.size()),
                 random.Fork(i),
                 shards[i]);
      } catch (...) {
        const std::lock_guard lock(mutex);
        thrown = std::current_exception();
      }
    });
    if (thrown) std::rethrow_exception(thrown);
    return Update(shards, rate);
  }

  void RunShard(std::span<const TokensExample> examples,
                double scale,
                const Random& random,
                Shard& shard) const {
    Tensors leaves;
    for (const auto& [name, weight] : weights_)
      leaves.emplace(name, weight.detach().set_requires_grad(true));
    std::vector<std::int64_t> labels;
    for (const auto& example : examples) labels.push_back(example.label);
    const auto texts = Pad(examples, options_.shape.dimension);
    const auto odds = at::log_softmax(TransformerPass(options_, leaves, random).Logits(texts), 1);
    const auto loss = odds.gather(1, at::tensor(labels, at::kLong).unsqueeze(1)).sum() * -scale;
    loss.backward();
    shard.loss = loss.item<double>();
    for (auto& [name, leaf] : leaves) shard.gradients[name] = leaf.grad().contiguous();
  }

  /// Adds up the shards' gradients and moves the weights; returns the sum of the losses.
  double Update(std::vector<Shard>& shards, double rate) {
    double loss = 0;
    for (const auto& shard : shards) loss += shard.loss;
    auto& gradients = shards.front().gradients;
    double squares = 0;
    for (auto& [name, gradient] : gradients) {
      for (std::size_t i = 1; i < shards.size(); ++i) gradient.add_(shards[i].gradients[name]);
      squares += gradient.square().sum().item<double>();
    }
    const double length = std::sqrt(squares);
    for (auto& [name, gradient] : gradients) {
      if (length > options_.longest_gradient) gradient.mul_(options_.longest_gradient / length);
      const double pace = name.starts_with("classes") ? options_.classes_pace : 1;
      adams_.find(name)->second.Step(gradient, rate * pace);
    }
    return loss;
  }

  const TransformerTrainerOptions options_;
  const Random random_;
  std::uint64_t steps_ = 0;
  Tensors weights_;
  std::map<std::string, Adam, std::less<>> adams_;
};

}  // namespace

Result<std::unique_ptr<training::TransformerTrainer>> MakeTransformers(
    const TransformerTrainerOptions& options, const training::Weights& start) {
  try {
    return std::make_unique<TransformerInTraining>(options, start);
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kInternal, std::string("libtorch gave up: ") + error.what());
  }
}

}  // namespace medley::networks
