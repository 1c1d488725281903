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
#include "medley/explain/explanation.h"
#include "medley/explain/phrases.h"
#include "medley/llm/language_model.h"

namespace medley::explain {

/// Where written sentences are kept, by evidence hash.
/// Threads: both from any number at once.
class SentenceCache {
 public:
  virtual ~SentenceCache() = default;
  /// Missing: nullopt, also where reading fails: the template stands in.
  virtual std::optional<std::string> Get(const std::string& evidence_hash) = 0;
  virtual void Put(const std::string& evidence_hash, const std::string& sentence) = 0;
};

/// A cache in memory; the least recently written go when `capacity` is reached.
class MemorySentenceCache : public SentenceCache {
 public:
  explicit MemorySentenceCache(std::size_t capacity = 100'000) : capacity_(capacity) {}
  std::optional<std::string> Get(const std::string& evidence_hash) override;
  void Put(const std::string& evidence_hash, const std::string& sentence) override;

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  StringMap<std::string> sentences_;
  std::deque<std::string> order_;
};

struct SentenceWriterOptions {
  std::size_t queue_capacity = 256;
  double temperature = 0.8;  ///< chooses among wordings; what is claimed doesn't depend on it
  int max_tokens = 700;
  std::chrono::milliseconds time_limit{120'000};  ///< for one sentence
  /// Of the writing after a model that is out of reach; doubled each time, up to `longest_pause`.
  std::chrono::milliseconds pause{1'000};
  std::chrono::milliseconds longest_pause{60'000};
  /// Off: the model writes freely, without grammar, and nothing compares what it claims with the
  /// facts. To measure a model, not to serve from.
  bool check = true;
};

struct SentenceWriterStatus {
  enum class State : std::uint8_t {
    kAbsent,   ///< no model: template sentences only
    kWaiting,  ///< the model is loaded with the first sentence asked for
    kReady,
    kPaused,  ///< the model is out of reach or out of budget: tried again after a while
    kFailed,  ///< the model can't be loaded, or failed time and again: template sentences only
  };
  State state = State::kAbsent;
  std::string message;  ///< why, for kAbsent, kPaused and kFailed
  std::string model;
  std::size_t queued = 0;
  std::uint64_t written = 0;
  std::uint64_t dropped = 0;  ///< the queue was full
  std::uint64_t rejected =
      0;  ///< not a sentence of the grammar (cut at max_tokens or the time limit)
};

/// "absent", "waiting", "ready", "paused", "failed".
std::string_view StateName(SentenceWriterStatus::State state);

/// Has a language model put evidence into words in the background, and answers with a template's
/// sentence until then. The model completes a few-shot prompt within a grammar that enumerates what
/// the facts allow, so every sentence is covered by its facts. Owns: one thread of the lowest
/// priority, and the model once it is loaded. Threads: Explain and status from any number at once;
/// neither waits for the model.
class SentenceWriter {
 public:
  /// `model`: what llm::FindLanguageModel returned; an error means no model, and shows in the
  /// status.
  SentenceWriter(Result<llm::LanguageModelSource> model,
                 std::shared_ptr<SentenceCache> cache,
                 const SentenceWriterOptions& options = {});
  SentenceWriter(const SentenceWriter&) = delete;
  SentenceWriter& operator=(const SentenceWriter&) = delete;
  /// Stops the model where it is; what is queued is not written.
  ~SentenceWriter();

  /// The written sentence where there is one (Author::kModel); otherwise the template's and why,
  /// and the evidence joins the queue, from which the oldest goes when it is full.
  Explanation Explain(std::string_view title, std::vector<Fact> facts, std::string_view locale);

  SentenceWriterStatus status() const;
  /// Waits until the queue is empty and nothing is being written, or the model has failed or is out
  /// of reach, or the time is over (false).
  bool WaitUntilIdle(std::chrono::milliseconds limit);

 private:
  struct Job {
    std::string hash;
    std::string title;
    std::vector<Fact> facts;
    Language language;
  };

  WhyTemplate Enqueue(Job job);
  std::string VersionOf(Language language) const;
  void Run();
  bool Load();
  std::optional<Job> NextJob();
  Result<std::string> Write(const Job& job);
  void Finish(const Job& job, const Result<std::string>& sentence);
  void NoteReach(const std::string& trouble);
  void GiveUp(const std::string& why);

  const SentenceWriterOptions options_;
  std::shared_ptr<SentenceCache> cache_;
  llm::LanguageModelSource source_;
  std::unique_ptr<llm::LanguageModel> model_;
  CancelToken cancel_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  SentenceWriterStatus status_;
  std::deque<Job> queue_;
  std::unordered_set<std::string> pending_;  ///< hashes queued or being written
  std::unordered_set<std::string>
      refused_;  ///< rejected once: not tried again while this process lives
  Language language_ =
      Language::kEnglish;  ///< of the last job: the model still holds its prompt's head
  int streak_ = 0;
  int failures_ = 0;
  int absences_ = 0;  ///< in a row, of a model that is out of reach
  std::chrono::steady_clock::time_point paused_until_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace medley::explain
