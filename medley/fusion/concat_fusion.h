#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "medley/alignment/tape.h"
#include "medley/core/parameters.h"
#include "medley/core/random.h"
#include "medley/fusion/trained_fusion.h"

namespace medley::fusion {

/// z = unit([q_1 p_1; q_2 p_2; ...]): every modality has a place of its own, p_m its projection to
/// dimension / modalities numbers, q_m its quality. Missing: the place holds zeros, so that items
/// are compared by the modalities that both have.
class ConcatFusion : public TrainedFusion {
 public:
  static std::vector<ParameterSpec> Specs() { return TrainedFusion::Specs(); }
  explicit ConcatFusion(const Parameters& parameters) : TrainedFusion(parameters) {}

  std::string_view name() const override { return "concat"; }
  alignment::Tape::Node Join(alignment::Tape& tape, std::span<const Part> parts) const override;

 protected:
  std::size_t SlotDimension(std::size_t slots) const override { return dimension() / slots; }
  void DrawJoin(const Random& random) override { (void)random; }
  bool JoinFits() const override { return true; }
};

}  // namespace medley::fusion
