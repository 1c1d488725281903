#pragma once

#include <functional>
#include <string_view>

#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/simulation/market.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

/// The stages of the demo, in order.
enum class DemoStage : std::uint8_t { kDraw, kImport, kEncode, kTrain };
inline constexpr int kDemoStages = 4;

/// "draw", "import", "encode", "train".
std::string_view DemoStageName(DemoStage stage);

struct DemoOptions {
  simulation::MarketOptions market;
  DemoStage last = DemoStage::kTrain;
  /// Called after each stage: what a server in this process shows is to be read anew.
  std::function<void()> on_stage;
};

/// Draws the simulated market into the workspace's market/ folder, imports it, encodes it and
/// trains on it, and marks the workspace as simulated. A stage that an earlier run finished is not
/// done again; one that was cut off goes on. Returns {"simulated": true, "items", "users",
/// "best_possible", "popularity", "seconds": {stage: seconds}}; a stage's seconds are those of the
/// run that finished it. Errors: kAlreadyExists where the workspace holds another market or data of
/// its own; those of the stages.
Result<Json> MakeDemo(const storage::Workspace& workspace,
                      const DemoOptions& options,
                      Progress& progress,
                      const CancelToken& cancel);

}  // namespace medley::jobs
