#include "medley/rerank/list_judge.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/result.h"
#include "medley/llm/grammar.h"
#include "medley/llm/language_model.h"
#include "medley/llm/prompt.h"

namespace medley::rerank {
namespace {

constexpr std::string_view kPrompt = "order_list";
constexpr int kLetterTokens = 4;

std::vector<std::size_t> AsItWas(std::size_t n) {
  std::vector<std::size_t> places(n);
  std::iota(places.begin(), places.end(), std::size_t{0});
  return places;
}

std::string Letter(std::size_t place) { return {static_cast<char>('A' + place)}; }

Result<std::string> PromptFor(const JudgedList& list) {
  MEDLEY_ASSIGN_OR_RETURN(const auto prompt, llm::FindPrompt(kPrompt));
  std::string history;
  for (const auto& title : list.history)
    history += (history.empty() ? "" : "; ") + llm::QuotedTitle(title);
  std::string candidates;
  for (std::size_t i = 0; i < list.candidates.size(); ++i)
    candidates += (i == 0 ? "" : "; ") + Letter(i) + " " + llm::QuotedTitle(list.candidates[i]);
  MEDLEY_ASSIGN_OR_RETURN(auto filled, prompt.Fill({{"history", history}, {"list", candidates}}));
  while (filled.ends_with('\n')) filled.pop_back();
  return filled;
}

/// By the model's own scores; what it gives none keeps its place behind.
std::vector<std::size_t> ByScores(const std::vector<double>& scores, std::size_t n) {
  auto places = AsItWas(n);
  const auto score = [&](std::size_t place) {
    return place < scores.size() && std::isfinite(scores[place]) ? scores[place] : -HUGE_VAL;
  };
  std::ranges::stable_sort(places,
                           [&](std::size_t a, std::size_t b) { return score(a) > score(b); });
  return places;
}

/// Letter by letter, each of those that are left.
Result<std::vector<std::size_t>> ByLetters(llm::LanguageModel& model,
                                           const JudgedList& list,
                                           const llm::CallLimits& limits) {
  MEDLEY_ASSIGN_OR_RETURN(auto prompt, PromptFor(list));
  auto left = AsItWas(list.candidates.size());
  std::vector<std::size_t> places;
  while (left.size() > 1) {
    std::vector<std::string> letters;
    letters.reserve(left.size());
    for (const auto place : left) letters.push_back(" " + Letter(place));
    const auto rule = llm::Rule::OneOf(letters);
    MEDLEY_ASSIGN_OR_RETURN(const auto generation,
                            model.Generate(prompt, llm::BoundTo(rule, kLetterTokens, limits)));
    const auto chosen = std::ranges::find(letters, generation.text);
    if (chosen == letters.end())
      return Fail(ErrorCode::kUnsupported, "the model does not keep to a grammar");
    prompt += *chosen + ",";
    const auto at = left.begin() + (chosen - letters.begin());
    places.push_back(*at);
    left.erase(at);
  }
  places.insert(places.end(), left.begin(), left.end());
  return places;
}

std::string QueryOf(const JudgedList& list) {
  std::string query = "What would somebody choose next who liked ";
  for (std::size_t i = 0; i < list.history.size(); ++i)
    query += (i == 0 ? "" : ", ") + llm::QuotedTitle(list.history[i]);
  return query + "?";
}

}  // namespace

Result<std::vector<std::size_t>> JudgeList(llm::LanguageModel& model,
                                           const JudgedList& list,
                                           const llm::CallLimits& limits) {
  const std::size_t n = list.candidates.size();
  if (n > kMostJudged)
    return Fail(ErrorCode::kInvalidInput,
                "at most " + std::to_string(kMostJudged) + " candidates can be judged");
  if (n < 2) return AsItWas(n);
  std::vector<std::string> documents;
  documents.reserve(n);
  for (const auto& title : list.candidates) documents.push_back(llm::QuotedTitle(title));
  const auto scores = model.Rerank(QueryOf(list), documents, limits);
  if (scores) return ByScores(*scores, n);
  // A backend, or an endpoint, that ranks nothing may still choose.
  const auto code = scores.error().code;
  if (code != ErrorCode::kUnsupported && code != ErrorCode::kNotFound)
    return tl::unexpected(scores.error());
  return ByLetters(model, list, limits);
}

std::string_view HowName(ListJudge::How how) {
  switch (how) {
    case ListJudge::How::kModel:
      return "model";
    case ListJudge::How::kCached:
      return "cached";
    case ListJudge::How::kLate:
      return "late";
    case ListJudge::How::kUnavailable:
      return "unavailable";
  }
  return "";
}

ListJudge::ListJudge(Result<llm::LanguageModelSource> model, const ListJudgeOptions& options)
    : options_(options) {
  if (!model) {
    spdlog::warn("no language model orders lists: {}", model.error().message);
    return;
  }
  source_ = *std::move(model);
  thread_ = std::thread([this] { Run(); });
}

ListJudge::~ListJudge() {
  cancel_.Cancel();
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::string ListJudge::KeyOf(const JudgedList& list) const {
  const auto prompt = llm::FindPrompt(kPrompt);
  std::string key = source_.id + "\n" + (prompt ? prompt->Version() : "");
  for (const auto* texts : {&list.history, &list.candidates}) {
    key += "\n" + std::to_string(texts->size());
    for (const auto& text : *texts) key += "\n" + std::to_string(text.size()) + ":" + text;
  }
  return Sha256(key);
}

/// False where nobody will ask it. The lock is held.
bool ListJudge::Enqueue(Job job) {
  if (stopping_ || source_.id.empty() || std::chrono::steady_clock::now() < paused_until_)
    return false;
  if (!pending_.insert(job.key).second) return true;
  if (queue_.size() >= options_.queue_capacity) {
    pending_.erase(queue_.front().key);
    queue_.pop_front();
  }
  queue_.push_back(std::move(job));
  changed_.notify_all();
  return true;
}

ListJudge::Order ListJudge::Judge(const JudgedList& list, std::chrono::milliseconds budget) {
  const std::string key = KeyOf(list);
  const auto until = std::chrono::steady_clock::now() + budget;
  std::unique_lock lock(mutex_);
  if (const auto known = known_.find(key); known != known_.end())
    return {known->second, How::kCached};
  Order order{AsItWas(list.candidates.size()), How::kUnavailable};
  if (list.candidates.size() > kMostJudged || !Enqueue({key, list})) return order;
  changed_.wait_until(lock, until, [&] { return stopping_ || !pending_.contains(key); });
  if (const auto known = known_.find(key); known != known_.end())
    return {known->second, How::kModel};
  order.how = pending_.contains(key) ? How::kLate : How::kUnavailable;
  return order;
}

bool ListJudge::WaitUntilIdle(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return pending_.empty(); });
}

std::optional<ListJudge::Job> ListJudge::NextJob() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  if (stopping_) return std::nullopt;
  Job job = std::move(queue_.back());
  queue_.pop_back();
  return job;
}

void ListJudge::Run() {
  while (auto job = NextJob()) {
    Result<std::vector<std::size_t>> order = std::vector<std::size_t>();
    if (model_ == nullptr) {
      if (auto loaded = source_.load()) {
        model_ = *std::move(loaded);
      } else {
        order = tl::unexpected(std::move(loaded).error());
      }
    }
    if (model_ != nullptr)
      order = JudgeList(
          *model_,
          job->list,
          {.deadline = std::chrono::steady_clock::now() + options_.time_limit, .cancel = &cancel_});
    Finish(*job, order);
  }
}

void ListJudge::Finish(const Job& job, const Result<std::vector<std::size_t>>& order) {
  {
    const std::scoped_lock lock(mutex_);
    pending_.erase(job.key);
    if (order) {
      failures_ = 0;
      if (known_.insert_or_assign(job.key, *order).second) known_order_.push_back(job.key);
      if (known_order_.size() > options_.cache_capacity) {
        known_.erase(known_order_.front());
        known_order_.pop_front();
      }
    } else if (!stopping_) {
      if (failures_ == 0) spdlog::warn("lists keep their order for now: {}", order.error().message);
      constexpr int kMostDoublings = 20;
      const auto pause =
          options_.pause * (std::int64_t{1} << std::min(failures_++, kMostDoublings));
      paused_until_ = std::chrono::steady_clock::now() + std::min(pause, options_.longest_pause);
      for (const auto& waiting : queue_) pending_.erase(waiting.key);
      queue_.clear();
    }
  }
  changed_.notify_all();
}

}  // namespace medley::rerank
