#include "medley/serving/workspace_watch.h"

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/log.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/jobs/encode_job.h"
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
  cancel_.Cancel();
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

void WorkspaceWatch::Add(const std::vector<std::string>& items) {
  {
    const std::lock_guard lock(mutex_);
    put_.insert(put_.end(), items.begin(), items.end());
  }
  wake_.notify_all();
}

Status WorkspaceWatch::Encode(const std::vector<std::string>& items) {
  jobs::EncodeOptions options;
  options.items = items;
  options.bench = &bench_;
  SilentProgress silent;
  const auto report = jobs::EncodeCatalogue(engine_.workspace(), options, silent, cancel_);
  if (report) {
    for (const auto& failure : report->failures)
      spdlog::warn("'{}' of item '{}': {}", failure.source, failure.item, failure.reason);
    return {};
  }
  const auto code = report.error().code;
  if (code == ErrorCode::kUnavailable || code == ErrorCode::kCancelled)
    return tl::unexpected(report.error());
  // What can't be encoded is still listed, found by its words and recommended once people met it.
  spdlog::warn("new items were not encoded: {}", report.error().message);
  return {};
}

/// Newcomers first; while another process encodes, they wait for it.
void WorkspaceWatch::Admit(Lock& lock) {
  const auto items = std::exchange(put_, {});
  lock.unlock();
  const Stopwatch watch;
  const auto admitted = engine_.Admit(items, [&] { return Encode(items); });
  const bool again = !admitted && admitted.error().code == ErrorCode::kUnavailable;
  if (!admitted && !again && !cancel_.cancelled())
    spdlog::error("new items could not be admitted: {}", admitted.error().message);
  const double worked = watch.Seconds();
  lock.lock();
  if (again) {
    put_.insert(put_.begin(), items.begin(), items.end());
    wake_.wait_for(lock, kLook, [this] { return stopping_; });
  } else if (!admitted || *admitted == pipeline::Engine::Admission::kEverything) {
    Rest(lock, worked);
  }
}

void WorkspaceWatch::Reload(Lock& lock) {
  touched_ = false;
  lock.unlock();
  const Stopwatch watch;
  if (auto reloaded = engine_.Reload(); !reloaded)
    spdlog::error("the workspace could not be read anew: {}", reloaded.error().message);
  const double worked = watch.Seconds();
  lock.lock();
  Rest(lock, worked);
}

void WorkspaceWatch::Rest(Lock& lock, double worked) {
  wake_.wait_for(lock, std::chrono::duration<double>(worked * kRest), [this] {
    return stopping_ || !put_.empty();
  });
}

void WorkspaceWatch::Run() {
  Lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, kLook, [this] { return stopping_ || touched_ || !put_.empty(); });
    if (stopping_) return;
    if (put_.empty()) {
      Reload(lock);
    } else {
      Admit(lock);
    }
  }
}

}  // namespace medley::serving
