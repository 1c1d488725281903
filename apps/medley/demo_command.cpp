#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "apps/medley/stop_signal.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/jobs/demo_job.h"
#include "medley/pipeline/engine.h"
#include "medley/serving/options.h"
#include "medley/serving/server.h"
#include "medley/storage/workspace.h"

namespace medley::apps {
namespace {

struct DemoArguments {
  jobs::DemoOptions options;
  std::filesystem::path folder = "medley-demo";
  int port = 8080;
  std::string only;
};

/// Shows progress on the terminal and in the console's state alike.
class SharedProgress : public Progress {
 public:
  SharedProgress(std::unique_ptr<Progress> shown, pipeline::Engine& engine)
      : shown_(std::move(shown)), engine_(engine) {}

  void Begin(std::string_view stage,
             std::uint64_t total,
             std::string_view unit,
             std::uint64_t done_before) override {
    stage_ = stage;
    total_ = total;
    done_ = done_before;
    shown_->Begin(stage, total, unit, done_before);
    engine_.ReportJob(stage_, done_, total_);
  }
  void Advance(std::uint64_t units) override {
    shown_->Advance(units);
    engine_.ReportJob(stage_, done_.fetch_add(units) + units, total_);
  }
  void Note(std::string_view figure, double value) override { shown_->Note(figure, value); }
  void End() override { shown_->End(); }

 private:
  std::unique_ptr<Progress> shown_;
  pipeline::Engine& engine_;
  std::string stage_;
  std::uint64_t total_ = 0;
  std::atomic<std::uint64_t> done_{0};
};

Result<storage::Workspace> OpenOrMake(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "medley.toml"))
    MEDLEY_RETURN_IF_ERROR(storage::Workspace::Init(folder));
  return storage::Workspace::Open(folder);
}

/// Serves from the start, empty, and fills the market in the background.
Status ServeDemo(const DemoArguments& arguments) {
  MEDLEY_ASSIGN_OR_RETURN(const auto workspace, OpenOrMake(arguments.folder));
  MEDLEY_ASSIGN_OR_RETURN(auto serving, serving::ServeOptionsOf(workspace));
  serving.port = arguments.port;
  MEDLEY_ASSIGN_OR_RETURN(const auto engine, pipeline::Engine::Open(workspace));
  CancelToken& stop = StopOnSignals();
  Status made;
  std::thread maker([&] {
    SharedProgress progress(MakeProgress(stderr), *engine);
    jobs::DemoOptions options = arguments.options;
    options.on_stage = [&] {
      if (auto reloaded = engine->Reload(); !reloaded)
        std::fprintf(stderr, "medley: %s\n", reloaded.error().message.c_str());
    };
    const auto report = jobs::MakeDemo(workspace, options, progress, stop);
    engine->ReportJob({}, 0, 0);
    if (report) {
      std::printf("%s\n", DumpJson(*report).c_str());
      std::fflush(stdout);
    } else if (report.error().code != ErrorCode::kCancelled) {
      // Without its data there is nothing to show: say why and stop.
      made = tl::unexpected(report.error());
      stop.Cancel();
    }
  });
  const Status served = serving::Serve(*engine, serving, stop, [](int port) {
    std::printf("Medley listens on http://127.0.0.1:%d\n", port);
    std::fflush(stdout);
  });
  stop.Cancel();
  maker.join();
  MEDLEY_RETURN_IF_ERROR(made);
  return served;
}

/// Makes the market up to a stage and leaves.
Status OnlyMake(DemoArguments& arguments) {
  MEDLEY_ASSIGN_OR_RETURN(const auto workspace, OpenOrMake(arguments.folder));
  for (int stage = 0; stage < jobs::kDemoStages; ++stage) {
    if (arguments.only == jobs::DemoStageName(static_cast<jobs::DemoStage>(stage)))
      arguments.options.last = static_cast<jobs::DemoStage>(stage);
  }
  const auto progress = MakeProgress(stderr);
  MEDLEY_ASSIGN_OR_RETURN(const Json report,
                          jobs::MakeDemo(workspace, arguments.options, *progress, StopOnSignals()));
  std::printf("%s\n", DumpJson(report).c_str());
  return {};
}

}  // namespace

void AddDemo(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<DemoArguments>();
  auto& market = arguments->options.market;
  auto* command = app.add_subcommand("demo",
                                     "A simulated market to try everything on: items with text, "
                                     "pictures, sounds, films; users; events; trained and served");
  command->add_option("--items", market.items, "How many items")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  command->add_option("--users", market.users, "How many users")
      ->check(CLI::Range(0, 10'000'000))
      ->capture_default_str();
  command->add_option("--seed", market.seed, "The same seed draws the same market")
      ->capture_default_str();
  command
      ->add_option("--folder",
                   arguments->folder,
                   "The workspace to make; one that is there goes on where it was")
      ->capture_default_str();
  command->add_option("-p,--port", arguments->port, "Port to serve on; 0: any free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command
      ->add_option(
          "--only", arguments->only, "Make the market up to this stage and leave without serving")
      ->check(CLI::IsMember({"draw", "import", "encode", "train"}));
  command->callback([&context, arguments] {
    const Status done = arguments->only.empty() ? ServeDemo(*arguments) : OnlyMake(*arguments);
    if (!done) context.Fail(done.error());
  });
}

}  // namespace medley::apps
