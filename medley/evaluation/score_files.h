#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/user_metrics.h"

namespace medley::evaluation {

/// Rankings made by anyone, judged without a workspace.
struct RankingFiles {
  std::filesystem::path test;  ///< user, item with a tab between
  /// "user item item ..." best first; of several, each user's values are averaged first.
  std::vector<std::filesystem::path> rankings;
  std::vector<std::filesystem::path> bases;  ///< the same, to compare with
  std::vector<std::filesystem::path> masks;  ///< user, item: taken out of the rankings
  std::filesystem::path train;       ///< who had what, for novelty and serendipity; may be missing
  std::filesystem::path categories;  ///< item, category with a tab between; may be missing
};

struct ScoredRankings {
  std::vector<std::string> users;  ///< in the order of the columns: that of the test file
  std::vector<UserColumn> columns;
  std::vector<MetricValue> metrics;
  std::vector<ListJudge::Property> properties;
  std::vector<Comparison> gains;  ///< over the base, of every column
};

/// A user of the test whom a ranking lacks counts 0; users of the ranking whom the test lacks are
/// passed over. An item repeated counts where it stands first, also where that is after a masked
/// one; a user's last line counts. The catalogue is every item that any file names; two items of
/// which the categories are known are as alike as the cosine of these. Shapes: request.ks.
/// Errors: kNotFound, kIo; kInvalidInput naming file and line, or where the test is empty.
Result<ScoredRankings> ScoreRankings(const RankingFiles& files, const EvaluationRequest& request);

/// Lines of user, item, truth, prediction with tabs or commas between; a first line that names the
/// columns is skipped.
struct ScoredPredictions {
  std::size_t pairs = 0;
  bool labels = false;         ///< every truth is 0 or 1
  bool probabilities = false;  ///< and every prediction between them
  std::vector<std::pair<std::string, double>> values;
};
/// RMSE and MAE; of labels AUC and GAUC; of probabilities also accuracy, precision, recall and F1
/// of those from `threshold` on, log loss and the calibration error. Errors: as ScoreRankings, and
/// for a truth or prediction that is no number.
Result<ScoredPredictions> ScorePredictions(const std::filesystem::path& file, double threshold);

}  // namespace medley::evaluation
