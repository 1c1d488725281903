#include "apps/medley_networks/trained_weights.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>

#include "apps/medley_networks/adam.h"
#include "apps/medley_networks/forward.h"
#include "apps/medley_networks/tensor.h"
#include "medley/core/threads.h"
#include "medley/training/network.h"

namespace medley::networks {

TrainedWeights::TrainedWeights(const training::Weights& start,
                               double weight_decay,
                               const at::Device& device) {
  at::set_num_threads(1);
  for (const auto& [name, values] : start) {
    auto weight = TensorOf(values.View()).clone().to(device);
    adams_.emplace(name, Adam(weight, Decays(weight) ? weight_decay : 0));
    weights_.emplace(name, std::move(weight));
  }
}

Tensors TrainedWeights::Leaves(std::span<const std::string_view> without) const {
  Tensors leaves;
  for (const auto& [name, weight] : weights_) {
    if (std::ranges::find(without, name) == without.end())
      leaves.emplace(name, weight.detach().set_requires_grad(true));
  }
  return leaves;
}

training::Weights TrainedWeights::Current() const {
  training::Weights out;
  for (const auto& [name, weight] : weights_) out.emplace(name, MatrixOf(weight));
  return out;
}

void ShardGradients::Take(const Tensors& leaves) {
  for (const auto& [name, leaf] : leaves)
    gradients[name] = leaf.grad().defined() ? leaf.grad().contiguous() : at::zeros_like(leaf);
}

void ShardGradients::Add(const ShardGradients& other) {
  for (auto& [name, gradient] : gradients) gradient.add_(other.gradients.find(name)->second);
  loss += other.loss;
}

void RunShards(std::size_t n_shards, const std::function<void(std::size_t)>& run) {
  std::mutex mutex;
  std::exception_ptr thrown;
  ParallelFor(n_shards, 1, [&](std::size_t shard, std::size_t) {
    try {
      run(shard);
    } catch (...) {
      const std::lock_guard lock(mutex);
      thrown = std::current_exception();
    }
  });
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace medley::networks
