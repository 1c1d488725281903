#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>

namespace medley::inference {

/// Spares a service that fails, and whoever would wait for it: after `failures` in a row calls are
/// refused for `pause`; then one may try, and its success lets all of them through again, its
/// failure doubles the pause (up to `longest`).
/// Threads: any.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Options {
    int failures = 5;
    std::chrono::milliseconds pause{10'000};
    std::chrono::milliseconds longest{300'000};
  };

  explicit CircuitBreaker(const Options& options) : options_(options), pause_(options.pause) {}

  /// nullopt: go on, and tell the outcome. Otherwise how long it stays refused.
  std::optional<std::chrono::milliseconds> Refused(Time now) {
    const std::scoped_lock lock(mutex_);
    if (streak_ < options_.failures) return std::nullopt;
    if (now >= open_until_ && !trying_) {
      trying_ = true;
      return std::nullopt;
    }
    return std::max(std::chrono::milliseconds{1},
                    std::chrono::ceil<std::chrono::milliseconds>(open_until_ - now));
  }
  void Succeeded() {
    const std::scoped_lock lock(mutex_);
    streak_ = 0;
    trying_ = false;
    pause_ = options_.pause;
  }
  void Failed(Time now) {
    const std::scoped_lock lock(mutex_);
    if (trying_) pause_ = std::min(pause_ * 2, options_.longest);
    trying_ = false;
    if (++streak_ >= options_.failures) open_until_ = now + pause_;
  }
  /// Neither: the call was stopped before it could show anything.
  void Abandoned() {
    const std::scoped_lock lock(mutex_);
    trying_ = false;
  }
  bool open(Time now) const {
    const std::scoped_lock lock(mutex_);
    return streak_ >= options_.failures && now < open_until_;
  }

 private:
  const Options options_;
  mutable std::mutex mutex_;
  int streak_ = 0;
  bool trying_ = false;
  std::chrono::milliseconds pause_;
  Time open_until_{};
};

}  // namespace medley::inference
