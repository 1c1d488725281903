#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/ratings.h"
#include "medley/evaluation/split_files.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/workspace.h"

namespace medley::evaluation {

/// Which part of what is held out.
struct SubjectRequest {
  Protocol protocol = Protocol::kTime;
  SplitPaths files;      ///< with a test part: instead of the protocol
  bool ratings = false;  ///< predict ratings instead of ranking
  std::uint64_t seed = 1;
};

/// What is evaluated: a workspace's catalogue, and its behaviour or someone's files split in parts.
struct Subject {
  std::shared_ptr<const pipeline::Catalogue> catalogue;
  std::vector<std::string> item_ids;
  IdMap users;
  Split split;          ///< to rank
  RatingSplit ratings;  ///< to predict ratings

  SplitIds ids() const { return {item_ids, users.ids()}; }
  /// nullptr where the items have none.
  const recommenders::ItemFeatures* features() const;
};

/// Errors: those of the workspace and of the files.
Result<Subject> LoadSubject(const storage::Workspace& workspace, const SubjectRequest& request);

}  // namespace medley::evaluation
