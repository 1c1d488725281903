#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/core/log.h"

namespace medley::apps {

void Context::Fail(const Error& error) {
  std::fprintf(stderr, "medley: %s\n", error.message.c_str());
  exit_status = 2;
}

}  // namespace medley::apps

int main(int argc, char** argv) {
  medley::StartLog();
  CLI::App app("Recommendations, reasons, answers and search over text, images, audio and video.",
               "medley");
  app.set_version_flag("--version", MEDLEY_VERSION);
  app.require_subcommand(1);
  medley::apps::Context context;
  app.add_option("-C,--workspace", context.workspace, "The workspace folder (default: this one)");
  for (const auto& command : medley::apps::kCommands) command.add(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  return context.exit_status;
}
