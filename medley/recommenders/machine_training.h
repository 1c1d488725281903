#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/machine_weights.h"

namespace medley::recommenders {

struct MachineSettings {
  std::size_t rank = 32;
  std::size_t passes = 60;
  std::size_t negatives = 1;
  double rate = 0.05;
  double regularization = 0.02;
  MachineLoss loss = MachineLoss::kPairwise;
};

/// AdaGrad on batches of drawn pairs; what takes part in a pair pays regularization / 2 |v|^2 for
/// it. Threads: Pass uses all; deterministic for a seed, whatever their number.
class MachineTraining {
 public:
  /// Views: `positives` and what `inputs` shows must live as long; turned_content is made here.
  MachineTraining(const linalg::CsrMatrix& positives,
                  const MachineInputs& inputs,
                  const MachineSettings& settings,
                  std::uint64_t seed);
  /// One pass over all positives, each against `negatives` drawn items; the mean loss.
  double Pass();
  MachineWeights Take() { return std::move(weights_); }

 private:
  std::vector<MachinePair> DrawPairs();
  void Descend(std::span<const MachinePair> batch);

  const linalg::CsrMatrix* positives_;
  MachineInputs inputs_;
  linalg::Matrix turned_content_;
  MachineSettings settings_;
  std::uint64_t seed_;
  std::uint64_t passes_ = 0;
  std::vector<std::uint32_t> known_;
  MachineWeights weights_;
  MachineWeights gradient_;
  MachineWeights squares_;
};

}  // namespace medley::recommenders
