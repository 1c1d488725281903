#include <cstdio>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/storage/workspace.h"

namespace medley::apps {

void AddInit(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "init", "Make a workspace: medley.toml, medley.db, media/, embeddings/, models/");
  command->add_option("folder", context.workspace, "The folder to make")->required();
  command->callback([&context] {
    if (auto made = storage::Workspace::Init(context.workspace); !made)
      return context.Fail(made.error());
    std::printf("Workspace ready in %s. Next: medley import.\n", context.workspace.c_str());
  });
}

}  // namespace medley::apps
