#include "medley/fusion/fusion.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/fusion/attention_fusion.h"
#include "medley/fusion/cascade_fusion.h"
#include "medley/fusion/concat_fusion.h"
#include "medley/fusion/gated_fusion.h"
#include "medley/fusion/mean_fusion.h"

namespace medley::fusion {
namespace {

template <typename Kind>
std::unique_ptr<Fusion> Make(const Parameters& parameters) {
  return std::make_unique<Kind>(parameters);
}

}  // namespace

const std::vector<FusionKind>& Fusions() {
  static const std::vector<FusionKind> kinds = {
      {"mean",
       "centred, randomly projected to one dimension, averaged over the modalities that are there",
       "[fusion]\nname = \"mean\"\ndimension = 384",
       MeanFusion::Specs(),
       &Make<MeanFusion>},
      {"concat",
       "a place for each modality beside the others, each projected by a head that learns",
       "[fusion]\nname = \"concat\"\ndimension = 384",
       ConcatFusion::Specs(),
       &Make<ConcatFusion>},
      {"cascade",
       "one modality after the other, each correcting what those before it said",
       "[fusion]\nname = \"cascade\"\norder = \"text,image,audio,video\"",
       CascadeFusion::Specs(),
       &Make<CascadeFusion>},
      {"attention",
       "the text asks, picture, sound and film answer, with 8 heads and a residual",
       "[fusion]\nname = \"attention\"\nepochs = 20",
       AttentionFusion::Specs(),
       &Make<AttentionFusion>},
      {"gated",
       "each modality says, number by number, how far to trust it",
       "[fusion]\nname = \"gated\"\ndropout = 0.3",
       GatedFusion::Specs(),
       &Make<GatedFusion>},
  };
  return kinds;
}

Result<std::unique_ptr<Fusion>> MakeFusion(std::string_view name,
                                           const std::map<std::string, std::string>& settings) {
  std::string known;
  for (const auto& kind : Fusions()) {
    if (kind.name == name) {
      MEDLEY_ASSIGN_OR_RETURN(const Parameters parameters,
                              Parameters::FromText(kind.parameters, settings));
      return kind.make(parameters);
    }
    known += (known.empty() ? "" : ", ") + kind.name;
  }
  return Fail(ErrorCode::kNotFound,
              "no fusion is called '" + std::string(name) + "'; there are: " + known);
}

}  // namespace medley::fusion
