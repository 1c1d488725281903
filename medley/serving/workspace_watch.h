#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "medley/pipeline/engine.h"

namespace medley::serving {

/// Lets the engine see what other processes (medley encode, medley train) and this one's item
/// requests changed: calls Engine::Reload when a file of vectors or a model in use is another one,
/// or Touch was called. Threads: any. Cost: a look at a dozen files each second; reloading takes a
/// tenth of the time at most.
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
  /// Changes when one of the files does.
  std::uint64_t Signature() const;

  pipeline::Engine& engine_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool touched_ = false;
  std::thread thread_;
};

}  // namespace medley::serving
