#include "medley/understanding/event_weights.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/event_weights.h"
#include "medley/encoders/text/ngram_model.h"
#include "medley/understanding/sentiment.h"

namespace medley::understanding {

Result<data::EventWeights> EventWeightsOf(const std::map<std::string, std::string>& settings) {
  MEDLEY_ASSIGN_OR_RETURN(auto weights, data::EventWeights::FromSettings(settings));
  const auto named = settings.find("sentiment");
  if (named == settings.end() || named->second.empty()) return weights;
  auto model = encoders::NgramModel::Load(named->second);
  if (!model) {
    return Wrap("section [events]: sentiment takes a file of `medley models train ngrams`",
                std::move(model).error());
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto labels, FindPolarLabels(model->labels()));
  const auto shared = std::make_shared<const encoders::NgramModel>(*std::move(model));
  weights.ListenTo([shared, labels](std::string_view text) {
    std::vector<float> odds(shared->labels().size());
    shared->Classify(text, odds);
    return odds[labels.positive] - odds[labels.negative];
  });
  return weights;
}

}  // namespace medley::understanding
