#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/alignment/tape.h"
#include "medley/core/parameters.h"
#include "medley/core/random.h"
#include "medley/fusion/trained_fusion.h"

namespace medley::fusion {

/// f = Attention(x_text, x_image, x_audio, x_video):
///   z = t + MHA(t, v, v),
/// the text t asking, picture, sound and film v answering with 8 heads (CrossModalAttention).
/// Missing: without a text the mean of the others asks; an absent modality's tokens get no weight;
/// with a text alone z is its projection.
class AttentionFusion : public TrainedFusion {
 public:
  static std::vector<ParameterSpec> Specs() { return TrainedFusion::Specs(); }
  explicit AttentionFusion(const Parameters& parameters) : TrainedFusion(parameters) {}

  std::string_view name() const override { return "attention"; }
  alignment::Tape::Node Join(alignment::Tape& tape, std::span<const Part> parts) const override;

 protected:
  void DrawJoin(const Random& random) override;
  bool JoinFits() const override;
};

}  // namespace medley::fusion
