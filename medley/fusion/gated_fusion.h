#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "medley/alignment/tape.h"
#include "medley/core/parameters.h"
#include "medley/core/random.h"
#include "medley/fusion/trained_fusion.h"

namespace medley::fusion {

/// z = sum_m g_m * p_m, number by number; g the softmax across the modalities that are there of
/// G_m p_m + b_m, times their quality: each modality says itself which numbers to trust it with. G
/// begins as zeros: before training it is the mean. Missing: its gate is 0. Source: gated
/// multimodal units, Arevalo et al. 2017.
class GatedFusion : public TrainedFusion {
 public:
  static std::vector<ParameterSpec> Specs() { return TrainedFusion::Specs(); }
  explicit GatedFusion(const Parameters& parameters) : TrainedFusion(parameters) {}

  std::string_view name() const override { return "gated"; }
  alignment::Tape::Node Join(alignment::Tape& tape, std::span<const Part> parts) const override;

 protected:
  void DrawJoin(const Random& random) override;
  bool JoinFits() const override;
};

}  // namespace medley::fusion
