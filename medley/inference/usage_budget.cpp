#include "medley/inference/usage_budget.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include "medley/core/file.h"
#include "medley/core/result.h"

namespace medley::inference {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
/// Of a line of the ledger: always the same length, so that one write replaces it whole.
constexpr const char* kLine = "%010" PRId64 " %019" PRId64 " %019" PRId64 "\n";
constexpr const char* kRead = "%" SCNd64 " %" SCNd64 " %" SCNd64;
constexpr std::size_t kLineBytes = 64;

FileDescriptor OpenLedger(const std::filesystem::path& path) {
  if (path.empty()) return {};
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  constexpr int kOwnerAlone = 0600;
  FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerAlone));
  if (fd && ::flock(fd.get(), LOCK_EX) != 0) return {};
  return fd;
}

}  // namespace

UsageBudget::UsageBudget(const UsageLimits& limits, std::filesystem::path ledger)
    : limits_(limits), ledger_(std::move(ledger)) {}

Status UsageBudget::Refusal(const Day& day, std::int64_t tokens) const {
  const auto refuse = [](const char* setting, std::int64_t limit, const char* until) {
    return Fail(ErrorCode::kUnavailable,
                "the language model's budget is spent: llm." + std::string(setting) + " is " +
                    std::to_string(limit) + "; " + until);
  };
  constexpr const char* kTomorrow = "it is new at midnight UTC, or raise it in medley.toml";
  constexpr const char* kNextRun = "start anew, or raise it in medley.toml";
  if (limits_.requests_per_day > 0 && day.requests + 1 > limits_.requests_per_day)
    return refuse("requests_per_day", limits_.requests_per_day, kTomorrow);
  if (limits_.tokens_per_day > 0 && day.tokens + tokens > limits_.tokens_per_day)
    return refuse("tokens_per_day", limits_.tokens_per_day, kTomorrow);
  if (limits_.requests_per_run > 0 && requests_run_ + 1 > limits_.requests_per_run)
    return refuse("requests_per_run", limits_.requests_per_run, kNextRun);
  if (limits_.tokens_per_run > 0 && tokens_run_ + tokens > limits_.tokens_per_run)
    return refuse("tokens_per_run", limits_.tokens_per_run, kNextRun);
  return {};
}

template <typename Check>
Status UsageBudget::Change(std::int64_t requests,
                           std::int64_t tokens,
                           std::int64_t now,
                           Check allowed) {
  const FileDescriptor ledger = OpenLedger(ledger_);
  std::array<char, kLineBytes> line{};
  if (ledger) {
    Day stored;
    if (::pread(ledger.get(), line.data(), line.size() - 1, 0) > 0 &&
        std::sscanf(line.data(), kRead, &stored.number, &stored.requests, &stored.tokens) == 3)
      today_ = stored;
  }
  if (const std::int64_t day = now / kDaySeconds; today_.number != day) today_ = {.number = day};
  MEDLEY_RETURN_IF_ERROR(allowed(today_));
  if (requests == 0 && tokens == 0) return {};
  today_.requests += requests;
  today_.tokens = std::max<std::int64_t>(0, today_.tokens + tokens);
  requests_run_ += requests;
  tokens_run_ = std::max<std::int64_t>(0, tokens_run_ + tokens);
  const int length =
      std::snprintf(line.data(), line.size(), kLine, today_.number, today_.requests, today_.tokens);
  kept_ = ledger && ::pwrite(ledger.get(), line.data(), static_cast<std::size_t>(length), 0) ==
                        static_cast<ssize_t>(length);
  return {};
}

Status UsageBudget::Reserve(std::int64_t tokens, std::int64_t now) {
  const std::scoped_lock lock(mutex_);
  return Change(1, tokens, now, [&](const Day& day) { return Refusal(day, tokens); });
}

void UsageBudget::Settle(std::int64_t reserved, std::int64_t used, std::int64_t now) {
  const std::scoped_lock lock(mutex_);
  (void)Change(0, used - reserved, now, [](const Day&) { return Status(); });
}

Usage UsageBudget::usage(std::int64_t now) {
  const std::scoped_lock lock(mutex_);
  (void)Change(0, 0, now, [](const Day&) { return Status(); });
  return {.requests_today = today_.requests,
          .tokens_today = today_.tokens,
          .requests_run = requests_run_,
          .tokens_run = tokens_run_};
}

}  // namespace medley::inference
