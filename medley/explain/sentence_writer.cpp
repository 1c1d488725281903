#include "medley/explain/sentence_writer.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/log.h"
#include "medley/core/result.h"
#include "medley/explain/explanation.h"
#include "medley/explain/phrases.h"
#include "medley/explain/sentence_grammar.h"
#include "medley/llm/grammar.h"
#include "medley/llm/language_model.h"
#include "medley/llm/prompt.h"

namespace medley::explain {
namespace {

/// So many failures in a row, and the model is taken for broken.
constexpr int kMostFailures = 3;
constexpr std::size_t kMostRefused = 10'000;
constexpr int kMostFreeTokens = 100;
/// So many sentences of one language are written while others wait, to spare reading the other
/// prompt's examples.
constexpr int kMostInOneLanguage = 32;

std::string_view PromptName(Language language) {
  return language == Language::kChinese ? "explain_zh" : "explain_en";
}

std::string LocaleOf(Language language) { return language == Language::kChinese ? "zh" : "en"; }

/// Whether the same sentence may be written later, through no fault of its own.
bool OutOfReach(ErrorCode code) {
  return code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout;
}

/// Lets everything else on the machine go first.
void LowerPriority() {
  constexpr int kLowest = 19;
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kLowest);
}

}  // namespace

std::optional<std::string> MemorySentenceCache::Get(const std::string& evidence_hash) {
  const std::scoped_lock lock(mutex_);
  const auto found = sentences_.find(evidence_hash);
  return found == sentences_.end() ? std::nullopt : std::optional(found->second);
}

void MemorySentenceCache::Put(const std::string& evidence_hash, const std::string& sentence) {
  const std::scoped_lock lock(mutex_);
  if (sentences_.insert_or_assign(evidence_hash, sentence).second) order_.push_back(evidence_hash);
  if (order_.size() <= capacity_) return;
  sentences_.erase(order_.front());
  order_.pop_front();
}

std::string_view StateName(SentenceWriterStatus::State state) {
  using State = SentenceWriterStatus::State;
  switch (state) {
    case State::kAbsent:
      return "absent";
    case State::kWaiting:
      return "waiting";
    case State::kReady:
      return "ready";
    case State::kPaused:
      return "paused";
    case State::kFailed:
      return "failed";
  }
  return "";
}

SentenceWriter::SentenceWriter(Result<llm::LanguageModelSource> model,
                               std::shared_ptr<SentenceCache> cache,
                               const SentenceWriterOptions& options)
    : options_(options), cache_(std::move(cache)) {
  if (!model) {
    status_.message = model.error().message;
    return;
  }
  source_ = *std::move(model);
  status_.model = source_.id;
  status_.state = SentenceWriterStatus::State::kWaiting;
  thread_ = std::thread([this] { Run(); });
}

SentenceWriter::~SentenceWriter() {
  cancel_.Cancel();
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Explanation SentenceWriter::Explain(std::string_view title,
                                    std::vector<Fact> facts,
                                    std::string_view locale) {
  const Language language = LanguageOf(locale);
  Explanation explanation{.facts = std::move(facts), .sentence = {}, .locale = LocaleOf(language)};
  auto said = SayableFacts(explanation.facts);
  explanation.why = source_.id.empty() ? WhyTemplate::kNoModel : WhyTemplate::kNothingToSay;
  if (!said.empty() && !source_.id.empty()) {
    auto hash = EvidenceHash(title, said, locale, VersionOf(language));
    if (auto written = cache_->Get(hash)) {
      explanation.sentence = *std::move(written);
      explanation.author = Author::kModel;
      explanation.why = WhyTemplate::kNot;
      explanation.model = source_.id;
      return explanation;
    }
    explanation.why = Enqueue({std::move(hash), std::string(title), std::move(said), language});
  }
  explanation.sentence = TemplateSentence(title, explanation.facts, locale);
  return explanation;
}

/// What a sentence depends on besides its evidence.
std::string SentenceWriter::VersionOf(Language language) const {
  const auto prompt = llm::FindPrompt(PromptName(language));
  return source_.id + "/" + (prompt ? prompt->Version() : "") +
         (options_.check ? "" : "/unchecked");
}

WhyTemplate SentenceWriter::Enqueue(Job job) {
  using State = SentenceWriterStatus::State;
  const std::scoped_lock lock(mutex_);
  if (status_.state == State::kAbsent || options_.queue_capacity == 0) return WhyTemplate::kNoModel;
  if (status_.state == State::kFailed || stopping_) return WhyTemplate::kUnavailable;
  if (refused_.contains(job.hash)) return WhyTemplate::kRejected;
  const auto why =
      status_.state == State::kPaused ? WhyTemplate::kUnavailable : WhyTemplate::kPending;
  if (!pending_.insert(job.hash).second) return why;
  if (queue_.size() >= options_.queue_capacity) {
    pending_.erase(queue_.front().hash);
    queue_.pop_front();
    ++status_.dropped;
  }
  queue_.push_back(std::move(job));
  changed_.notify_all();
  return why;
}

SentenceWriterStatus SentenceWriter::status() const {
  const std::scoped_lock lock(mutex_);
  SentenceWriterStatus status = status_;
  status.queued = queue_.size();
  return status;
}

bool SentenceWriter::WaitUntilIdle(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] {
    return pending_.empty() || status_.state == SentenceWriterStatus::State::kPaused;
  });
}

void SentenceWriter::Run() {
  LowerPriority();
  while (auto job = NextJob()) {
    if (model_ == nullptr && !Load()) return;
    Finish(*job, Write(*job));
  }
}

std::optional<SentenceWriter::Job> SentenceWriter::NextJob() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  while (!stopping_ && std::chrono::steady_clock::now() < paused_until_)
    changed_.wait_until(lock, paused_until_);
  if (stopping_ || status_.state == SentenceWriterStatus::State::kFailed) return std::nullopt;
  auto next = queue_.begin();
  if (streak_ < kMostInOneLanguage) {
    const auto same = std::ranges::find(queue_, language_, &Job::language);
    if (same != queue_.end()) next = same;
  }
  Job job = std::move(*next);
  queue_.erase(next);
  streak_ = job.language == language_ ? streak_ + 1 : 0;
  language_ = job.language;
  return job;
}

bool SentenceWriter::Load() {
  auto model = source_.load();
  if (!model) {
    GiveUp("the language model can't be loaded: " + model.error().message);
    return false;
  }
  model_ = *std::move(model);
  const std::scoped_lock lock(mutex_);
  if (status_.state == SentenceWriterStatus::State::kWaiting)
    status_.state = SentenceWriterStatus::State::kReady;
  return true;
}

/// The seed comes from the evidence: the same evidence is always worded alike, and like evidence
/// differently.
Result<std::string> SentenceWriter::Write(const Job& job) {
  MEDLEY_ASSIGN_OR_RETURN(const auto prompt, llm::FindPrompt(PromptName(job.language)));
  MEDLEY_ASSIGN_OR_RETURN(auto filled,
                          prompt.Fill({{"title", Quoted(job.title, job.language)},
                                       {"reasons", ReasonsLine(job.facts, job.language)}}));
  while (filled.ends_with('\n')) filled.pop_back();
  const bool spaced = job.language == Language::kEnglish;
  const auto rule = SentenceRule(job.title, job.facts, job.language);
  const auto continuation = spaced ? llm::Rule::InOrder({llm::Rule::Text(" "), rule}) : rule;
  const llm::CallLimits limits{std::chrono::steady_clock::now() + options_.time_limit, &cancel_};
  auto options = options_.check ? llm::BoundTo(continuation, options_.max_tokens, limits)
                                : llm::GenerateOptions{.max_tokens = kMostFreeTokens,
                                                       .stops = {"\n"},
                                                       .deadline = limits.deadline,
                                                       .cancel = limits.cancel};
  options.temperature = options_.temperature;
  options.seed = static_cast<std::uint32_t>(Hash64(job.hash));
  MEDLEY_ASSIGN_OR_RETURN(auto generation, model_->Generate(filled, options));
  if (spaced && generation.text.starts_with(' ')) generation.text.erase(0, 1);
  if (!options_.check && !generation.text.empty()) return std::move(generation.text);
  // A text that was cut, or one from a backend that keeps to no grammar, is none of ours.
  if (!rule.Matches(generation.text))
    return Fail(ErrorCode::kLimitExceeded, "the sentence was not finished");
  return std::move(generation.text);
}

void SentenceWriter::Finish(const Job& job, const Result<std::string>& sentence) {
  if (sentence) cache_->Put(job.hash, *sentence);
  bool broken = false;
  {
    const std::scoped_lock lock(mutex_);
    pending_.erase(job.hash);
    const bool away = !sentence && OutOfReach(sentence.error().code);
    const bool cut = !sentence && (sentence.error().code == ErrorCode::kLimitExceeded ||
                                   sentence.error().code == ErrorCode::kUnsupported);
    if (!stopping_) NoteReach(away ? sentence.error().message : "");
    status_.written += sentence ? 1U : 0U;
    if (cut) {
      ++status_.rejected;
      if (refused_.size() >= kMostRefused) refused_.clear();
      refused_.insert(job.hash);
    }
    failures_ = sentence || cut || away || stopping_ ? 0 : failures_ + 1;
    broken = failures_ >= kMostFailures;
  }
  changed_.notify_all();
  if (broken)
    GiveUp("the language model failed " + std::to_string(kMostFailures) +
           " times in a row: " + sentence.error().message);
}

/// `trouble`: why the model is out of reach; empty: it answered. The lock is held.
void SentenceWriter::NoteReach(const std::string& trouble) {
  using State = SentenceWriterStatus::State;
  if (trouble.empty()) {
    absences_ = 0;
    if (status_.state == State::kPaused) {
      status_.state = State::kReady;
      status_.message.clear();
    }
    return;
  }
  if (absences_ == 0) spdlog::warn("reasons stay in template sentences for now: {}", trouble);
  constexpr int kMostDoublings = 20;
  const auto pause = options_.pause * (std::int64_t{1} << std::min(absences_++, kMostDoublings));
  paused_until_ = std::chrono::steady_clock::now() + std::min(pause, options_.longest_pause);
  status_.state = State::kPaused;
  status_.message = trouble;
}

void SentenceWriter::GiveUp(const std::string& why) {
  spdlog::warn("reasons stay in template sentences: {}", why);
  {
    const std::scoped_lock lock(mutex_);
    status_.state = SentenceWriterStatus::State::kFailed;
    status_.message = why;
    queue_.clear();
    pending_.clear();
  }
  changed_.notify_all();
}

}  // namespace medley::explain
