#include "medley/pipeline/live_behaviour.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>

#include "medley/data/event.h"
#include "medley/data/event_weights.h"

namespace medley::pipeline {

void LiveBehaviour::Add(std::span<const data::Event> events, const data::EventWeights& weights) {
  for (const auto& event : events) {
    if (event.item.empty()) continue;
    std::uint64_t sequence = 0;
    {
      const std::lock_guard lock(sequence_mutex_);
      sequence = sequence_++;
    }
    Shard& shard = ShardOf(event.user);
    const std::lock_guard lock(shard.mutex);
    auto& slot = shard.acts[event.user];
    // Readers keep the vector they took: a changed one is a new one.
    auto acts = slot ? std::make_shared<Acts>(*slot) : std::make_shared<Acts>();
    const float weight =
        weights.Weigh(event.type, event.value) * weights.OpinionOf(event.type, event.text);
    acts->push_back({event.item, weight, event.time, sequence});
    slot = std::move(acts);
  }
}

std::shared_ptr<const LiveBehaviour::Acts> LiveBehaviour::Of(std::string_view user) const {
  const Shard& shard = ShardOf(user);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.acts.find(user);
  return found == shard.acts.end() ? nullptr : found->second;
}

void LiveBehaviour::Forget(std::string_view user) {
  Shard& shard = ShardOf(user);
  const std::lock_guard lock(shard.mutex);
  if (const auto found = shard.acts.find(user); found != shard.acts.end()) shard.acts.erase(found);
}

std::uint64_t LiveBehaviour::sequence() const {
  const std::lock_guard lock(sequence_mutex_);
  return sequence_;
}

void LiveBehaviour::ForgetBefore(std::uint64_t sequence) {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (auto entry = shard.acts.begin(); entry != shard.acts.end();) {
      auto kept = std::make_shared<Acts>();
      for (const Act& act : *entry->second) {
        if (act.sequence >= sequence) kept->push_back(act);
      }
      if (kept->empty()) {
        entry = shard.acts.erase(entry);
      } else {
        entry->second = std::move(kept);
        ++entry;
      }
    }
  }
}

}  // namespace medley::pipeline
