#pragma once

#include <spdlog/spdlog.h>

namespace medley {

/// Sends the log (spdlog::info, warn, error...) to stderr, one line a message, from the level in
/// MEDLEY_LOG ("debug", "info", "warn", "error"; "warn" by default). Called once, by main.
void StartLog();

}  // namespace medley
