#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>

#include "apps/medley_networks/layout.h"
#include "medley/core/random.h"
#include "medley/training/trainer.h"

namespace medley::networks {

using Tensors = std::map<std::string, at::Tensor, std::less<>>;

/// Sets numbers to 0 with a probability and scales the others up, from our own generator: the same
/// in every version of libtorch and in whichever thread a shard runs.
class Dropout {
 public:
  explicit Dropout(Random random) : random_(random) {}
  at::Tensor operator()(const at::Tensor& x, double probability);

 private:
  Random random_;
};

/// What SequenceEncoder computes, for whole batches and with gradients.
/// Shapes: `x` [R W, d], the items' vectors at the layout's tokens; gives [t, d].
at::Tensor Forward(const training::TrainerOptions& options,
                   const Tensors& weights,
                   const Layout& layout,
                   at::Tensor x,
                   Dropout& dropout);

}  // namespace medley::networks
