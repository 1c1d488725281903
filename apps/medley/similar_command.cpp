#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/core/json.h"
#include "medley/data/catalogue.h"
#include "medley/pipeline/engine.h"
#include "medley/serving/answer_json.h"

namespace medley::apps {
namespace {

struct SimilarArguments {
  std::string item;
  std::size_t n = 10;
  std::string locale = "en";
  bool json = false;
};

void RunSimilar(Context& context, const SimilarArguments& arguments) {
  const auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  const auto engine = pipeline::Engine::Open(*workspace);
  if (!engine) return context.Fail(engine.error());
  const auto items = (*engine)->Similar(arguments.item, arguments.n, arguments.locale);
  if (!items) return context.Fail(items.error());
  if (arguments.json) {
    Json shown = Json::array();
    for (const auto& item : *items)
      shown.push_back(serving::ToJson(item, /*with_explanation=*/true));
    std::printf("%s\n", DumpJson({{"items", std::move(shown)}}).c_str());
    return;
  }
  if (items->empty())
    std::printf(
        "Nothing is known that resembles %s; medley encode makes the vectors that are compared.\n",
        arguments.item.c_str());
  std::size_t rank = 0;
  for (const auto& shown : *items) {
    const std::string title = data::DisplayTitle(shown.item, arguments.locale);
    std::printf("%3zu  %-12s  %s\n", ++rank, shown.item.id.c_str(), title.c_str());
    if (!shown.explanation.sentence.empty())
      std::printf("     %s\n", shown.explanation.sentence.c_str());
  }
}

}  // namespace

void AddSimilar(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<SimilarArguments>();
  auto* command = app.add_subcommand(
      "similar", "Find items like one item, by their vectors and by who deals with them");
  command->add_option("item", arguments->item, "The item's id")->required();
  command->add_option("-n", arguments->n, "How many")->capture_default_str();
  command->add_option("--locale", arguments->locale, "Language of titles and reasons: en or zh")
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Everything as JSON: scores, evidence");
  command->callback([&context, arguments] { RunSimilar(context, *arguments); });
}

}  // namespace medley::apps
