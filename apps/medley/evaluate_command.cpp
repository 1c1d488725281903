#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "apps/medley/recommender_settings.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/split_files.h"
#include "medley/metrics/interval.h"
#include "medley/pipeline/snapshot.h"
#include "medley/recommenders/recommender.h"

namespace medley::apps {
namespace {

struct EvaluateArguments {
  std::string protocol = "time";
  evaluation::SplitPaths files;
  evaluation::EvaluationRequest request;
  std::vector<std::string> settings;
  std::string baseline;
  std::string write_ranking;
  bool json = false;
};

/// What is evaluated: the split, and the ids of its users.
struct Subject {
  std::shared_ptr<const pipeline::Catalogue> catalogue;
  evaluation::Split split;
  IdMap users;
};

Result<Subject> LoadSubject(const storage::Workspace& workspace,
                            const EvaluateArguments& arguments) {
  Subject subject;
  MEDLEY_ASSIGN_OR_RETURN(subject.catalogue, pipeline::LoadCatalogue(workspace));
  const auto& catalogue = *subject.catalogue;
  if (!arguments.files.test.empty()) {
    const auto find = [&](std::string_view id) { return catalogue.Find(id); };
    MEDLEY_ASSIGN_OR_RETURN(auto loaded,
                            evaluation::LoadSplit(arguments.files, catalogue.items.size(), find));
    subject.split = std::move(loaded.split);
    subject.users = std::move(loaded.users);
    return subject;
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto protocol, evaluation::ParseProtocol(arguments.protocol));
  MEDLEY_ASSIGN_OR_RETURN(const auto behaviour, pipeline::LoadBehaviour(workspace, catalogue));
  std::vector<std::string> ids;
  ids.reserve(catalogue.items.size());
  for (const auto& item : catalogue.items) ids.push_back(item.id);
  subject.split =
      evaluation::MakeSplit(behaviour->interactions, protocol, ids, arguments.request.seed);
  subject.users = behaviour->users;
  return subject;
}

Json ToJson(const metrics::Interval& interval) {
  return {{"mean", interval.mean}, {"low", interval.low}, {"high", interval.high}};
}

Json ToJson(const std::vector<evaluation::Evaluated>& evaluated,
            const std::vector<evaluation::Comparison>& comparisons,
            std::size_t k) {
  Json out = {{"k", k}, {"recommenders", Json::array()}, {"comparisons", Json::array()}};
  for (const auto& one : evaluated) {
    Json entry = {{"name", one.name},
                  {"settings", one.settings},
                  {"users", one.scores.users.size()},
                  {"fit_seconds", one.fit_seconds},
                  {"learned", one.learned}};
    if (one.validation) entry["validation_ndcg"] = *one.validation;
    for (const auto& [name, interval] : one.metrics) entry["metrics"][name] = ToJson(interval);
    for (const auto& [name, value] : one.properties) entry["properties"][name] = value;
    out["recommenders"].push_back(std::move(entry));
  }
  for (const auto& one : comparisons) {
    out["comparisons"].push_back({{"ours", one.ours},
                                  {"theirs", one.theirs},
                                  {"metric", one.metric},
                                  {"gain", ToJson(one.gain)},
                                  {"excludes_0", one.gain.ExcludesZero()}});
  }
  return out;
}

void PrintTable(const std::vector<evaluation::Evaluated>& evaluated,
                const std::vector<evaluation::Comparison>& comparisons,
                std::size_t k) {
  for (const auto& one : evaluated) {
    std::printf("%s (%zu users, fitted in %.1f s)\n",
                one.name.c_str(),
                one.scores.users.size(),
                one.fit_seconds);
    for (const auto& [name, value] : one.settings)
      std::printf("  with %s = %s\n", name.c_str(), value.c_str());
    if (one.validation) std::printf("  validation ndcg@%zu %.4f\n", k, *one.validation);
    if (!one.learned.is_null())
      std::printf("  learned weights %s\n", DumpJson(one.learned).c_str());
    for (const auto& [name, interval] : one.metrics) {
      const std::string label = name == "auc" ? name : name + "@" + std::to_string(k);
      std::printf("  %-14s %.4f  [%.4f, %.4f]\n",
                  label.c_str(),
                  interval.mean,
                  interval.low,
                  interval.high);
    }
    for (const auto& [name, value] : one.properties)
      std::printf("  %-14s %.4f\n", name.c_str(), value);
  }
  for (const auto& one : comparisons) {
    std::printf("%s - %s, %s@%zu: %+.4f  [%+.4f, %+.4f]  %s 0\n",
                one.ours.c_str(),
                one.theirs.c_str(),
                one.metric.c_str(),
                k,
                one.gain.mean,
                one.gain.low,
                one.gain.high,
                one.gain.ExcludesZero() ? "excludes" : "includes");
  }
}

/// One file for one recommender; with several, each gets its name before the extension.
Status WriteRankings(const Subject& subject,
                     const std::vector<evaluation::Evaluated>& evaluated,
                     const std::string& path) {
  for (const auto& one : evaluated) {
    std::filesystem::path file = path;
    if (evaluated.size() > 1)
      file.replace_filename(file.stem().string() + "." + one.name + file.extension().string());
    MEDLEY_RETURN_IF_ERROR(
        evaluation::WriteRanking(file, one.lists, subject.users.ids(), [&](ItemIndex item) {
          return std::string_view(subject.catalogue->items[item].id);
        }));
  }
  return {};
}

Status RunOn(const storage::Workspace& workspace, const EvaluateArguments& arguments) {
  auto request = arguments.request;
  MEDLEY_ASSIGN_OR_RETURN(request.settings, ParseRecommenderSettings(arguments.settings));
  MEDLEY_ASSIGN_OR_RETURN(const auto subject, LoadSubject(workspace, arguments));
  const auto& features = subject.catalogue->features;
  const bool has_features = !features.attribute_names.empty() || !features.spaces.empty();
  if (request.recommenders.empty()) {
    for (const auto& kind : recommenders::Recommenders()) {
      if (kind.name != "content" || has_features) request.recommenders.push_back(kind.name);
    }
  }
  std::vector<std::vector<std::uint32_t>> baseline;
  if (!arguments.baseline.empty()) {
    const auto find = [&](std::string_view id) { return subject.catalogue->Find(id); };
    MEDLEY_ASSIGN_OR_RETURN(baseline,
                            evaluation::ReadRanking(arguments.baseline, subject.users, find));
  }
  const auto progress = MakeProgress(stderr);
  MEDLEY_ASSIGN_OR_RETURN(
      const auto evaluated,
      evaluation::Evaluate(subject.split, has_features ? &features : nullptr, request, *progress));
  const auto comparisons = evaluation::Compare(subject.split, evaluated, request.k, baseline);
  if (!arguments.write_ranking.empty())
    MEDLEY_RETURN_IF_ERROR(WriteRankings(subject, evaluated, arguments.write_ranking));
  if (arguments.json) {
    std::printf("%s\n", DumpJson(ToJson(evaluated, comparisons, request.k)).c_str());
  } else {
    PrintTable(evaluated, comparisons, request.k);
  }
  return {};
}

void RunEvaluate(Context& context, const EvaluateArguments& arguments) {
  auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  if (auto done = RunOn(*workspace, arguments); !done) context.Fail(done.error());
}

}  // namespace

void AddEvaluate(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<EvaluateArguments>();
  auto& request = arguments->request;
  auto& files = arguments->files;
  auto* command = app.add_subcommand(
      "evaluate", "Judge recommenders on what they have not seen, with 95 % intervals over users");
  command->add_option("name", request.recommenders, "Recommenders to judge (default: all)");
  command->add_option(
      "--protocol",
      arguments->protocol,
      "How the workspace's events are split: time, leave-one-out, random, cold-items");
  auto* train = command->add_option(
      "--train", files.train, "Instead: a split made elsewhere, lines of user, item, rating, time");
  auto* test = command->add_option("--test", files.test, "Its test part");
  train->needs(test);
  test->needs(train);
  command
      ->add_option("--valid",
                   files.valid,
                   "Its validation part: tuning looks at it, the final model is fitted on it too")
      ->needs(test);
  command->add_option("--candidates", files.candidates, "Rank only these items, one a line")
      ->needs(test);
  command->add_option("--valid-candidates", files.valid_candidates, "The same while tuning")
      ->needs(test);
  command
      ->add_option(
          "--mask", files.masks, "Never rank a user's items of this file (may be repeated)")
      ->needs(test);
  command
      ->add_option("--positive-from",
                   files.positive_from,
                   "Ratings below this are against the item (default: every event is for it)")
      ->needs(test);
  command->add_option(
      "--set", arguments->settings, "recommender.parameter=value (may be repeated)");
  command->add_flag(
      "--tune", request.tune, "Choose the parameters that rank the validation part best");
  command->add_option("-k", request.k, "Places that count")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}));
  command->add_option("--length", request.length, "Items a user in --write-ranking")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}));
  command->add_option("--seed", request.seed, "Of splits, models and intervals");
  command->add_option("--baseline",
                      arguments->baseline,
                      "A ranking to compare with, \"user item item ...\" best first");
  command->add_option(
      "--write-ranking", arguments->write_ranking, "Write the lists in that format");
  command->add_flag("--json", arguments->json, "Print JSON");
  command->footer(DescribeRecommenders());
  command->callback([&context, arguments] { RunEvaluate(context, *arguments); });
}

}  // namespace medley::apps
