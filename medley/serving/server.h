#pragma once

#include <functional>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/pipeline/engine.h"
#include "medley/serving/options.h"

namespace medley::serving {

/// Serves `engine` over HTTP, with the console, until `cancel` is set; then answers what is in
/// flight and returns. Calls `on_ready` with the port once connections are taken. Errors:
/// kInvalidInput, kUnavailable when the port is taken; nothing is served then. Threads: blocks the
/// calling one.
Status Serve(pipeline::Engine& engine,
             const ServeOptions& options,
             CancelToken& cancel,
             const std::function<void(int port)>& on_ready);

}  // namespace medley::serving
