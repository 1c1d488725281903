#include "medley/serving/server.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "medley/core/log.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/pipeline/engine.h"
#include "medley/serving/application.h"
#include "medley/serving/http_server.h"
#include "medley/serving/options.h"
#include "medley/serving/service.h"

namespace medley::serving {
namespace {

/// A signal handler can set the token and nothing else, so it is looked at.
constexpr std::chrono::milliseconds kLook{50};

bool IsLoopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

Status Serve(pipeline::Engine& engine,
             const ServeOptions& options,
             CancelToken& cancel,
             const std::function<void(int port)>& on_ready) {
  if (!IsLoopback(options.host) && options.api_key.empty()) {
    spdlog::warn(
        "listening on {} without an API key: whoever reaches this address can read and change "
        "everything",
        options.host);
  }
  Service service(engine, options);
  Application application(service);
  MEDLEY_ASSIGN_OR_RETURN(const auto server, HttpServer::Listen(application, options));
  service.encoder.Start();
  service.watch.Start();
  server->Start();
  if (on_ready) on_ready(server->port());
  while (!cancel.cancelled()) std::this_thread::sleep_for(kLook);
  service.stopping.store(true);
  server->Stop();
  return {};
}

}  // namespace medley::serving
