#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "apps/medley/stop_signal.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/jobs/enrich_job.h"
#include "medley/jobs/profile_job.h"

namespace medley::apps {
namespace {

struct EnrichArguments {
  std::vector<std::string> readers = {"rules"};
  std::vector<std::string> items;
  std::string show;
  std::string pictures = jobs::EnrichOptions().pictures;
  std::size_t limit = 0;
  bool again = false;
  bool users = false;
  double seconds = 120;
};

Json ToJson(const jobs::EnrichReport::Source& source) {
  Json out = {{"source", source.name},
              {"items_read", source.read},
              {"items_unchanged", source.unchanged},
              {"items_failed", source.failed},
              {"triples",
               {{"added", source.triples.added},
                {"changed", source.triples.changed},
                {"unchanged", source.triples.unchanged}}},
              {"relations", source.relations},
              {"seconds", source.seconds}};
  if (source.model.calls > 0 || !source.error.empty()) {
    out["model"] = {{"calls", source.model.calls},
                    {"prompt_tokens", source.model.prompt_tokens},
                    {"tokens", source.model.tokens},
                    {"seconds", source.model.seconds},
                    {"statements_refused", source.refused},
                    {"statements_invented", source.model.invented}};
  }
  if (!source.error.empty()) out["error"] = source.error;
  return out;
}

Status Enrich(Context& context, const EnrichArguments& arguments) {
  const std::map<std::string, jobs::Reader> readers = {{"rules", jobs::Reader::kRules},
                                                       {"verified", jobs::Reader::kVerified},
                                                       {"model", jobs::Reader::kModel}};
  MEDLEY_ASSIGN_OR_RETURN(const auto workspace, context.OpenWorkspace());
  jobs::EnrichOptions options{.items = arguments.items,
                              .limit = arguments.limit,
                              .again = arguments.again,
                              .model_seconds = arguments.seconds,
                              .pictures = arguments.pictures == "none" ? "" : arguments.pictures};
  options.readers.clear();
  for (const auto& name : arguments.readers) options.readers.push_back(readers.at(name));
  const auto progress = MakeProgress(stderr);
  MEDLEY_ASSIGN_OR_RETURN(const auto report,
                          jobs::EnrichCatalogue(workspace, options, *progress, StopOnSignals()));
  Json out = {{"sources", Json::array()}, {"digests", report.digests}, {"seconds", report.seconds}};
  for (const auto& source : report.sources) {
    out["sources"].push_back(ToJson(source));
    if (source.failed == 0) continue;
    context.exit_status = 1;
    std::fprintf(stderr,
                 "medley: %s gave no answer for %zu items; the next run asks again%s%s\n",
                 source.name.c_str(),
                 source.failed,
                 source.error.empty() ? "" : ": ",
                 source.error.c_str());
  }
  const auto& pictures = report.pictures;
  if (pictures.read + pictures.unchanged + pictures.failed > 0)
    out["pictures"] = {{"model", options.pictures},
                       {"read", pictures.read},
                       {"unchanged", pictures.unchanged},
                       {"failed", pictures.failed},
                       {"labels", pictures.labels},
                       {"seconds", pictures.seconds}};
  if (!report.no_pictures.empty())
    std::fprintf(stderr, "medley: pictures were not read: %s\n", report.no_pictures.c_str());
  if (arguments.users) {
    MEDLEY_ASSIGN_OR_RETURN(const auto profiles,
                            jobs::MakeProfiles(workspace, *progress, StopOnSignals()));
    out["profiles"] = {
        {"made", profiles.made}, {"unchanged", profiles.unchanged}, {"seconds", profiles.seconds}};
  }
  std::printf("%s\n", DumpJson(out).c_str());
  return {};
}

/// Keywords, summary and tags of one item.
Status Show(const Context& context, const std::string& id) {
  MEDLEY_ASSIGN_OR_RETURN(const auto workspace, context.OpenWorkspace());
  MEDLEY_ASSIGN_OR_RETURN(const auto item, workspace.store().GetItem(id));
  MEDLEY_ASSIGN_OR_RETURN(const Json digest, jobs::StoredDigest(workspace, item));
  if (digest.is_null())
    return Fail(ErrorCode::kNotFound, "nothing was made of item '" + id + "' yet: medley enrich");
  std::printf("%s\n", DumpJson(digest).c_str());
  return {};
}

struct ProfileArguments {
  std::string user;
  std::string locale = "en";
  double seconds = 0;
  bool json = false;
};

Status PrintProfile(const Context& context, const ProfileArguments& arguments) {
  MEDLEY_ASSIGN_OR_RETURN(const auto workspace, context.OpenWorkspace());
  MEDLEY_ASSIGN_OR_RETURN(
      const Json profile,
      jobs::UserProfile(workspace, arguments.user, arguments.locale, arguments.seconds));
  std::printf(
      "%s\n",
      arguments.json ? DumpJson(profile).c_str() : profile["sentence"].get<std::string>().c_str());
  return {};
}

}  // namespace

void AddEnrich(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<EnrichArguments>();
  auto* command = app.add_subcommand(
      "enrich",
      "Read what items' texts say: statements with their places in the text for the knowledge "
      "graph, keywords, summaries; goes on where it was stopped");
  command
      ->add_option("--reader",
                   arguments->readers,
                   "rules; verified (rules, and the language model says yes or no to each); model "
                   "(the language model reads by itself). May be repeated")
      ->check(CLI::IsMember({"rules", "verified", "model"}))
      ->capture_default_str();
  command->add_option("--item", arguments->items, "Only this one (may be repeated)");
  command->add_option("--show", arguments->show, "Only print an item's keywords, summary and tags");
  command
      ->add_option("--pictures",
                   arguments->pictures,
                   "Who says what pictures show: the pack's efficientnet-lite0 (ImageNet's 1,000 "
                   "classes), a classifier that `medley models train head` made, or none")
      ->capture_default_str();
  command->add_option("--limit", arguments->limit, "So many items that need it; 0: all")
      ->capture_default_str();
  command->add_flag("--again", arguments->again, "Also what has not changed");
  command->add_flag("--users", arguments->users, "Also every user's profile in words");
  command->add_option("--seconds", arguments->seconds, "For one answer of a language model")
      ->check(CLI::Range(0.001, 86400.0))
      ->capture_default_str();
  command->callback([&context, arguments] {
    const auto done =
        arguments->show.empty() ? Enrich(context, *arguments) : Show(context, arguments->show);
    if (!done) context.Fail(done.error());
  });
}

void AddProfile(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<ProfileArguments>();
  auto* command = app.add_subcommand("profile", "What a user's behaviour says they like, in words");
  command->add_option("--user", arguments->user, "The user's id")->required();
  command->add_option("--locale", arguments->locale, "en or zh")->capture_default_str();
  command
      ->add_option("--write",
                   arguments->seconds,
                   "So many seconds for the language model to word it; 0: the template's words")
      ->check(CLI::Range(0.0, 86400.0));
  command->add_flag("--json", arguments->json, "Everything, with the figures it rests on");
  command->callback([&context, arguments] {
    if (const auto done = PrintProfile(context, *arguments); !done) context.Fail(done.error());
  });
}

}  // namespace medley::apps
