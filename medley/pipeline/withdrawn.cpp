#include "medley/pipeline/withdrawn.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace medley::pipeline {

void Withdrawn::Add(std::string_view id) {
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<Ids>(*ids_.load());
  (*next)[std::string(id)] = sequence_++;
  ids_.store(std::move(next));
}

void Withdrawn::Restore(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto now = ids_.load();
  if (!now->contains(id)) return;
  auto next = std::make_shared<Ids>(*now);
  next->erase(std::string(id));
  ids_.store(std::move(next));
}

std::uint64_t Withdrawn::sequence() const {
  const std::lock_guard lock(mutex_);
  return sequence_;
}

void Withdrawn::ForgetBefore(std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<Ids>(*ids_.load());
  std::erase_if(*next, [sequence](const auto& entry) { return entry.second < sequence; });
  ids_.store(std::move(next));
}

}  // namespace medley::pipeline
