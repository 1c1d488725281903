#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/fingerprint.h"

namespace medley::evaluation {

/// One evaluation with everything that it takes to make it again, and all that came out.
struct Run {
  std::string name;     ///< as it was saved; may be empty
  std::string version;  ///< of the program
  std::string made;     ///< when, as FormatTime prints it
  std::string protocol;
  bool ratings = false;                   ///< predicted ratings were judged, not lists
  std::optional<double> interested_from;  ///< classes were judged: this much, or less
  std::vector<std::string> files;         ///< the split's, where it was made elsewhere
  EvaluationRequest request;
  Fingerprints fingerprints;
  std::size_t n_users = 0;  ///< in the data
  std::size_t n_items = 0;
  std::size_t n_interactions = 0;  ///< fitted on
  std::vector<std::string> users;  ///< the judged users' ids, in the order of the columns
  std::vector<Evaluated> evaluated;
  std::vector<Comparison> comparisons;
};

/// The classes' names where interested_from is set.
inline constexpr std::string_view kClassNames[] = {"not interested", "interested"};

/// "full", or how the sample was drawn: what every output says of the ranking.
std::string RankingLabel(const EvaluationRequest& request);

/// Everything but lists; each user's values only with `with_users`. The first cut's figures stand
/// under "metrics" by plain name, all cuts' under "at".
Json ToJson(const Run& run, bool with_users);

/// Where a workspace keeps the run of that name.
std::filesystem::path SavedRunFile(const std::filesystem::path& workspace, const std::string& name);
/// Errors: kInvalidInput for a name that is no plain file name.
Status CheckRunName(const std::string& name);
/// Keeps it there, over a run of the same name. Errors: those of the name; kIo.
Status SaveRun(const Run& run, const std::filesystem::path& workspace);

/// What a comparison of runs needs of one recommender of one run.
struct SavedRun {
  std::string label;  ///< "RUN/recommender", or the recommender alone where a run has but one
  std::string protocol;
  std::string ranking;
  std::string split;                            ///< fingerprint
  std::string data;                             ///< fingerprint
  std::map<std::string, std::string> settings;  ///< parameters, and what the run was made with
  std::vector<std::string> users;
  std::vector<MetricValue> metrics;
  std::vector<UserColumn> columns;
};

/// Reads what ToJson wrote with users. Errors: kNotFound, kIo; kInvalidInput where it is no run, or
/// is one without users' values.
Result<std::vector<SavedRun>> LoadRun(const std::filesystem::path& file, const std::string& label);

}  // namespace medley::evaluation
