#include "medley/fusion/fusion.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/fusion/mean_fusion.h"

namespace medley::fusion {

const std::vector<FusionKind>& Fusions() {
  static const std::vector<FusionKind> kinds = {
      {"mean",
       "centred, randomly projected to one dimension, averaged over the modalities that are there",
       "[fusion]\nname = \"mean\"\ndimension = 384",
       MeanFusion::Specs(),
       [](const Parameters& parameters) -> std::unique_ptr<Fusion> {
         return std::make_unique<MeanFusion>(parameters);
       }},
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
