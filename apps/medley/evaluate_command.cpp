#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "apps/medley/figures.h"
#include "apps/medley/recommender_settings.h"
#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/evaluation/ablation.h"
#include "medley/evaluation/classes.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/fingerprint.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/report.h"
#include "medley/evaluation/run.h"
#include "medley/evaluation/split_files.h"
#include "medley/evaluation/subject.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/metrics/classification_report.h"
#include "medley/recommenders/recommender.h"

namespace medley::apps {
namespace {

struct EvaluateArguments {
  std::string protocol = "time";
  evaluation::SubjectRequest subject;
  evaluation::EvaluationRequest request;
  std::vector<std::string> settings;
  std::string baseline;
  std::string write_ranking;
  std::string save;
  std::filesystem::path report;
  std::optional<double> interested_from;
  bool ablation = false;
  bool json = false;
};

std::vector<std::string> FilesOf(const evaluation::SplitPaths& paths) {
  std::vector<std::string> out;
  const auto add = [&](const char* option, const std::filesystem::path& path) {
    if (!path.empty()) out.push_back(std::string(option) + " " + path.string());
  };
  add("--train", paths.train);
  add("--valid", paths.valid);
  add("--test", paths.test);
  add("--candidates", paths.candidates);
  for (const auto& mask : paths.masks) add("--mask", mask);
  return out;
}

void Print(const evaluation::Evaluated& one, const evaluation::Run& run) {
  std::printf("%s (%zu users, fitted in %.1f s%s)\n",
              one.name.c_str(),
              run.users.size(),
              one.fit_seconds,
              one.seeds > 1 ? (", mean of " + std::to_string(one.seeds) + " models").c_str() : "");
  for (const auto& [name, value] : one.settings)
    std::printf("  with %s = %s\n", name.c_str(), value.c_str());
  if (one.report) {
    const std::vector<std::string> names(std::begin(evaluation::kClassNames),
                                         std::end(evaluation::kClassNames));
    std::printf("%s", metrics::ToText(*one.report, names).c_str());
  }
  if (one.validation) std::printf("  validation ndcg@%zu %.4f\n", run.request.k(), *one.validation);
  if (!one.learned.is_null()) std::printf("  learned weights %s\n", DumpJson(one.learned).c_str());
  const char* sampled = run.request.negatives > 0 ? "  SAMPLED" : "";
  for (const auto& metric : one.metrics)
    PrintFigure(evaluation::MetricLabel(metric.metric, metric.k), metric.value, sampled);
  for (const auto& property : one.properties)
    PrintFigure(evaluation::MetricLabel(property.metric, property.k), property.value, sampled);
}

void Print(const evaluation::Run& run) {
  if (run.request.negatives > 0) {
    std::printf("ranking %s: not comparable with full rankings\n",
                evaluation::RankingLabel(run.request).c_str());
  }
  for (const auto& one : run.evaluated) Print(one, run);
  for (const auto& one : run.comparisons) {
    PrintGain(
        one.ours + " - " + one.theirs + ", " + evaluation::MetricLabel(one.metric, one.k) + ":",
        one);
  }
}

/// One file for one recommender; with several, each gets its name before the extension.
Status WriteRankings(const evaluation::Subject& subject,
                     const std::vector<evaluation::Evaluated>& evaluated,
                     const std::string& path) {
  for (const auto& one : evaluated) {
    std::filesystem::path file = path;
    if (evaluated.size() > 1)
      file.replace_filename(file.stem().string() + "." + one.name + file.extension().string());
    MEDLEY_RETURN_IF_ERROR(
        evaluation::WriteRanking(file, one.lists, subject.users.ids(), [&](ItemIndex item) {
          return std::string_view(subject.item_ids[item]);
        }));
  }
  return {};
}

/// By default what would be trained, of many what can be judged here; for ratings the user says
/// whose scores are such.
Status ChooseRecommenders(const evaluation::Subject& subject,
                          bool ratings,
                          evaluation::EvaluationRequest& request) {
  auto named = recommenders::NamesOf(
      request.recommenders.empty() ? std::vector<std::string>{"served"} : request.recommenders);
  if (named == request.recommenders) return {};
  if (ratings) {
    return Fail(
        ErrorCode::kInvalidInput,
        "--ratings judges recommenders whose scores are ratings, --interested-from such as say "
        "whether someone is interested: name them (medley evaluate biased_mf --ratings, medley "
        "evaluate interest logistic --interested-from 4)");
  }
  request.recommenders.clear();
  for (const auto& kind : recommenders::Recommenders()) {
    const bool is_named = std::find(named.begin(), named.end(), kind.name) != named.end();
    const bool is_fit =
        kind.features != recommenders::FeatureUse::kRequired || subject.features() != nullptr;
    if (is_named && kind.ranks && is_fit) request.recommenders.push_back(kind.name);
  }
  return {};
}

void Describe(const evaluation::Subject& subject, bool ratings, evaluation::Run& run) {
  const auto& fitted = ratings ? subject.ratings.train : subject.split.full;
  run.n_users = fitted.n_users();
  run.n_items = fitted.n_items();
  run.n_interactions = fitted.size();
  run.fingerprints = ratings ? FingerprintsOf(subject.ratings, subject.features(), subject.ids())
                             : FingerprintsOf(subject.split, subject.features(), subject.ids());
  const auto judged = ratings ? JudgedUsers(subject.ratings) : JudgedUsers(subject.split);
  for (const auto user : judged) run.users.push_back(subject.users.IdOf(user));
}

Status Judge(const evaluation::Subject& subject,
             const EvaluateArguments& arguments,
             evaluation::Run& run) {
  const auto progress = MakeProgress(stderr);
  if (run.ratings) {
    MEDLEY_ASSIGN_OR_RETURN(
        run.evaluated,
        run.interested_from
            ? EvaluateClasses(
                  subject.ratings, *run.interested_from, subject.features(), run.request, *progress)
            : EvaluateRatings(subject.ratings, subject.features(), run.request, *progress));
    run.comparisons = Compare(run.evaluated, nullptr, run.request);
    return {};
  }
  std::optional<evaluation::Evaluated> baseline;
  if (!arguments.baseline.empty()) {
    const auto find = [&](std::string_view id) { return subject.catalogue->Find(id); };
    MEDLEY_ASSIGN_OR_RETURN(const auto lists,
                            evaluation::ReadRanking(arguments.baseline, subject.users, find));
    baseline = JudgeLists("baseline", subject.split, lists, run.request);
  }
  const auto judge = arguments.ablation ? &evaluation::Ablate : &evaluation::Evaluate;
  MEDLEY_ASSIGN_OR_RETURN(run.evaluated,
                          judge(subject.split, subject.features(), run.request, *progress));
  run.comparisons = Compare(run.evaluated, baseline ? &*baseline : nullptr, run.request);
  return {};
}

Status RunOn(const storage::Workspace& workspace, EvaluateArguments arguments) {
  const bool files = !arguments.subject.files.test.empty();
  MEDLEY_ASSIGN_OR_RETURN(arguments.subject.protocol,
                          evaluation::ParseProtocol(arguments.protocol));
  if (!arguments.save.empty()) MEDLEY_RETURN_IF_ERROR(evaluation::CheckRunName(arguments.save));
  arguments.subject.seed = arguments.request.seed;
  if (arguments.interested_from) arguments.subject.ratings = true;
  evaluation::Run run{.name = arguments.save,
                      .version = MEDLEY_VERSION,
                      .made = FormatTime(NowMs()),
                      .protocol = files ? "files" : arguments.protocol,
                      .ratings = arguments.subject.ratings,
                      .interested_from = arguments.interested_from,
                      .files = FilesOf(arguments.subject.files),
                      .request = arguments.request};
  MEDLEY_ASSIGN_OR_RETURN(run.request.settings, ParseRecommenderSettings(arguments.settings));
  MEDLEY_ASSIGN_OR_RETURN(const auto subject,
                          evaluation::LoadSubject(workspace, arguments.subject));
  MEDLEY_RETURN_IF_ERROR(ChooseRecommenders(subject, run.ratings, run.request));
  Describe(subject, run.ratings, run);
  MEDLEY_RETURN_IF_ERROR(Judge(subject, arguments, run));
  if (!arguments.write_ranking.empty())
    MEDLEY_RETURN_IF_ERROR(WriteRankings(subject, run.evaluated, arguments.write_ranking));
  if (!arguments.save.empty()) MEDLEY_RETURN_IF_ERROR(SaveRun(run, workspace.root()));
  if (!arguments.report.empty()) MEDLEY_RETURN_IF_ERROR(WriteReport(run, arguments.report));
  if (arguments.json) {
    std::printf("%s\n", DumpJson(ToJson(run, false)).c_str());
  } else {
    Print(run);
  }
  return {};
}

void RunEvaluate(Context& context, const EvaluateArguments& arguments) {
  auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  if (auto done = RunOn(*workspace, arguments); !done) context.Fail(done.error());
}

void AddSplitOptions(CLI::App& command, EvaluateArguments& arguments) {
  auto& files = arguments.subject.files;
  command.add_option("--protocol",
                     arguments.protocol,
                     "How the workspace's events are split: time, leave-one-out, random, "
                     "cold-items, cold-users");
  auto* train = command.add_option(
      "--train", files.train, "Instead: a split made elsewhere, lines of user, item, rating, time");
  auto* test = command.add_option("--test", files.test, "Its test part");
  train->needs(test);
  test->needs(train);
  command
      .add_option("--valid",
                  files.valid,
                  "Its validation part: tuning looks at it, the final model is fitted on it too")
      ->needs(test);
  command.add_option("--candidates", files.candidates, "Rank only these items, one a line")
      ->needs(test);
  command.add_option("--valid-candidates", files.valid_candidates, "The same while tuning")
      ->needs(test);
  command
      .add_option("--mask", files.masks, "Never rank a user's items of this file (may be repeated)")
      ->needs(test);
  command
      .add_option("--positive-from",
                  files.positive_from,
                  "Ratings below this are against the item (default: every event is for it)")
      ->needs(test);
  command.add_flag("--ratings",
                   arguments.subject.ratings,
                   "Predict ratings (RMSE, MAE) instead of ranking; name recommenders whose scores "
                   "are ratings");
  command
      .add_option("--interested-from",
                  arguments.interested_from,
                  "Say of each rating of the test whether it is this much or less, instead of "
                  "ranking: precision, recall, F1, accuracy; where \"yes\" begins is chosen on the "
                  "validation part")
      ->excludes("--ratings");
}

void AddOutputOptions(CLI::App& command, EvaluateArguments& arguments) {
  auto& request = arguments.request;
  command.add_option("--length", request.length, "Items a user in --write-ranking")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}));
  command.add_option("--baseline",
                     arguments.baseline,
                     "A ranking to compare with, \"user item item ...\" best first");
  command.add_option("--write-ranking", arguments.write_ranking, "Write the lists in that format");
  command.add_option(
      "--report", arguments.report, "Write a page with plots and report.json into this folder");
  command.add_option(
      "--save", arguments.save, "Keep the run under this name, for `medley compare`");
  command.add_flag("--json", arguments.json, "Print JSON");
}

/// What is of lists says nothing of pairs.
void KeepListsApart(CLI::App& command) {
  for (const auto* of_lists : {"--candidates",
                               "--valid-candidates",
                               "--mask",
                               "--positive-from",
                               "--baseline",
                               "--write-ranking"})
    for (const auto* of_pairs : {"--ratings", "--interested-from"})
      command.get_option(of_pairs)->excludes(command.get_option(of_lists));
}

}  // namespace

void AddEvaluate(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<EvaluateArguments>();
  auto& request = arguments->request;
  auto* command = app.add_subcommand(
      "evaluate", "Judge recommenders on what they have not seen, with 95 % intervals over users");
  command->add_option(
      "name", request.recommenders, "Recommenders to judge, or all (default: those served from)");
  AddSplitOptions(*command, *arguments);
  command->add_option(
      "--set", arguments->settings, "recommender.parameter=value (may be repeated)");
  command->add_flag(
      "--ablation",
      arguments->ablation,
      "Take one recommender apart: without each modality, with each alone, with every "
      "fusion, each compared with everything");
  command->add_flag(
      "--tune", request.tune, "Choose the parameters that rank the validation part best");
  command->add_option("-k,--k", request.ks, "Places that count (10,20: both; the first leads)")
      ->delimiter(',')
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}));
  command->add_option("--seed", request.seed, "Of splits, models and intervals");
  command
      ->add_option("--seeds",
                   request.seeds,
                   "Fit so many models with seeds from --seed on; users' values are averaged first")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100}));
  command
      ->add_option("--negatives",
                   request.negatives,
                   "Rank among so many sampled items only, to compare with figures made that way; "
                   "every output says so")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  AddOutputOptions(*command, *arguments);
  KeepListsApart(*command);
  command->footer(DescribeRecommenders());
  command->callback([&context, arguments] { RunEvaluate(context, *arguments); });
}

}  // namespace medley::apps
