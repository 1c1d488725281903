// medley-networks.so: trains networks with libtorch for medley/training, which loads it.
#include <ATen/ATen.h>
#include <torch/csrc/api/include/torch/version.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/medley_networks/forward.h"
#include "apps/medley_networks/layout.h"
#include "apps/medley_networks/softmax.h"
#include "apps/medley_networks/sounds.h"
#include "apps/medley_networks/tensor.h"
#include "apps/medley_networks/trained_weights.h"
#include "apps/medley_networks/transformers.h"
#include "medley/core/ids.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"
#include "medley/training/trainer.h"

namespace medley::networks {
namespace {

using training::Loss;
using training::TrainerOptions;
using training::Weights;

/// Targets of a shard.
constexpr std::size_t kShardTargets = 192;
constexpr std::size_t kMostShards = 16;
/// Each shard holds a gradient of the whole tower: 256 MiB for all of them together.
constexpr std::size_t kMostGradients = 64 << 20;

/// Draws negatives, and knows how often each item is to be expected among them.
class NegativeSampler {
 public:
  NegativeSampler(const TrainerOptions& options, std::span<const float> counts)
      : options_(options), sums_(counts.size()) {
    double sum = 0;
    for (std::size_t i = 0; i < counts.size(); ++i)
      sums_[i] = sum += static_cast<double>(counts[i]);
  }

  Negatives Draw(std::span<const Piece> pieces, Random random) const {
    if (options_.loss == Loss::kFull) return {};
    std::vector<std::int64_t> ids;
    if (options_.loss == Loss::kInBatch) {
      for (const auto& piece : pieces) {
        const auto targets = options_.shape.fixed_length ? piece.last(1) : piece.subspan(1);
        ids.insert(ids.end(), targets.begin(), targets.end());
      }
    } else {
      for (std::size_t i = 0; i < options_.negatives; ++i) {
        const bool popular = random.Bernoulli(options_.popular_share);
        ids.push_back(popular ? Popular(random) : static_cast<std::int64_t>(random.Below(n())));
      }
    }
    const double share = options_.loss == Loss::kInBatch ? 1 : options_.popular_share;
    std::vector<float> log_odds(ids.size());
    for (std::size_t i = 0; i < ids.size() && options_.correct; ++i) {
      const auto id = static_cast<std::size_t>(ids[i]);
      const double popular = (sums_[id] - (id == 0 ? 0 : sums_[id - 1])) / sums_.back();
      const double odds = share * popular + (1 - share) / static_cast<double>(n());
      log_odds[i] = static_cast<float>(std::log(odds * static_cast<double>(ids.size())));
    }
    return {at::tensor(ids, at::kLong), at::tensor(log_odds, at::kFloat)};
  }

 private:
  std::size_t n() const { return sums_.size(); }
  std::int64_t Popular(Random& random) const {
    const double at = random.Uniform() * sums_.back();
    const auto found = std::upper_bound(sums_.begin(), sums_.end(), at) - sums_.begin();
    return std::min<std::int64_t>(found, static_cast<std::int64_t>(n()) - 1);
  }

  const TrainerOptions& options_;
  std::vector<double> sums_;
};

class Trainer : public training::NetworkTrainer {
 public:
  Trainer(const TrainerOptions& options,
          const at::Device& device,
          const Weights& start,
          linalg::ConstMatrixView content,
          std::span<const float> counts)
      : options_(options),
        device_(device),
        random_(options.seed),
        sampler_(options_, counts),
        weights_(start, options.weight_decay, device) {
    if (content.rows > 0) content_ = TensorOf(content).to(device_).contiguous();
  }

  Result<double> Step(std::span<const Piece> pieces, double rate) override {
    return Guarded<double>([&] { return StepOrThrow(pieces, rate); });
  }

  Weights Current() const override { return weights_.Current(); }

 private:
  struct Shard {
    SoftmaxHead head;
    at::Tensor tower;      ///< its gradient
    ShardGradients other;  ///< of the other weights
  };

  std::size_t TargetsOf(const Piece& piece) const {
    return options_.shape.fixed_length ? 1 : piece.size() - 1;
  }

  /// The pieces in `n` runs of about as many targets.
  std::vector<std::span<const Piece>> Divide(std::span<const Piece> pieces,
                                             std::size_t targets) const {
    const auto& shape = options_.shape;
    const std::size_t most =
        std::clamp<std::size_t>(kMostGradients / (shape.n_items * shape.dimension), 1, kMostShards);
    const std::size_t n =
        device_.is_cpu() ? std::clamp<std::size_t>(targets / kShardTargets, 1, most) : 1;
    std::vector<std::span<const Piece>> out;
    std::size_t begin = 0;
    std::size_t done = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      done += TargetsOf(pieces[i]);
      if (done * n < targets * (out.size() + 1)) continue;
      out.push_back(pieces.subspan(begin, i + 1 - begin));
      begin = i + 1;
    }
    return out;
  }

  /// Items' own vectors, without those that must do without in this step; undefined: all have
  /// theirs.
  at::Tensor DrawOwn(Random random) const {
    if (!content_.defined() || options_.own_dropout <= 0) return {};
    auto own = at::ones({static_cast<std::int64_t>(options_.shape.n_items), 1});
    for (std::size_t i = 0; i < options_.shape.n_items; ++i) {
      if (random.Bernoulli(options_.own_dropout)) own.data_ptr<float>()[i] = 0;
    }
    return own.to(device_);
  }

  at::Tensor Tower(const at::Tensor& own) const {
    const auto& items = weights_.At("items");
    if (!content_.defined()) return items;
    const auto& map = weights_.At("content");
    return at::addmm(own.defined() ? items * own : items, content_, map.t());
  }

  double StepOrThrow(std::span<const Piece> pieces, double rate) {
    const Random random = random_.Fork(++steps_);
    std::size_t targets = 0;
    for (const auto& piece : pieces) targets += TargetsOf(piece);
    const auto divided = Divide(pieces, targets);
    shards_.resize(std::max(shards_.size(), divided.size()));
    const auto own = DrawOwn(random.Fork("own"));
    const auto tower = Tower(own);
    auto negatives = sampler_.Draw(pieces, random.Fork("negatives"));
    if (negatives.ids.defined()) {
      negatives.ids = negatives.ids.to(device_);
      negatives.log_odds = negatives.log_odds.to(device_);
    }
    RunShards(divided.size(), [&](std::size_t i) {
      RunShard(divided[i],
               tower,
               negatives,
               1 / static_cast<double>(targets),
               random.Fork("shards").Fork(i),
               shards_[i]);
    });
    return Update(divided.size(), own, rate) / static_cast<double>(targets);
  }

  void RunShard(std::span<const Piece> pieces,
                const at::Tensor& tower,
                const Negatives& negatives,
                double scale,
                Random random,
                Shard& shard) const {
    const auto layout = MoveTo(MakeLayout(pieces, options_.shape), device_);
    const auto leaves = weights_.Leaves(kTower);
    if (!shard.tower.defined()) shard.tower = at::empty_like(tower);
    shard.tower.zero_();
    const auto x = tower.index_select(0, layout.tokens).set_requires_grad(true);
    Dropout dropout(random);
    const auto vectors = Forward(options_, leaves, layout, x, dropout);
    const auto found =
        shard.head.Apply(vectors.detach(), tower, layout.targets, negatives, scale, shard.tower);
    vectors.backward(found.vectors);
    shard.other.loss = found.loss;
    shard.tower.index_add_(0, layout.tokens, x.grad());
    shard.other.Take(leaves);
  }

  /// Adds up the shards' gradients and moves the weights; returns the sum of the losses.
  double Update(std::size_t n_shards, const at::Tensor& own, double rate) {
    auto& first = shards_.front();
    for (std::size_t i = 1; i < n_shards; ++i) {
      first.tower.add_(shards_[i].tower);
      first.other.Add(shards_[i].other);
    }
    if (content_.defined()) weights_.Step("content", at::mm(first.tower.t(), content_), rate);
    if (own.defined()) first.tower.mul_(own);
    weights_.Step("items", first.tower, rate);
    for (const auto& [name, gradient] : first.other.gradients) weights_.Step(name, gradient, rate);
    return first.other.loss;
  }

  /// The weights of the items' vectors, whose gradients the softmax finds.
  static constexpr std::array<std::string_view, 2> kTower = {"items", "content"};

  const TrainerOptions options_;
  const at::Device device_;
  const Random random_;
  NegativeSampler sampler_;
  std::uint64_t steps_ = 0;
  TrainedWeights weights_;
  at::Tensor content_;
  std::vector<Shard> shards_;
};

Result<at::Device> DeviceOf(const std::string& name) {
  if (name == "cpu" || (name == "auto" && !at::hasCUDA())) return at::Device(at::kCPU);
  if (!at::hasCUDA()) {
    return Fail(ErrorCode::kUnavailable,
                "this libtorch (" TORCH_VERSION
                ") has no GPU here: build with -DMEDLEY_LIBTORCH=... naming one that has");
  }
  return at::Device(at::kCUDA);
}

Result<std::unique_ptr<training::NetworkTrainer>> Make(const TrainerOptions& options,
                                                       const Weights& start,
                                                       linalg::ConstMatrixView content,
                                                       std::span<const float> counts) {
  MEDLEY_ASSIGN_OR_RETURN(const auto device, DeviceOf(options.device));
  return Guarded<std::unique_ptr<training::NetworkTrainer>>(
      [&] { return std::make_unique<Trainer>(options, device, start, content, counts); });
}

}  // namespace
}  // namespace medley::networks

extern "C" __attribute__((visibility("default"))) const medley::training::NetworkLibrary*
medley_networks() {
  static const medley::training::NetworkLibrary library = {medley::training::kNetworkInterface,
                                                           TORCH_VERSION,
                                                           &medley::networks::Make,
                                                           &medley::networks::MakeSounds,
                                                           &medley::networks::MakeTransformers};
  return &library;
}
