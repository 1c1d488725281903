#include "medley/answers/passage_writer.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "medley/answers/checked_speech.h"
#include "medley/answers/document_answer.h"
#include "medley/core/log.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/llm/language_model.h"
#include "medley/llm/prompt.h"
#include "medley/storage/settings.h"
#include "medley/storage/workspace.h"

namespace medley::answers {
namespace {

constexpr std::chrono::milliseconds kLimit{6'000};
constexpr int kMaxTokens = 160;

/// Cancels unless it is ended in time.
class Patience {
 public:
  Patience(std::chrono::milliseconds most, CancelToken& cancel)
      : thread_([this, most, &cancel](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          const bool ended = wake_.wait_for(lock, stop, most, [this] { return ended_; });
          if (!ended && !stop.stop_requested()) cancel.Cancel();
        }) {}
  void End() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    wake_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool ended_ = false;
  std::jthread thread_;  ///< the last: it uses the others
};

}  // namespace

Result<std::unique_ptr<PassageWriter>> PassageWriter::Make(const storage::Workspace& workspace) {
  const auto section =
      std::ranges::find(storage::SettingSections(), "answers", &storage::SettingSection::name);
  MEDLEY_ASSIGN_OR_RETURN(const Parameters own,
                          Parameters::FromText(section->settings, workspace.Section("answers")));
  const auto settings = workspace.Section("llm");
  const auto backend = settings.find("backend");
  if (backend == settings.end() || backend->second != "endpoint") return nullptr;
  auto source = llm::FindLanguageModel(settings);
  if (!source) {
    spdlog::warn("answers stay quotations: {}", source.error().message);
    return nullptr;
  }
  return std::make_unique<PassageWriter>(
      *std::move(source), kLimit, std::chrono::milliseconds(own.Int("first_words_ms")));
}

Worded PassageWriter::Write(std::string_view question,
                            const DocumentAnswer& answer,
                            const Say& say) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return {.text = {}, .why = WhyQuoted::kBusy};
  CheckedSpeech speech(answer, say);
  const auto ended = Generate(question, answer, speech);
  Worded worded;
  if (ended && *ended) speech.Finish();
  if (speech.refused()) {
    worded.why = WhyQuoted::kRejected;
  } else if (!ended) {
    const auto code = ended.error().code;
    const bool late = code == ErrorCode::kTimeout || code == ErrorCode::kCancelled;
    worded.why = late ? WhyQuoted::kLate : WhyQuoted::kUnavailable;
  } else if (!*ended || speech.said().empty()) {
    worded.why = *ended ? WhyQuoted::kRejected : WhyQuoted::kUnfinished;
  }
  worded.text = speech.said();
  return worded;
}

Result<bool> PassageWriter::Generate(std::string_view question,
                                     const DocumentAnswer& answer,
                                     CheckedSpeech& speech) {
  if (model_ == nullptr) {
    MEDLEY_ASSIGN_OR_RETURN(model_, source_.load());
  }
  std::string passages;
  for (const auto& cited : answer.cited)
    passages += cited.title + (cited.heading.empty() ? "" : " > " + cited.heading) + ": " +
                cited.quote + " ";
  MEDLEY_ASSIGN_OR_RETURN(const auto prompt, llm::FindPrompt("answer"));
  MEDLEY_ASSIGN_OR_RETURN(
      auto filled, prompt.Fill({{"question", std::string(question)}, {"passages", passages}}));
  while (filled.ends_with('\n')) filled.pop_back();
  llm::GenerateOptions options;
  options.max_tokens = kMaxTokens;
  options.stops = {"\n"};
  options.deadline = std::chrono::steady_clock::now() + limit_;
  CancelToken cancel;
  options.cancel = &cancel;
  Patience patience(first_words_, cancel);
  options.on_piece = [&](std::string_view piece) {
    const bool wanted = speech.Take(piece);
    if (!speech.said().empty()) patience.End();
    return wanted;
  };
  MEDLEY_ASSIGN_OR_RETURN(const auto generation, model_->Generate(filled, options));
  return generation.complete;
}

}  // namespace medley::answers
