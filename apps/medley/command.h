#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "medley/core/result.h"
#include "medley/storage/workspace.h"

namespace medley::apps {

/// What every sub-command shares: the workspace option, and the exit status that main returns.
/// Exit status: 0 done; 1 done in part (some input was rejected); 2 not done; 64 the command line
/// is wrong.
struct Context {
  std::filesystem::path workspace = ".";
  int exit_status = 0;

  /// Prints "medley: <message>" to stderr and sets exit status 2.
  void Fail(const Error& error);
  Result<storage::Workspace> OpenWorkspace() const { return storage::Workspace::Open(workspace); }
};

/// One sub-command: its file adds it to the program. `add` registers options and the callback.
struct Command {
  const char* name;
  void (*add)(CLI::App& app, Context& context);
};

}  // namespace medley::apps
