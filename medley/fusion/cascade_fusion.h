#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/alignment/tape.h"
#include "medley/core/parameters.h"
#include "medley/core/random.h"
#include "medley/fusion/trained_fusion.h"

namespace medley::fusion {

/// One modality after the other, each correcting what those before it said:
///   z <- z + q_m (p_m + B_m tanh(A_m [z; p_m])),  from z = 0, in the order of `order`.
/// Missing: its step is left out. B begins as zeros: before training it is the mean. Source:
/// cascade-correlation networks, Fahlman and Lebiere 1990 (later stages see what earlier ones
/// gave); residual steps, He et al. 2016.
class CascadeFusion : public TrainedFusion {
 public:
  static std::vector<ParameterSpec> Specs();
  explicit CascadeFusion(const Parameters& parameters);

  std::string_view name() const override { return "cascade"; }
  alignment::Tape::Node Join(alignment::Tape& tape, std::span<const Part> parts) const override;

 protected:
  void DrawJoin(const Random& random) override;
  bool JoinFits() const override;

 private:
  std::vector<std::string> order_;
};

}  // namespace medley::fusion
