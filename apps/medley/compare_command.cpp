#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "apps/medley/figures.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/evaluation/compare_runs.h"
#include "medley/evaluation/run.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/text/display.h"

namespace medley::apps {
namespace {

constexpr std::size_t kMaxNameLetters = 60;

struct CompareArguments {
  std::vector<std::string> runs;
  std::uint64_t seed = 1;
  bool json = false;
};

/// Ids and names come out of files: nothing in them may steer the terminal.
std::string Shown(const std::string& text) { return text::DisplayText(text, kMaxNameLetters); }

/// A file, a folder with a report.json, or the name of a run that the workspace keeps.
std::filesystem::path FileOf(const std::filesystem::path& workspace, const std::string& run) {
  const std::filesystem::path path = run;
  if (std::filesystem::is_directory(path)) return path / "report.json";
  if (std::filesystem::exists(path)) return path;
  return evaluation::SavedRunFile(workspace, run);
}

/// The run's name as a label: the folder's for a report, the file's without its ending else.
std::string LabelOf(const std::string& run) {
  std::filesystem::path path = run;
  if (path.filename() == "report.json") path = path.parent_path();
  if (!path.has_filename()) path = path.parent_path();
  const auto label = path.extension() == ".json" ? path.stem() : path.filename();
  return label.empty() ? run : label.string();
}

void PrintMetrics(const evaluation::RunComparison& comparison) {
  for (const auto& run : comparison.runs) {
    std::printf("%s (%zu users; protocol %s; ranking %s)\n",
                Shown(run.label).c_str(),
                run.users.size(),
                Shown(run.protocol).c_str(),
                Shown(run.ranking).c_str());
    for (const auto& metric : run.metrics)
      PrintFigure(Shown(evaluation::MetricLabel(metric.metric, metric.k)), metric.value);
  }
}

void PrintDifferences(const evaluation::RunComparison& comparison) {
  if (!comparison.differing.empty()) std::printf("What differs:\n");
  for (const auto& [name, values] : comparison.differing) {
    std::printf("  %s:", Shown(name).c_str());
    for (const auto& value : values) std::printf(" %s", value.empty() ? "-" : Shown(value).c_str());
    std::printf("\n");
  }
}

void PrintGains(const evaluation::RunComparison& comparison) {
  for (const auto& one : comparison.gains) {
    const auto metric = evaluation::MetricLabel(one.metric, one.k);
    PrintGain(Shown(one.ours) + " - " + Shown(one.theirs) + ", " + Shown(metric) + ":", one);
  }
  for (const auto& why : comparison.refused)
    std::fprintf(stderr, "medley: not compared: %s\n", Shown(why).c_str());
}

Status RunOn(Context& context, const CompareArguments& arguments) {
  std::vector<evaluation::SavedRun> runs;
  for (const auto& name : arguments.runs) {
    MEDLEY_ASSIGN_OR_RETURN(auto loaded,
                            evaluation::LoadRun(FileOf(context.workspace, name), LabelOf(name)));
    std::move(loaded.begin(), loaded.end(), std::back_inserter(runs));
  }
  if (runs.size() < 2)
    return Fail(ErrorCode::kInvalidInput,
                "there is only one recommender in it: nothing to compare");
  const auto comparison = evaluation::CompareRuns(std::move(runs), arguments.seed);
  if (arguments.json) {
    std::printf("%s\n", DumpJson(ToJson(comparison)).c_str());
  } else {
    PrintMetrics(comparison);
    PrintDifferences(comparison);
    PrintGains(comparison);
  }
  if (!comparison.refused.empty()) context.exit_status = 1;
  return {};
}

}  // namespace

void AddCompare(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<CompareArguments>();
  auto* command = app.add_subcommand(
      "compare",
      "Runs of `medley evaluate` side by side: figures, what differs, gains over the first one");
  command
      ->add_option("run",
                   arguments->runs,
                   "Names given to --save, folders of --report, or their report.json")
      ->required();
  command->add_option("--seed", arguments->seed, "Of the intervals");
  command->add_flag("--json", arguments->json, "Print JSON");
  command->callback([&context, arguments] {
    if (auto done = RunOn(context, *arguments); !done) context.Fail(done.error());
  });
}

}  // namespace medley::apps
