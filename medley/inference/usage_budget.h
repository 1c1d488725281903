#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "medley/core/result.h"

namespace medley::inference {

/// What an endpoint may cost; 0: no limit. A day is one of UTC, a run one process.
struct UsageLimits {
  std::int64_t requests_per_day = 0;
  std::int64_t tokens_per_day = 0;
  std::int64_t requests_per_run = 0;
  std::int64_t tokens_per_run = 0;
};

struct Usage {
  std::int64_t requests_today = 0;
  std::int64_t tokens_today = 0;
  std::int64_t requests_run = 0;
  std::int64_t tokens_run = 0;
};

/// Counts what is asked of an endpoint and refuses what goes beyond the limits. What a call may use
/// at most is taken before it and the rest given back after, so that calls side by side can't
/// overrun a limit together. The day's count is shared by all processes that name the same ledger,
/// a file of one line.
/// Threads: any.
class UsageBudget {
 public:
  /// `ledger`: empty, or a file that can't be written: the day counts what this process used.
  UsageBudget(const UsageLimits& limits, std::filesystem::path ledger);

  /// Takes one request and `tokens` at the time `now` (seconds since 1970). Errors: kUnavailable
  /// naming the budget that is spent and how to raise it; nothing is taken then.
  Status Reserve(std::int64_t tokens, std::int64_t now);
  /// `used` instead of what was reserved.
  void Settle(std::int64_t reserved, std::int64_t used, std::int64_t now);

  Usage usage(std::int64_t now);
  const UsageLimits& limits() const { return limits_; }
  /// Whether the day's count outlives this process.
  bool kept() const { return kept_; }

 private:
  struct Day {
    std::int64_t number = 0;
    std::int64_t requests = 0;
    std::int64_t tokens = 0;
  };
  Status Refusal(const Day& day, std::int64_t tokens) const;
  /// Adds to the day's count after `allowed` had a look at it, under the ledger's lock.
  template <typename Check>
  Status Change(std::int64_t requests, std::int64_t tokens, std::int64_t now, Check allowed);

  const UsageLimits limits_;
  const std::filesystem::path ledger_;
  std::mutex mutex_;
  Day today_;
  std::int64_t requests_run_ = 0;
  std::int64_t tokens_run_ = 0;
  bool kept_ = false;
};

}  // namespace medley::inference
