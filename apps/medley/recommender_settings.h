#pragma once

#include <map>
#include <string>
#include <vector>

#include "medley/core/result.h"

namespace medley::apps {

/// Parameters by recommender from the words after --set: "ease.lambda=200".
/// Errors: kInvalidInput for a word of another shape; whether the names exist is for the job to
/// say.
using RecommenderSettings = std::map<std::string, std::map<std::string, std::string>>;
Result<RecommenderSettings> ParseRecommenderSettings(const std::vector<std::string>& words);

/// Name, summary and parameters of every recommender, one a line, for --help.
std::string DescribeRecommenders();

}  // namespace medley::apps
