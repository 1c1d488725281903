#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "medley/core/ids.h"

namespace medley::pipeline {

/// Ids hidden or deleted since the snapshot in use was read, so that the next request already heeds
/// them. Threads: any. Readers take a shared copy, writers replace it.
class Withdrawn {
 public:
  /// id -> number of its withdrawal.
  using Ids = StringMap<std::uint64_t>;

  std::shared_ptr<const Ids> ids() const { return ids_.load(); }
  bool Has(std::string_view id) const { return ids()->contains(id); }
  void Add(std::string_view id);
  void Restore(std::string_view id);
  /// The number the next withdrawal will get. A snapshot read after taking it knows all before.
  std::uint64_t sequence() const;
  void ForgetBefore(std::uint64_t sequence);

 private:
  std::atomic<std::shared_ptr<const Ids>> ids_{std::make_shared<const Ids>()};
  mutable std::mutex mutex_;
  std::uint64_t sequence_ = 0;
};

}  // namespace medley::pipeline
