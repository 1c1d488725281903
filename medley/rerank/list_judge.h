#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/llm/language_model.h"

namespace medley::rerank {

/// A list as a language model is shown it. Texts of items are data: whatever a title says, it is
/// shown as one quoted line, and an answer can only ever be an order of the list.
struct JudgedList {
  std::vector<std::string> history;     ///< titles of what was liked, latest first
  std::vector<std::string> candidates;  ///< titles, best first so far
};

/// The candidates' places in the order in which `model` would choose: by its own ranking of
/// documents where it has one, else letter by letter under a grammar of those that are left.
/// Whatever the model answers, the result is a permutation. Shapes: at most kMostJudged candidates.
/// Errors: those of the model; kInvalidInput for more candidates.
inline constexpr std::size_t kMostJudged = 26;
Result<std::vector<std::size_t>> JudgeList(llm::LanguageModel& model,
                                           const JudgedList& list,
                                           const llm::CallLimits& limits);

struct ListJudgeOptions {
  std::size_t queue_capacity = 64;
  std::size_t cache_capacity = 10'000;
  std::chrono::milliseconds time_limit{120'000};  ///< for one list, in the background
  /// After a model that failed or is out of reach; doubled each time, up to `longest_pause`.
  std::chrono::milliseconds pause{1'000};
  std::chrono::milliseconds longest_pause{60'000};
};

/// Lets a language model order lists in the background and remembers what it said. Who asks waits
/// as long as they have budget for, and then keeps the order they had; the next who asks the same
/// gets the model's. Threads: all members from any number at once; one thread of its own.
class ListJudge {
 public:
  enum class How : std::uint8_t {
    kModel,        ///< it answered within the budget
    kCached,       ///< it answered the same before
    kLate,         ///< not in time: the order is the former one; it is being asked
    kUnavailable,  ///< there is no model, or it is out of reach for now
  };
  struct Order {
    std::vector<std::size_t> places;  ///< a permutation of the candidates
    How how = How::kUnavailable;
  };

  explicit ListJudge(Result<llm::LanguageModelSource> model, const ListJudgeOptions& options = {});
  ListJudge(const ListJudge&) = delete;
  ListJudge& operator=(const ListJudge&) = delete;
  /// Stops the model where it is.
  ~ListJudge();

  Order Judge(const JudgedList& list, std::chrono::milliseconds budget);
  const std::string& model() const { return source_.id; }
  /// Waits until nothing is asked, or the time is over (false).
  bool WaitUntilIdle(std::chrono::milliseconds limit);

 private:
  struct Job {
    std::string key;
    JudgedList list;
  };
  std::string KeyOf(const JudgedList& list) const;
  bool Enqueue(Job job);
  std::optional<Job> NextJob();
  void Run();
  void Finish(const Job& job, const Result<std::vector<std::size_t>>& order);

  const ListJudgeOptions options_;
  llm::LanguageModelSource source_;
  std::unique_ptr<llm::LanguageModel> model_;
  CancelToken cancel_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> queue_;                    ///< the latest is asked first
  std::unordered_set<std::string> pending_;  ///< keys queued or being asked
  StringMap<std::vector<std::size_t>> known_;
  std::deque<std::string> known_order_;
  int failures_ = 0;  ///< in a row
  std::chrono::steady_clock::time_point paused_until_;
  bool stopping_ = false;
  std::thread thread_;
};

/// "model", "cached", "late", "unavailable".
std::string_view HowName(ListJudge::How how);

}  // namespace medley::rerank
