#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/modality.h"
#include "medley/jobs/encoder_bench.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

struct EncodeOptions {
  std::vector<data::Modality> modalities;  ///< empty: all
  bool again = false;                      ///< also what has not changed
  std::vector<std::string> items;          ///< ids; empty: all
  EncoderBench* bench = nullptr;           ///< where to take encoders from; nullptr: own ones
};

struct EncodeReport {
  struct Space {
    std::uint64_t encoded = 0;
    std::uint64_t unchanged = 0;
    std::uint64_t removed = 0;  ///< vectors of items that lost the modality
    std::uint64_t failed = 0;   ///< files that could not be decoded
    double model_seconds = 0;   ///< inside the encoder
    double seconds = 0;  ///< of this space's share of the run, decoding it waited for included
  };
  struct Failure {
    std::string item;
    std::string source;
    std::string reason;
  };
  std::map<std::string, Space> spaces;  ///< by name, "fused" among them
  std::vector<Failure> failures;
  double seconds = 0;
};

/// Makes the vectors of every item that lacks them: each modality by its encoder, then the fused
/// one. Decoding, in sandboxed children, runs beside inference. Only what changed is done: a vector
/// remembers the hash of what it was made from and its encoder's fingerprint. Items go in windows
/// of 256 by key; a window's vectors of one space are committed together. Stopped at any moment,
/// even by kill -9, the next run goes on from there and ends with the same bytes of every vector.
/// Where single items are asked for, a fusion that is not fitted yet is left for a run over all.
/// Errors: a file that cannot be decoded is reported and skipped. kNotFound when a modality in use
/// has no model; kUnavailable when another encoding of the workspace is under way; kCancelled.
Result<EncodeReport> EncodeCatalogue(const storage::Workspace& workspace,
                                     const EncodeOptions& options,
                                     Progress& progress,
                                     const CancelToken& cancel);

}  // namespace medley::jobs
