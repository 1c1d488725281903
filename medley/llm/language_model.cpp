#include "medley/llm/language_model.h"

#include <map>
#include <string>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/llm/llama_language_model.h"

namespace medley::llm {

const std::vector<LanguageModelKind>& LanguageModelKinds() {
  static const std::vector<LanguageModelKind> kinds = {LlamaKind()};
  return kinds;
}

Result<LanguageModelSource> FindLanguageModel(const std::map<std::string, std::string>& settings) {
  auto given = settings;
  std::string backend = LanguageModelKinds().front().name;
  if (const auto named = given.extract("backend"); !named.empty()) backend = named.mapped();
  std::string known;
  for (const auto& kind : LanguageModelKinds()) {
    if (kind.name == backend) {
      MEDLEY_ASSIGN_OR_RETURN(const auto parameters, Parameters::FromText(kind.parameters, given));
      return kind.find(parameters);
    }
    known += (known.empty() ? "" : ", ") + kind.name;
  }
  return Fail(ErrorCode::kInvalidInput, "llm.backend is '" + backend + "'; there is: " + known);
}

}  // namespace medley::llm
