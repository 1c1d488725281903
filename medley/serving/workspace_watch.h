#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "medley/pipeline/engine.h"

namespace medley::serving {

/// Lets the engine see what other processes (medley import, encode, train) and this one's item
/// requests changed: calls Engine::Reload each second, and at once after Touch. Threads: any. Cost:
/// Reload's look for changes; reloading takes a tenth of the time at most.
class WorkspaceWatch {
 public:
  explicit WorkspaceWatch(pipeline::Engine& engine) : engine_(engine) {}
  WorkspaceWatch(const WorkspaceWatch&) = delete;
  WorkspaceWatch& operator=(const WorkspaceWatch&) = delete;
  ~WorkspaceWatch();

  void Start();
  /// The catalogue in the store changed.
  void Touch();

 private:
  void Run();

  pipeline::Engine& engine_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool touched_ = false;
  std::thread thread_;
};

}  // namespace medley::serving
