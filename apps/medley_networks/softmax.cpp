#include "apps/medley_networks/softmax.h"

#include <ATen/ATen.h>

#include <cstdint>
#include <limits>

namespace medley::networks {
namespace {

/// What a share may fall to before its logarithm is taken.
constexpr double kSmallest = 1e-30;

/// `kept`, large enough and cut to rows x cols; its memory is used again and again.
at::Tensor Buffer(at::Tensor& kept, std::int64_t rows, std::int64_t cols, const at::Tensor& like) {
  if (!kept.defined() || kept.numel() < rows * cols)
    kept = at::empty({rows * cols}, like.options());
  return kept.narrow(0, 0, rows * cols).view({rows, cols});
}

}  // namespace

SoftmaxHead::Gradients SoftmaxHead::Apply(const at::Tensor& vectors,
                                          const at::Tensor& tower,
                                          const at::Tensor& targets,
                                          const Negatives& negatives,
                                          double scale,
                                          at::Tensor& tower_gradient) {
  return negatives.ids.defined()
             ? Sampled(vectors, tower, targets, negatives, scale, tower_gradient)
             : Full(vectors, tower, targets, scale, tower_gradient);
}

SoftmaxHead::Gradients SoftmaxHead::Full(const at::Tensor& vectors,
                                         const at::Tensor& tower,
                                         const at::Tensor& targets,
                                         double scale,
                                         at::Tensor& tower_gradient) {
  auto scores = Buffer(scores_, vectors.size(0), tower.size(0), vectors);
  auto shares = Buffer(shares_, vectors.size(0), tower.size(0), vectors);
  at::mm_out(scores, vectors, tower.t());
  at::_softmax_out(shares, scores, 1, false);
  const auto column = targets.unsqueeze(1);
  const auto own = shares.gather(1, column);
  Gradients out;
  out.loss = -own.clamp_min(kSmallest).log().sum().item<double>();
  // The gradient of the scores: each share, less 1 for the target's.
  shares.scatter_(1, column, own - 1);
  out.vectors = at::mm(shares, tower).mul_(scale);
  tower_gradient.addmm_(shares.t(), vectors, 1, scale);
  return out;
}

SoftmaxHead::Gradients SoftmaxHead::Sampled(const at::Tensor& vectors,
                                            const at::Tensor& tower,
                                            const at::Tensor& targets,
                                            const Negatives& negatives,
                                            double scale,
                                            at::Tensor& tower_gradient) {
  const std::int64_t t = vectors.size(0);
  const std::int64_t k = negatives.ids.size(0);
  const auto others = tower.index_select(0, negatives.ids);
  const auto theirs = tower.index_select(0, targets);
  auto scores = Buffer(scores_, t, k + 1, vectors);
  auto shares = Buffer(shares_, t, k + 1, vectors);
  scores.narrow(1, 0, 1).copy_((vectors * theirs).sum(1, true));
  auto against = scores.narrow(1, 1, k);
  against.copy_(at::mm(vectors, others.t()).sub_(negatives.log_odds.unsqueeze(0)));
  // A draw that hit the target itself says nothing against it.
  against.masked_fill_(targets.unsqueeze(1).eq(negatives.ids.unsqueeze(0)),
                       -std::numeric_limits<float>::infinity());
  at::_softmax_out(shares, scores, 1, false);
  const auto own = shares.narrow(1, 0, 1);
  Gradients out;
  out.loss = -own.clamp_min(kSmallest).log().sum().item<double>();
  const auto pull = (own - 1).mul_(scale);
  const auto push = shares.narrow(1, 1, k);
  out.vectors = at::mm(push, others).mul_(scale).add_(theirs * pull);
  tower_gradient.index_add_(0, negatives.ids, at::mm(push.t(), vectors).mul_(scale));
  tower_gradient.index_add_(0, targets, vectors * pull);
  return out;
}

}  // namespace medley::networks
