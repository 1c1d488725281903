#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

struct TrainOptions {
  std::vector<std::string> recommenders;  ///< empty: as [train] recommenders says, all that the
                                          ///< data can carry by default
  /// Parameters by recommender; they win over medley.toml's [recommenders.NAME].
  std::map<std::string, std::map<std::string, std::string>> settings;
  std::optional<std::uint64_t> seed;  ///< absent: [train] seed
  bool again = false;                 ///< also what has not changed
  bool measure = false;  ///< also train on the earlier part of each history and put the figures of
                         ///< the later into the manifest
};

struct TrainReport {
  enum class Outcome : std::uint8_t { kTrained, kUnchanged, kSkipped };
  struct Model {
    std::string name;
    Outcome outcome = Outcome::kTrained;
    std::string version;  ///< in use now; empty where skipped
    std::string reason;   ///< why it was skipped
    double seconds = 0;
    Json metrics;  ///< null, or {"recall@20": .., "ndcg@20": .., "users": ..}
  };
  std::vector<Model> models;
  std::size_t users = 0;
  std::size_t items = 0;
  std::size_t interactions = 0;
  double seconds = 0;
};

/// Trains recommenders on everything the workspace knows and publishes each as it is done. What was
/// trained before on the same data with the same parameters and seed is left as it is. The same
/// data, parameters and seed give the same bytes, whatever the number of threads. Stopped at any
/// moment, even by kill -9, each model is the old one or the new one, whole. Errors: kNotFound for
/// a recommender that is not in the table; kInvalidInput for parameters, for a workspace without
/// events, and where a recommender asked for by name can't be trained on the data; kUnavailable
/// when another training of the workspace is under way; kCancelled between two models. What was
/// published before an error stays.
Result<TrainReport> TrainModels(const storage::Workspace& workspace,
                                const TrainOptions& options,
                                Progress& progress,
                                const CancelToken& cancel);

}  // namespace medley::jobs
