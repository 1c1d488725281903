#pragma once

#include <string>
#include <vector>

#include "medley/storage/workspace.h"

namespace medley::jobs {

/// One thing that was looked at.
struct HealthCheck {
  enum class Verdict { kGood, kWarning, kBad };
  std::string what;  ///< "database", "embeddings image"
  Verdict verdict = Verdict::kGood;
  std::string found;
  std::string advice;  ///< what to do; empty where all is well
};

/// Looks at the database's integrity, the embeddings' and models' checksums, whether the media that
/// items name are there and whole, and the room on the disk. Changes nothing. Cost: reads the whole
/// workspace once.
std::vector<HealthCheck> ExamineWorkspace(const storage::Workspace& workspace);

/// Whether the decoding program and the model pack are there and answer.
std::vector<HealthCheck> ExamineProgram();

}  // namespace medley::jobs
