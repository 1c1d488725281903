#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/ids.h"
#include "medley/data/event.h"
#include "medley/data/event_weights.h"
#include "medley/storage/store.h"

namespace medley::pipeline {

/// What users did since the snapshot in use was read.
/// Threads: any. A reader holds the lock of one of 256 shards for the copy of one pointer.
class LiveBehaviour {
 public:
  struct Act {
    std::string item;
    float weight = 0;
    TimeMs time = 0;
    std::uint64_t sequence = 0;
  };
  using Acts = std::vector<Act>;

  void Add(std::span<const data::Event> events, const data::EventWeights& weights);
  /// In order of arrival; nullptr where there is nothing.
  std::shared_ptr<const Acts> Of(std::string_view user) const;
  void Forget(std::string_view user);
  /// The number the next event will get. A snapshot read after taking it holds everything before.
  std::uint64_t sequence() const;
  /// Drops what came before `sequence`: the snapshot now in use has it.
  void ForgetBefore(std::uint64_t sequence);

 private:
  struct Shard {
    mutable std::mutex mutex;
    StringMap<std::shared_ptr<const Acts>> acts;
  };
  Shard& ShardOf(std::string_view user) const {
    return shards_[StringHash{}(user) % shards_.size()];
  }

  mutable std::array<Shard, 256> shards_;
  mutable std::mutex sequence_mutex_;
  std::uint64_t sequence_ = 0;
};

}  // namespace medley::pipeline
