#pragma once

#include <ATen/ATen.h>

#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "apps/medley_networks/adam.h"
#include "apps/medley_networks/forward.h"
#include "medley/core/result.h"
#include "medley/training/network.h"

namespace medley::networks {

/// The weights of a network in training, each with the state of its Adam.
/// Threads: At and Leaves from any between two steps; Step from one.
class TrainedWeights {
 public:
  TrainedWeights(const training::Weights& start,
                 double weight_decay,
                 const at::Device& device = at::kCPU);

  const at::Tensor& At(std::string_view name) const { return weights_.find(name)->second; }
  /// The weights save those of `without`, for one shard: it gathers gradients of its own.
  Tensors Leaves(std::span<const std::string_view> without = {}) const;
  void Step(std::string_view name, const at::Tensor& gradient, double rate) {
    adams_.find(name)->second.Step(gradient, rate);
  }
  training::Weights Current() const;

 private:
  Tensors weights_;
  std::map<std::string, Adam, std::less<>> adams_;
};

/// What a shard of a step found. A step is cut into shards alike whatever the number of threads,
/// each shard is one thread's, and they are added up in order: the same bits on every machine
/// alike.
struct ShardGradients {
  Tensors gradients;
  double loss = 0;

  /// Of leaves that a backward pass has gone through; zeros for what it did not reach.
  void Take(const Tensors& leaves);
  void Add(const ShardGradients& other);
};

/// Runs every shard, and throws what one of them threw.
void RunShards(std::size_t n_shards, const std::function<void(std::size_t shard)>& run);

/// What `work` returns; kInternal where libtorch throws.
template <typename T, typename Work>
Result<T> Guarded(Work&& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kInternal, std::string("libtorch gave up: ") + error.what());
  }
}

}  // namespace medley::networks
