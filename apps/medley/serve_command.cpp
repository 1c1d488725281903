#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "apps/medley/stop_signal.h"
#include "medley/core/result.h"
#include "medley/pipeline/engine.h"
#include "medley/serving/http.h"
#include "medley/serving/options.h"
#include "medley/serving/routes.h"
#include "medley/serving/server.h"

namespace medley::apps {
namespace {

struct ServeFlags {
  std::optional<int> port;
  std::string host;
  bool routes = false;
};

void PrintRoutes() {
  for (const auto& route : serving::Routes()) {
    std::printf("%-6s %-42s %s\n",
                std::string(serving::MethodName(route.method)).c_str(),
                std::string(route.pattern).c_str(),
                std::string(route.summary).c_str());
  }
}

Status RunServer(const Context& context, const ServeFlags& flags) {
  MEDLEY_ASSIGN_OR_RETURN(const auto workspace, context.OpenWorkspace());
  MEDLEY_ASSIGN_OR_RETURN(auto options, serving::ServeOptionsOf(workspace));
  if (flags.port) options.port = *flags.port;
  if (!flags.host.empty()) options.host = flags.host;
  MEDLEY_ASSIGN_OR_RETURN(const auto engine, pipeline::Engine::Open(workspace));
  const std::string shown =
      options.host.find(':') == std::string::npos ? options.host : "[" + options.host + "]";
  return serving::Serve(*engine, options, StopOnSignals(), [&shown](int port) {
    std::printf("Medley listens on http://%s:%d\n", shown.c_str(), port);
    std::fflush(stdout);
  });
}

}  // namespace

void AddServe(CLI::App& app, Context& context) {
  auto flags = std::make_shared<ServeFlags>();
  auto* command = app.add_subcommand("serve", "Serve the API and the console over HTTP");
  command
      ->add_option("-p,--port",
                   flags->port,
                   "Port to listen on; 0: any free one (default: serve.port of medley.toml, 8080)")
      ->check(CLI::Range(0, 65535));
  command->add_option("--host",
                      flags->host,
                      "Address to listen on (default: serve.host of medley.toml, 127.0.0.1)");
  command->add_flag("--routes", flags->routes, "List the addresses of the API and leave");
  command->callback([&context, flags] {
    if (flags->routes) return PrintRoutes();
    if (auto served = RunServer(context, *flags); !served) context.Fail(served.error());
  });
}

}  // namespace medley::apps
