#include "medley/core/threads.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace medley {
namespace {

/// The cgroup's CPU quota in whole cores, rounded up; a large number where there is none.
int QuotaCores() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return 1 << 20;
  return std::max(1, static_cast<int>((std::strtod(quota.c_str(), nullptr) + period - 1) / period));
}

int CountThreads() {
  if (const char* given = std::getenv("MEDLEY_THREADS"); given != nullptr) {
    if (const int count = std::atoi(given); count > 0) return count;
  }
  cpu_set_t set;
  CPU_ZERO(&set);
  const int allowed = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
  return std::max(1, std::min(allowed, QuotaCores()));
}

}  // namespace

int ThreadCount() {
  static const int count = CountThreads();
  return count;
}

void ParallelFor(std::size_t n,
                 std::size_t grain,
                 const std::function<void(std::size_t, std::size_t)>& body) {
  grain = std::max<std::size_t>(grain, 1);
  const std::size_t pieces = (n + grain - 1) / grain;
  const std::size_t workers = std::min(pieces, static_cast<std::size_t>(ThreadCount()));
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    while (true) {
      const std::size_t piece = next.fetch_add(1);
      if (piece >= pieces) return;
      body(piece * grain, std::min(n, (piece + 1) * grain));
    }
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < workers; ++i) threads.emplace_back(work);
  work();
}

}  // namespace medley
