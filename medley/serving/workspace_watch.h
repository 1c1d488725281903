#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/jobs/encoder_bench.h"
#include "medley/pipeline/engine.h"

namespace medley::serving {

/// Lets the engine see what other processes (medley import, encode, train) and this one's item
/// requests changed: encodes items that were put and admits them at once, calls Engine::Reload each
/// second, and at once after Touch. Threads: any. Cost: Reload's look for changes; reloading takes
/// a tenth of the time at most, and no newcomer waits for the next one.
class WorkspaceWatch {
 public:
  WorkspaceWatch(pipeline::Engine& engine, jobs::EncoderBench& bench)
      : engine_(engine), bench_(bench) {}
  WorkspaceWatch(const WorkspaceWatch&) = delete;
  WorkspaceWatch& operator=(const WorkspaceWatch&) = delete;
  ~WorkspaceWatch();

  void Start();
  /// The catalogue in the store changed.
  void Touch();
  /// These items were put into the store.
  void Add(const std::vector<std::string>& items);

 private:
  using Lock = std::unique_lock<std::mutex>;
  void Run();
  void Admit(Lock& lock);
  void Reload(Lock& lock);
  void Rest(Lock& lock, double worked);
  Status Encode(const std::vector<std::string>& items);

  pipeline::Engine& engine_;
  jobs::EncoderBench& bench_;
  CancelToken cancel_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool touched_ = false;
  std::vector<std::string> put_;
  std::thread thread_;
};

}  // namespace medley::serving
