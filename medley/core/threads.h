#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace medley {

/// Cores this process may use (its affinity and its cgroup quota), at least 1; MEDLEY_THREADS
/// overrides.
int ThreadCount();

/// Calls body(begin, end) for consecutive pieces of [0, n) of at most `grain`, on up to
/// ThreadCount() threads, the caller's among them, and returns when all are done. Which thread
/// takes which piece is not fixed: results must not depend on it. `body` must not throw.
void ParallelFor(std::size_t n,
                 std::size_t grain,
                 const std::function<void(std::size_t, std::size_t)>& body);

/// Set once, from any thread or a signal handler; long work looks at it between pieces.
class CancelToken {
 public:
  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

/// Hands values from producers to consumers; Push waits while `capacity` are inside. Close lets the
/// consumers drain what is left and then see nullopt; Push after Close drops the value and returns
/// false.
template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  bool Push(T value) {
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [this] { return closed_ || values_.size() < capacity_; });
    if (closed_) return false;
    values_.push_back(std::move(value));
    not_empty_.notify_one();
    return true;
  }

  std::optional<T> Pop() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return closed_ || !values_.empty(); });
    if (values_.empty()) return std::nullopt;
    T value = std::move(values_.front());
    values_.pop_front();
    not_full_.notify_one();
    return value;
  }

  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    not_full_.notify_all();
    not_empty_.notify_all();
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable not_full_;
  std::condition_variable not_empty_;
  std::deque<T> values_;
  bool closed_ = false;
};

}  // namespace medley
