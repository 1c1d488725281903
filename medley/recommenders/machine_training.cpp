#include "medley/recommenders/machine_training.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/threads.h"
#include "medley/linalg/factor_steps.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/machine_weights.h"
#include "medley/recommenders/positives.h"

namespace medley::recommenders {
namespace {

/// Smaller batches step more often, larger ones keep the passes over all items few.
constexpr std::size_t kPairsABatch = 2048;
constexpr std::size_t kMostBatches = 64;
constexpr std::size_t kRowsAtATime = 256;
constexpr float kFirstSum = 1e-8F;
constexpr float kStart = 0.05F;

void Draw(linalg::Matrix& matrix, linalg::StepRandom& random) {
  for (auto& value : matrix.values()) value = kStart * random.Signed();
}

/// AdaGrad on `values`, which pay `penalty` |values|^2 / 2.
struct AdaGrad {
  float rate;
  void Step(std::span<const float> gradient,
            float penalty,
            std::span<float> squares,
            std::span<float> values) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float slope = gradient[i] + penalty * values[i];
      squares[i] += slope * slope;
      values[i] -= rate * slope / std::sqrt(squares[i]);
    }
  }
  /// Row by row, those that took part.
  void Rows(const linalg::Matrix& gradient,
            std::span<const float> penalties,
            linalg::Matrix& squares,
            linalg::Matrix& values) const {
    ParallelFor(values.rows(), kRowsAtATime, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        if (penalties[row] > 0)
          Step(gradient.Row(row), penalties[row], squares.Row(row), values.Row(row));
      }
    });
  }
};

}  // namespace

MachineTraining::MachineTraining(const linalg::CsrMatrix& positives,
                                 const MachineInputs& inputs,
                                 const MachineSettings& settings,
                                 std::uint64_t seed)
    : positives_(&positives),
      inputs_(inputs),
      turned_content_(linalg::Transpose(inputs.content)),
      settings_(settings),
      seed_(Random(seed).Fork("machine").Next()),
      known_(KnownItems(CountPeople(positives))) {
  inputs_.turned_content = turned_content_.View();
  const std::size_t rank = settings.rank;
  linalg::StepRandom random(~seed_);
  weights_.users = linalg::Matrix(positives.rows, rank);
  weights_.items = linalg::Matrix(positives.cols, rank);
  weights_.attributes = linalg::Matrix(inputs.attributes->cols, rank);
  weights_.content = linalg::Matrix(rank, inputs.content.cols);
  for (auto* matrix : {&weights_.users, &weights_.items, &weights_.attributes, &weights_.content})
    Draw(*matrix, random);
  weights_.item_weights.assign(positives.cols, 0);
  weights_.attribute_weights.assign(inputs.attributes->cols, 0);
  weights_.content_weights.assign(inputs.content.cols, 0);
  gradient_ = Filled(weights_, 0);
  squares_ = Filled(weights_, kFirstSum);
}

std::vector<MachinePair> MachineTraining::DrawPairs() {
  linalg::StepRandom random(seed_ + passes_);
  std::vector<MachinePair> pairs;
  pairs.reserve(positives_->size() * settings_.negatives);
  for (std::uint32_t user = 0; user < positives_->rows; ++user) {
    const auto columns = positives_->ColumnsOf(user);
    for (const auto item : columns) {
      for (std::size_t k = 0; k < settings_.negatives; ++k) {
        const auto other = DrawNegative(known_, columns, random);
        if (other != item) pairs.push_back({user, item, other});
      }
    }
  }
  random.Shuffle(std::span(pairs));
  return pairs;
}

double MachineTraining::Pass() {
  const auto pairs = DrawPairs();
  const std::size_t size = std::max(kPairsABatch, pairs.size() / kMostBatches);
  double loss = 0;
  for (std::size_t begin = 0; begin < pairs.size(); begin += size) {
    const auto batch = std::span(pairs).subspan(begin, std::min(size, pairs.size() - begin));
    loss += LossAndGradient(weights_, inputs_, batch, settings_.loss, gradient_) *
            static_cast<double>(batch.size());
    Descend(batch);
  }
  ++passes_;
  return loss / std::max(1.0, static_cast<double>(pairs.size()));
}

void MachineTraining::Descend(std::span<const MachinePair> batch) {
  const auto share =
      static_cast<float>(settings_.regularization) / static_cast<float>(batch.size());
  // How often each took part, times the penalty.
  std::vector<float> users(weights_.users.rows());
  std::vector<float> items(weights_.items.rows());
  std::vector<float> attributes(weights_.attributes.rows());
  constexpr float kTookPart = 1e-30F;  // so that a row of a pair steps without a penalty too
  for (const auto& pair : batch) {
    users[pair.user] += share + kTookPart;
    items[pair.item] += share + kTookPart;
    items[pair.other] += share + kTookPart;
  }
  for (std::size_t item = 0; item < items.size(); ++item) {
    if (items[item] == 0) continue;
    for (const auto token : inputs_.attributes->ColumnsOf(item)) attributes[token] += items[item];
  }
  const AdaGrad adagrad{static_cast<float>(settings_.rate)};
  adagrad.Rows(gradient_.users, users, squares_.users, weights_.users);
  adagrad.Rows(gradient_.items, items, squares_.items, weights_.items);
  adagrad.Rows(gradient_.attributes, attributes, squares_.attributes, weights_.attributes);
  const std::vector<float> content(weights_.content.rows(),
                                   2 * static_cast<float>(batch.size()) * (share + kTookPart));
  adagrad.Rows(gradient_.content, content, squares_.content, weights_.content);
  // Plain weights pay as much as vectors would if all took part alike; few numbers, little to save.
  const auto penalty = static_cast<float>(settings_.regularization) /
                       static_cast<float>(std::max<std::size_t>(known_.size(), 1));
  adagrad.Step(gradient_.item_weights, penalty, squares_.item_weights, weights_.item_weights);
  adagrad.Step(
      gradient_.attribute_weights, penalty, squares_.attribute_weights, weights_.attribute_weights);
  adagrad.Step(
      gradient_.content_weights, penalty, squares_.content_weights, weights_.content_weights);
}

}  // namespace medley::recommenders
