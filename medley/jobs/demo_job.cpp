#include "medley/jobs/demo_job.h"

#include <array>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/jobs/encode_job.h"
#include "medley/jobs/import_job.h"
#include "medley/jobs/train_job.h"
#include "medley/simulation/market.h"
#include "medley/simulation/truth.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

/// Where the store keeps what was done: {"items","users","seed","seconds":{stage: seconds}}.
constexpr std::string_view kMark = "simulated";

Json MarkOf(const simulation::MarketOptions& market) {
  return {{"items", market.items},
          {"users", market.users},
          {"seed", market.seed},
          {"seconds", Json::object()}};
}

class DemoRun {
 public:
  DemoRun(const storage::Workspace& workspace,
          const DemoOptions& options,
          Progress& progress,
          const CancelToken& cancel)
      : workspace_(workspace),
        options_(options),
        progress_(progress),
        cancel_(cancel),
        market_(workspace.root() / "market") {}

  Result<Json> Run() {
    MEDLEY_RETURN_IF_ERROR(ReadMark());
    const std::array<std::function<Status()>, kDemoStages> stages = {
        [this] { return simulation::DrawMarket(options_.market, market_, progress_); },
        [this] { return Import(); },
        [this] { return Encode(); },
        [this] { return Train(); },
    };
    for (int stage = 0; stage <= static_cast<int>(options_.last); ++stage) {
      if (cancel_.cancelled())
        return Fail(ErrorCode::kCancelled,
                    "the demo was stopped; the same command goes on from here");
      MEDLEY_RETURN_IF_ERROR(
          Do(static_cast<DemoStage>(stage), stages[static_cast<std::size_t>(stage)]));
    }
    return Report();
  }

 private:
  Status ReadMark() {
    mark_ = MarkOf(options_.market);
    MEDLEY_ASSIGN_OR_RETURN(const auto stored, workspace_.store().GetValue(kMark));
    if (!stored) {
      MEDLEY_ASSIGN_OR_RETURN(const auto counts, workspace_.store().Counts());
      if (counts.items + counts.users + counts.events > 0) {
        return Fail(
            ErrorCode::kAlreadyExists,
            "'" + workspace_.root().string() + "' holds data of its own; choose another --folder");
      }
      return workspace_.store().PutValue(kMark, mark_.dump());
    }
    MEDLEY_ASSIGN_OR_RETURN(const Json found, ParseJson(*stored));
    for (const char* name : {"items", "users", "seed"}) {
      if (found.value(name, Json()) != mark_[name]) {
        return Fail(ErrorCode::kAlreadyExists,
                    "'" + workspace_.root().string() + "' holds another market (" + name + " " +
                        found.value(name, Json()).dump() +
                        "); choose another --folder or remove it");
      }
    }
    mark_ = found;
    return {};
  }

  Status Do(DemoStage stage, const std::function<Status()>& body) {
    const std::string name(DemoStageName(stage));
    if (mark_["seconds"].contains(name)) return {};
    const Stopwatch watch;
    MEDLEY_RETURN_IF_ERROR(body());
    mark_["seconds"][name] = watch.Seconds();
    MEDLEY_RETURN_IF_ERROR(workspace_.store().PutValue(kMark, mark_.dump()));
    if (options_.on_stage) options_.on_stage();
    return {};
  }

  Status Import() {
    ImportRequest request{.format = "jsonl", .paths = {}, .read = {}, .media = market_};
    for (const char* file : {"items.jsonl", "users.jsonl", "events.jsonl"})
      request.paths.push_back(market_ / file);
    MEDLEY_ASSIGN_OR_RETURN(const auto summary,
                            RunImport(workspace_, request, progress_, &cancel_));
    mark_["rejected"] = summary.rejected_by_reason;
    return {};
  }

  Status Encode() {
    MEDLEY_ASSIGN_OR_RETURN(const auto report, EncodeCatalogue(workspace_, {}, progress_, cancel_));
    mark_["undecodable"] = report.failures.size();
    return {};
  }

  Status Train() {
    MEDLEY_ASSIGN_OR_RETURN(const auto report, TrainModels(workspace_, {}, progress_, cancel_));
    (void)report;
    return {};
  }

  Result<Json> Report() const {
    Json report = mark_;
    report["simulated"] = true;
    MEDLEY_ASSIGN_OR_RETURN(const auto truth, simulation::Truth::Load(market_ / "truth.json"));
    const auto score = [](const simulation::RankingScore& one) {
      return Json{
          {"recall@10", one.recall_10}, {"recall@20", one.recall_20}, {"ndcg@10", one.ndcg_10}};
    };
    report["best_possible"] = score(truth.best().behaviour);
    report["popularity"] = score(truth.best().popularity);
    return report;
  }

  const storage::Workspace& workspace_;
  const DemoOptions& options_;
  Progress& progress_;
  const CancelToken& cancel_;
  const std::filesystem::path market_;
  Json mark_;
};

}  // namespace

std::string_view DemoStageName(DemoStage stage) {
  constexpr std::array<std::string_view, kDemoStages> kNames = {
      "draw", "import", "encode", "train"};
  return kNames[static_cast<std::size_t>(stage)];
}

Result<Json> MakeDemo(const storage::Workspace& workspace,
                      const DemoOptions& options,
                      Progress& progress,
                      const CancelToken& cancel) {
  return DemoRun(workspace, options, progress, cancel).Run();
}

}  // namespace medley::jobs
