#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "medley/core/threads.h"
#include "medley/storage/store.h"

namespace medley::pipeline {

/// Writes what was recommended to the store, off the path of the request.
/// Errors: a record the store refuses is logged and counted; when the store falls behind by
/// kCapacity records, Add waits. Threads: Add from any. The destructor writes what is left.
class RecommendationLog {
 public:
  static constexpr std::size_t kCapacity = 4096;

  explicit RecommendationLog(storage::Store& store);
  ~RecommendationLog();
  RecommendationLog(const RecommendationLog&) = delete;
  RecommendationLog& operator=(const RecommendationLog&) = delete;

  void Add(storage::RecommendationRecord record);
  std::uint64_t lost() const { return lost_.load(); }

 private:
  void Write();

  storage::Store& store_;
  BoundedQueue<storage::RecommendationRecord> queue_{kCapacity};
  std::atomic<std::uint64_t> lost_{0};
  std::thread writer_;
};

}  // namespace medley::pipeline
