#include "apps/medley/recommender_settings.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/recommenders/recommender.h"

namespace medley::apps {

Result<RecommenderSettings> ParseRecommenderSettings(const std::vector<std::string>& words) {
  RecommenderSettings out;
  for (const auto& word : words) {
    const auto dot = word.find('.');
    const auto equals = word.find('=');
    if (dot == std::string::npos || equals == std::string::npos || dot > equals) {
      return Fail(ErrorCode::kInvalidInput,
                  "--set takes recommender.parameter=value (ease.lambda=200), not '" + word + "'");
    }
    out[word.substr(0, dot)][word.substr(dot + 1, equals - dot - 1)] = word.substr(equals + 1);
  }
  return out;
}

std::string DescribeRecommenders() {
  std::string out = "Recommenders and their parameters:\n";
  for (const auto& kind : recommenders::Recommenders()) {
    out += "  " + kind.name + ": " + kind.summary + "\n";
    for (const auto& parameter : kind.parameters) {
      const std::string value =
          std::visit([](const auto& v) { return Json(v).dump(); }, parameter.default_value);
      out +=
          "      " + kind.name + "." + parameter.name + "=" + value + "  " + parameter.help + "\n";
    }
  }
  return out;
}

}  // namespace medley::apps
