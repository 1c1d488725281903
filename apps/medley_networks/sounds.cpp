#include "apps/medley_networks/sounds.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "apps/medley_networks/forward.h"
#include "apps/medley_networks/tensor.h"
#include "apps/medley_networks/trained_weights.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/training/cnn_lstm.h"
#include "medley/training/network.h"
#include "medley/training/sound_trainer.h"

namespace medley::networks {
namespace {

using training::SoundExample;
using training::SoundTrainerOptions;
using Examples = std::span<const SoundExample>;

/// Examples of a shard: see ShardGradients.
constexpr std::size_t kShardExamples = 8;

/// Pictures of several lengths, zeros behind the shorter ones.
struct Padded {
  at::Tensor x;  ///< [N, 1, T, bands]
  std::vector<std::int64_t> lengths;

  /// [N, 1, T, 1]: 1 where there is something, after time was halved `times` times.
  at::Tensor Mask(int times) const {
    auto mask = at::zeros({x.size(0), 1, x.size(2) >> times, 1});
    for (std::size_t i = 0; i < lengths.size(); ++i)
      mask[static_cast<std::int64_t>(i)].narrow(1, 0, lengths[i] >> times).fill_(1);
    return mask;
  }
};

Padded Pad(Examples examples, std::size_t bands) {
  Padded out;
  std::int64_t longest = 0;
  for (const auto& example : examples) {
    out.lengths.push_back(static_cast<std::int64_t>(example.mel.rows));
    longest = std::max(longest, out.lengths.back());
  }
  out.x = at::zeros({static_cast<std::int64_t>(examples.size()),
                     1,
                     (longest + 3) / 4 * 4,
                     static_cast<std::int64_t>(bands)});
  for (std::size_t i = 0; i < examples.size(); ++i) {
    out.x[static_cast<std::int64_t>(i)][0]
        .narrow(0, 0, out.lengths[i])
        .copy_(TensorOf(examples[i].mel));
  }
  return out;
}

/// One pass over padded pictures, computing what CnnLstm::Encode and its classes do.
class SoundPass {
 public:
  SoundPass(const SoundTrainerOptions& options, const Tensors& weights, Random random)
      : options_(options), weights_(weights), drop_(random) {}

  at::Tensor Logits(const Padded& padded) {
    auto x = Convolve(padded.x * padded.Mask(0), "first") * padded.Mask(1);
    x = Convolve(x, "second");
    // [N, C, T, B] -> [N, T, B C], as a moment lies in memory at rest.
    x = x.permute({0, 2, 3, 1}).reshape({x.size(0), x.size(2), -1});
    x = drop_(x, options_.dropout);
    const auto mask = padded.Mask(2).squeeze(1);
    const auto weight = mask / mask.sum(1, true);
    const auto forward = (Run(x, "forward") * weight).sum(1);
    const auto backward = (Run(Backward(x, padded.lengths), "backward") * weight).sum(1);
    const auto vector = drop_(at::cat({forward, backward}, 1), options_.dropout);
    return at::linear(vector, At("classes"), At("classes.bias").flatten());
  }

 private:
  const at::Tensor& At(const std::string& name) const { return weights_.find(name)->second; }

  at::Tensor Convolve(const at::Tensor& x, const std::string& name) const {
    const auto& weight = At(name);
    const auto kernel = weight.view({weight.size(0), 3, 3, -1}).permute({0, 3, 1, 2});
    const auto y = at::conv2d(x, kernel, At(name + ".bias").flatten(), 1, 1);
    return at::relu(at::max_pool2d(y, 2));
  }

  /// Each row's moments the other way round, what lies behind them where it was.
  static at::Tensor Backward(const at::Tensor& x, const std::vector<std::int64_t>& lengths) {
    auto index = at::arange(x.size(1), at::kLong).repeat({x.size(0), 1});
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      const auto row = index[static_cast<std::int64_t>(i)].narrow(0, 0, lengths[i] / 4);
      row.copy_(row.flip(0).clone());
    }
    return x.gather(1, index.unsqueeze(2).expand({-1, -1, x.size(2)}));
  }

  at::Tensor Run(const at::Tensor& x, const std::string& direction) const {
    const auto& state = At(direction + ".state");
    const auto start = at::zeros({1, x.size(0), state.size(1)});
    const auto bias = At(direction + ".input.bias").flatten();
    return std::get<0>(at::lstm(x,
                                {start, start},
                                {At(direction + ".input"), state, bias, at::zeros_like(bias)},
                                true,
                                1,
                                0,
                                true,
                                false,
                                true));
  }

  const SoundTrainerOptions& options_;
  const Tensors& weights_;
  Dropout drop_;
};

class SoundsInTraining : public training::SoundTrainer {
 public:
  SoundsInTraining(const SoundTrainerOptions& options, const training::Weights& start)
      : options_(options), random_(options.seed), weights_(start, options.weight_decay) {}

  Result<double> Step(Examples examples, double rate) override {
    return Guarded<double>([&] { return StepOrThrow(examples, rate); });
  }

  training::Weights Current() const override { return weights_.Current(); }

 private:
  double StepOrThrow(Examples examples, double rate) {
    const Random random = random_.Fork(++steps_);
    std::vector<ShardGradients> shards((examples.size() + kShardExamples - 1) / kShardExamples);
    RunShards(shards.size(), [&](std::size_t i) {
      const std::size_t begin = i * kShardExamples;
      RunShard(examples.subspan(begin, std::min(kShardExamples, examples.size() - begin)),
               1 / static_cast<double>(examples.size()),
               random.Fork(i),
               shards[i]);
    });
    auto& sum = shards.front();
    for (std::size_t i = 1; i < shards.size(); ++i) sum.Add(shards[i]);
    for (const auto& [name, gradient] : sum.gradients) weights_.Step(name, gradient, rate);
    return sum.loss;
  }

  void RunShard(Examples examples,
                double scale,
                const Random& random,
                ShardGradients& shard) const {
    const auto leaves = weights_.Leaves();
    std::vector<std::int64_t> labels;
    for (const auto& example : examples) labels.push_back(example.label);
    const auto padded = Pad(examples, options_.shape.bands);
    const auto odds = at::log_softmax(SoundPass(options_, leaves, random).Logits(padded), 1);
    const auto own = odds.gather(1, at::tensor(labels, at::kLong).unsqueeze(1)).sum();
    const auto all = odds.sum() / static_cast<double>(options_.shape.classes);
    const double smooth = options_.label_smoothing;
    const auto loss = (own * (1 - smooth) + all * smooth) * -scale;
    loss.backward();
    shard.loss = loss.item<double>();
    shard.Take(leaves);
  }

  const SoundTrainerOptions options_;
  const Random random_;
  std::uint64_t steps_ = 0;
  TrainedWeights weights_;
};

}  // namespace

Result<std::unique_ptr<training::SoundTrainer>> MakeSounds(const SoundTrainerOptions& options,
                                                           const training::Weights& start) {
  return Guarded<std::unique_ptr<training::SoundTrainer>>(
      [&] { return std::make_unique<SoundsInTraining>(options, start); });
}

}  // namespace medley::networks
