#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "apps/medley/recommender_settings.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/threads.h"
#include "medley/jobs/train_job.h"

namespace medley::apps {
namespace {

struct TrainArguments {
  std::vector<std::string> names;
  std::vector<std::string> settings;
  std::optional<std::uint64_t> seed;
  bool again = false;
  bool measure = false;
};

CancelToken& Interrupted() {
  static CancelToken token;
  return token;
}

const char* OutcomeName(jobs::TrainReport::Outcome outcome) {
  switch (outcome) {
    case jobs::TrainReport::Outcome::kTrained:
      return "trained";
    case jobs::TrainReport::Outcome::kUnchanged:
      return "unchanged";
    case jobs::TrainReport::Outcome::kSkipped:
      return "skipped";
  }
  return "";
}

void Print(const jobs::TrainReport& report) {
  Json models = Json::object();
  for (const auto& model : report.models) {
    Json& out = models[model.name] = {{"outcome", OutcomeName(model.outcome)},
                                      {"version", model.version},
                                      {"seconds", model.seconds}};
    if (!model.reason.empty()) {
      out["reason"] = model.reason;
      std::fprintf(stderr, "medley: %s left out: %s\n", model.name.c_str(), model.reason.c_str());
    }
    if (!model.metrics.is_null()) out["metrics"] = model.metrics;
  }
  const Json out = {{"models", models},
                    {"users", report.users},
                    {"items", report.items},
                    {"interactions", report.interactions},
                    {"seconds", report.seconds}};
  std::printf("%s\n", DumpJson(out).c_str());
}

void RunTrain(Context& context, const TrainArguments& arguments) {
  auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  const auto settings = ParseRecommenderSettings(arguments.settings);
  if (!settings) return context.Fail(settings.error());
  const jobs::TrainOptions options{
      arguments.names, *settings, arguments.seed, arguments.again, arguments.measure};
  std::signal(SIGINT, [](int) { Interrupted().Cancel(); });
  const auto progress = MakeProgress(stderr);
  const auto report = jobs::TrainModels(*workspace, options, *progress, Interrupted());
  if (!report) return context.Fail(report.error());
  Print(*report);
}

}  // namespace

void AddTrain(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<TrainArguments>();
  auto* command = app.add_subcommand("train",
                                     "Train the recommenders that the data can carry, or those "
                                     "named; what has not changed stays");
  command->add_option(
      "name",
      arguments->names,
      "Recommenders to train, or all (default: those served from, or [train] recommenders)");
  command->add_option(
      "--set", arguments->settings, "recommender.parameter=value (may be repeated)");
  command->add_option("--seed",
                      arguments->seed,
                      "The same seed and data give the same models (default: [train] seed)");
  command->add_flag("--again", arguments->again, "Also what has not changed");
  command->add_flag(
      "--measure",
      arguments->measure,
      "Judge each on the last eighth of every history and put the figures into its manifest");
  command->footer(DescribeRecommenders());
  command->callback([&context, arguments] { RunTrain(context, *arguments); });
}

}  // namespace medley::apps
