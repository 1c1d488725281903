#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "apps/medley/figures.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/evaluation/comparison.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/score_files.h"
#include "medley/evaluation/user_metrics.h"

namespace medley::apps {
namespace {

struct ScoreArguments {
  evaluation::RankingFiles files;
  evaluation::EvaluationRequest request;
  std::filesystem::path predictions;
  double threshold = 0.5;
  bool users = false;
  bool json = false;
};

Json ToJson(const evaluation::ScoredRankings& scored, bool with_users) {
  Json out = {{"users", scored.users.size()}, {"ranking", "as given"}};
  for (const auto& metric : scored.metrics)
    out["metrics"][evaluation::MetricLabel(metric.metric, metric.k)] = ToJson(metric.value);
  for (const auto& property : scored.properties)
    out["metrics"][evaluation::MetricLabel(property.metric, property.k)] = property.value;
  for (const auto& gain : scored.gains)
    out["gains"][evaluation::MetricLabel(gain.metric, gain.k)] = GainToJson(gain);
  if (!with_users) return out;
  out["user_ids"] = scored.users;
  for (const auto& column : scored.columns)
    out["user_values"][evaluation::MetricLabel(column.metric, column.k)] = column.values;
  return out;
}

void Print(const evaluation::ScoredRankings& scored) {
  std::printf("%zu users\n", scored.users.size());
  for (const auto& metric : scored.metrics)
    PrintFigure(evaluation::MetricLabel(metric.metric, metric.k), metric.value);
  for (const auto& property : scored.properties)
    PrintFigure(evaluation::MetricLabel(property.metric, property.k), property.value);
  for (const auto& gain : scored.gains) {
    auto label = "  gain " + evaluation::MetricLabel(gain.metric, gain.k);
    label.resize(std::max<std::size_t>(label.size(), 25), ' ');
    PrintGain(label, gain);
  }
}

Status RunPredictions(const ScoreArguments& arguments) {
  MEDLEY_ASSIGN_OR_RETURN(const auto scored,
                          evaluation::ScorePredictions(arguments.predictions, arguments.threshold));
  if (arguments.json) {
    Json out = {{"pairs", scored.pairs}, {"labels", scored.labels}};
    for (const auto& [name, value] : scored.values) out["metrics"][name] = value;
    std::printf("%s\n", DumpJson(out).c_str());
    return {};
  }
  std::printf("%zu pairs\n", scored.pairs);
  for (const auto& [name, value] : scored.values) PrintFigure(name, value);
  return {};
}

Status RunScore(const ScoreArguments& arguments) {
  if (!arguments.predictions.empty()) return RunPredictions(arguments);
  if (arguments.files.test.empty() || arguments.files.rankings.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "give --test FILE and --ranking FILE, or --predictions FILE");
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto scored,
                          evaluation::ScoreRankings(arguments.files, arguments.request));
  if (arguments.json) {
    std::printf("%s\n", DumpJson(ToJson(scored, arguments.users)).c_str());
  } else {
    Print(scored);
  }
  return {};
}

void AddRankingOptions(CLI::App& command, ScoreArguments& arguments) {
  auto& files = arguments.files;
  command.add_option("--test", files.test, "What users went for: lines of user, item");
  command.add_option("--ranking",
                     files.rankings,
                     "\"user item item ...\" best first; given several times, each user's values "
                     "are averaged first");
  command.add_option("--base", files.bases, "Such a ranking, to compare with user by user");
  command.add_option(
      "--mask", files.masks, "Items that a user has in this file are taken out of the rankings");
  command.add_option("--train",
                     files.train,
                     "Who had what: for novelty, serendipity and, with --categories, calibration");
  command.add_option(
      "--categories", files.categories, "Lines of item, category: for diversity and calibration");
  command.add_option("-k,--k", arguments.request.ks, "Places that count (10,20: both)")
      ->delimiter(',')
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}));
  command.add_option("--seed", arguments.request.seed, "Of the intervals");
  command.add_flag("--users", arguments.users, "Every user's values too, in JSON");
}

}  // namespace

void AddScore(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<ScoreArguments>();
  auto* command = app.add_subcommand("score",
                                     "Judge rankings or predictions that anyone made, from files "
                                     "alone (docs/reference/metrics.md)");
  AddRankingOptions(*command, *arguments);
  command->add_option("--predictions",
                      arguments->predictions,
                      "Instead: lines of user, item, truth, prediction; truths of 0 and 1 are "
                      "labels, others ratings");
  command->add_option(
      "--threshold", arguments->threshold, "The probability from which a label is predicted");
  command->add_flag("--json", arguments->json, "Print JSON");
  command->callback([&context, arguments] {
    if (auto done = RunScore(*arguments); !done) context.Fail(done.error());
  });
}

}  // namespace medley::apps
