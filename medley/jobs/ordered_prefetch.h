#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace medley::jobs {

/// Makes the values 0 .. n-1 on `workers` threads, at most `ahead` beyond the one asked for last,
/// and hands them out in order: work that needs its input in a fixed order still overlaps with
/// making it. Threads: Next from one. The destructor stops the workers after what they are at.
template <typename T>
class OrderedPrefetch {
 public:
  /// make(index, worker) must not throw; `worker` is 0 .. workers-1, one call at a time for each.
  OrderedPrefetch(std::size_t n,
                  std::size_t workers,
                  std::size_t ahead,
                  std::function<T(std::size_t, std::size_t)> make)
      : n_(n), ahead_(ahead), make_(std::move(make)) {
    for (std::size_t worker = 0; worker < workers; ++worker) {
      threads_.emplace_back([this, worker] { Work(worker); });
    }
  }

  ~OrderedPrefetch() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
  }
  OrderedPrefetch(const OrderedPrefetch&) = delete;
  OrderedPrefetch& operator=(const OrderedPrefetch&) = delete;

  /// The next value; may be called n times.
  T Next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return made_.contains(taken_); });
    T value = std::move(made_.extract(taken_).mapped());
    ++taken_;
    lock.unlock();
    changed_.notify_all();
    return value;
  }

 private:
  void Work(std::size_t worker) {
    while (true) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock,
                    [this] { return stopped_ || started_ >= n_ || started_ < taken_ + ahead_; });
      if (stopped_ || started_ >= n_) return;
      const std::size_t index = started_++;
      lock.unlock();
      T value = make_(index, worker);
      lock.lock();
      made_.emplace(index, std::move(value));
      lock.unlock();
      changed_.notify_all();
    }
  }

  const std::size_t n_;
  const std::size_t ahead_;
  std::function<T(std::size_t, std::size_t)> make_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, T> made_;
  std::size_t started_ = 0;
  std::size_t taken_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace medley::jobs
