#include "medley/serving/workspace_watch.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>

#include "medley/core/clock.h"
#include "medley/core/hash.h"
#include "medley/core/log.h"
#include "medley/pipeline/engine.h"
#include "medley/storage/workspace.h"

namespace medley::serving {
namespace {

constexpr std::chrono::duration<double> kLook{1.0};
/// How often the store is asked as well, which costs a count of its rows.
constexpr int kLooksBetweenCounts = 30;
/// Pause after a reload, as a multiple of the time it took.
constexpr double kRest = 9;

/// Name, size and time of `file`; nothing where it is not there, which is no error: it may be about
/// to come.
std::string StampOf(const std::filesystem::path& file) {
  std::error_code ignored;
  const auto time = std::filesystem::last_write_time(file, ignored);
  if (ignored) return {};
  const auto size = std::filesystem::file_size(file, ignored);
  return file.string() + '\n' + std::to_string(time.time_since_epoch().count()) + '\n' +
         std::to_string(size) + '\n';
}

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

std::uint64_t WorkspaceWatch::Signature() const {
  std::string stamps;
  std::error_code ignored;
  const auto& root = engine_.workspace().root();
  for (const auto& entry : std::filesystem::directory_iterator(root / "embeddings", ignored))
    stamps += StampOf(entry.path());
  for (const auto& entry : std::filesystem::directory_iterator(root / "models", ignored))
    stamps += StampOf(entry.path() / "current");
  return Hash64(stamps);
}

void WorkspaceWatch::Run() {
  std::uint64_t seen = Signature();
  int looks = 0;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, kLook, [this] { return stopping_ || touched_; });
    if (stopping_) return;
    const bool touched = touched_;
    touched_ = false;
    lock.unlock();
    // Taken before the reload: what changes during it is seen in the next round.
    const std::uint64_t signature = Signature();
    double rest = 0;
    if (touched || signature != seen || ++looks == kLooksBetweenCounts) {
      seen = signature;
      looks = 0;
      const Stopwatch watch;
      if (auto reloaded = engine_.Reload(); !reloaded)
        spdlog::error("the workspace could not be read anew: {}", reloaded.error().message);
      rest = watch.Seconds() * kRest;
    }
    lock.lock();
    if (rest > 0)
      wake_.wait_for(lock, std::chrono::duration<double>(rest), [this] { return stopping_; });
  }
}

}  // namespace medley::serving
