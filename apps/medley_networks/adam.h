#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace medley::networks {

/// Adam with decoupled weight decay, of one tensor. Source: Kingma, Ba 2015; Loshchilov, Hutter
/// 2019.
class Adam {
 public:
  Adam(at::Tensor weight, double weight_decay);
  /// Shapes: `gradient` as the weight, contiguous.
  void Step(const at::Tensor& gradient, double rate);

 private:
  at::Tensor weight_;
  double weight_decay_;
  at::Tensor mean_;
  at::Tensor square_;
  std::int64_t steps_ = 0;
};

}  // namespace medley::networks
