#pragma once

#include <ATen/ATen.h>

namespace medley::networks {

/// The items that a step's vectors are told from, besides their own targets.
struct Negatives {
  at::Tensor ids;       ///< [k]; undefined: the whole catalogue
  at::Tensor log_odds;  ///< [k] taken off their scores: ln of how often each was to be expected
};

/// Cross-entropy of t vectors against the items' tower, with its gradients at once: the scores of a
/// shard are far larger than anything else in a training, and are made, used and forgotten here.
/// Threads: one a head; its memory is kept between calls.
class SoftmaxHead {
 public:
  struct Gradients {
    double loss = 0;     ///< sum over the vectors
    at::Tensor vectors;  ///< [t, d], of `scale` x loss
  };
  /// Adds the tower's gradient to `tower_gradient` [n, d]. Shapes: vectors [t, d], tower [n, d],
  /// targets [t].
  Gradients Apply(const at::Tensor& vectors,
                  const at::Tensor& tower,
                  const at::Tensor& targets,
                  const Negatives& negatives,
                  double scale,
                  at::Tensor& tower_gradient);

 private:
  Gradients Full(const at::Tensor& vectors,
                 const at::Tensor& tower,
                 const at::Tensor& targets,
                 double scale,
                 at::Tensor& tower_gradient);
  Gradients Sampled(const at::Tensor& vectors,
                    const at::Tensor& tower,
                    const at::Tensor& targets,
                    const Negatives& negatives,
                    double scale,
                    at::Tensor& tower_gradient);

  at::Tensor scores_;
  at::Tensor shares_;
};

}  // namespace medley::networks
