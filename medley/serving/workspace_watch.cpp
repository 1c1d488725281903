#include "medley/serving/workspace_watch.h"

#include <chrono>
#include <mutex>
#include <thread>

#include "medley/core/clock.h"
#include "medley/core/log.h"
#include "medley/pipeline/engine.h"

namespace medley::serving {
namespace {

constexpr std::chrono::duration<double> kLook{1.0};
/// Pause after a reload, as a multiple of the time it took.
constexpr double kRest = 9;

}  // namespace

WorkspaceWatch::~WorkspaceWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void WorkspaceWatch::Start() {
  thread_ = std::thread([this] { Run(); });
}

void WorkspaceWatch::Touch() {
  {
    const std::lock_guard lock(mutex_);
    touched_ = true;
  }
  wake_.notify_all();
}

void WorkspaceWatch::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, kLook, [this] { return stopping_ || touched_; });
    if (stopping_) return;
    touched_ = false;
    lock.unlock();
    const Stopwatch watch;
    if (auto reloaded = engine_.Reload(); !reloaded)
      spdlog::error("the workspace could not be read anew: {}", reloaded.error().message);
    const double rest = watch.Seconds() * kRest;
    lock.lock();
    wake_.wait_for(lock, std::chrono::duration<double>(rest), [this] { return stopping_; });
  }
}

}  // namespace medley::serving
