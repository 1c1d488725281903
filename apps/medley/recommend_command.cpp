#include <CLI/CLI.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/core/json.h"
#include "medley/data/catalogue.h"
#include "medley/pipeline/engine.h"
#include "medley/serving/answer_json.h"

namespace medley::apps {
namespace {

struct RecommendArguments {
  pipeline::RecommendRequest request;
  bool explain = false;
  bool json = false;
  double write_seconds = 0;
};

void Print(const pipeline::Recommendations& answer, const RecommendArguments& arguments) {
  if (!answer.personal)
    std::printf("Nothing is known of %s yet; this is what many like.\n", answer.user.c_str());
  std::size_t rank = 0;
  for (const auto& shown : answer.items) {
    const std::string title = data::DisplayTitle(shown.item, shown.explanation.locale);
    std::printf("%3zu  %-12s  %s\n", ++rank, shown.item.id.c_str(), title.c_str());
    if (arguments.explain) std::printf("     %s\n", shown.explanation.sentence.c_str());
  }
}

void RunRecommend(Context& context, const RecommendArguments& arguments) {
  const auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  const auto engine = pipeline::Engine::Open(*workspace, {.rewrite = arguments.write_seconds > 0});
  if (!engine) return context.Fail(engine.error());
  auto request = arguments.request;
  request.wait_for_sentences =
      std::chrono::milliseconds(static_cast<std::int64_t>(arguments.write_seconds * 1000));
  const auto answer = (*engine)->Recommend(request);
  if (!answer) return context.Fail(answer.error());
  if (arguments.json) {
    std::printf("%s\n", DumpJson(serving::ToJson(*answer, arguments.explain)).c_str());
  } else {
    Print(*answer, arguments);
  }
}

}  // namespace

void AddRecommend(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<RecommendArguments>();
  auto& request = arguments->request;
  auto* command = app.add_subcommand("recommend", "Recommend items to a user");
  command->add_option("--user", request.user, "The user's id")->required();
  command->add_option("-n", request.n, "How many")->capture_default_str();
  command->add_option(
      "--recommender", request.recommender, "Which recommender ranks (default: the best trained)");
  command->add_option("--kind", request.kind, "Only items of this kind");
  command->add_option("--category", request.category, "Only items of this category");
  command->add_option(
      "--locale", request.locale, "Language of titles and reasons: en or zh (default: the user's)");
  command->add_flag("--explain", arguments->explain, "Say why, item by item");
  command
      ->add_option("--write",
                   arguments->write_seconds,
                   "Wait up to so many seconds for the language model to word the reasons")
      ->check(CLI::Range(0.0, 86400.0));
  command->add_flag("--json", arguments->json, "Everything as JSON: scores, evidence, versions");
  command->callback([&context, arguments] { RunRecommend(context, *arguments); });
}

}  // namespace medley::apps
