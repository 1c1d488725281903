#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/storage/document_store.h"
#include "medley/text/display.h"

namespace medley::apps {
namespace {

Status List(const storage::DocumentStore& store, bool json) {
  constexpr std::size_t kWidth = 60;
  MEDLEY_ASSIGN_OR_RETURN(const auto sources, store.Read());
  for (const auto& source : sources) {
    std::size_t own = 0;
    for (const auto& document : source.documents) own += document.user.empty() ? 0U : 1U;
    if (json) {
      std::printf("%s\n",
                  DumpJson({{"source", source.name},
                            {"documents", source.documents.size()},
                            {"of_one_user", own}})
                      .c_str());
      continue;
    }
    std::printf("%-40s %7zu documents, %zu of them of one user each\n",
                text::DisplayText(source.name, kWidth).c_str(),
                source.documents.size(),
                own);
  }
  if (sources.empty() && !json)
    std::printf("No documents; medley import documents PATH brings some.\n");
  return {};
}

Status Remove(const storage::DocumentStore& store, const std::string& name) {
  MEDLEY_ASSIGN_OR_RETURN(const auto sources, store.Read());
  for (const auto& source : sources) {
    if (source.name == name) return store.Replace(name, {});
  }
  return Fail(ErrorCode::kNotFound,
              "there is no source '" + name + "'; medley documents list shows those there are");
}

}  // namespace

void AddDocuments(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "documents", "Policies, help and orders that questions are answered from, by their source");
  command->require_subcommand(1);
  const auto json = std::make_shared<bool>(false);
  auto* list = command->add_subcommand("list", "The sources, and how many documents each has");
  list->add_flag("--json", *json, "One JSON object a line");
  list->callback([&context, json] {
    const auto workspace = context.OpenWorkspace();
    if (!workspace) return context.Fail(workspace.error());
    if (const auto done = List(storage::DocumentStore(*workspace), *json); !done)
      context.Fail(done.error());
  });
  const auto name = std::make_shared<std::string>();
  auto* remove = command->add_subcommand("remove", "Take a source away with all its documents");
  remove->add_option("source", *name, "As medley documents list shows it")->required();
  remove->callback([&context, name] {
    const auto workspace = context.OpenWorkspace();
    if (!workspace) return context.Fail(workspace.error());
    if (const auto done = Remove(storage::DocumentStore(*workspace), *name); !done)
      context.Fail(done.error());
  });
}

}  // namespace medley::apps
