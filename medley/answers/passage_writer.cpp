#include "medley/answers/passage_writer.h"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "medley/answers/checked_speech.h"
#include "medley/answers/document_answer.h"
#include "medley/core/log.h"
#include "medley/core/result.h"
#include "medley/llm/language_model.h"
#include "medley/llm/prompt.h"

namespace medley::answers {
namespace {

constexpr std::chrono::milliseconds kLimit{6'000};
constexpr int kMaxTokens = 160;

}  // namespace

std::unique_ptr<PassageWriter> PassageWriter::Make(
    const std::map<std::string, std::string>& settings) {
  const auto backend = settings.find("backend");
  if (backend == settings.end() || backend->second != "endpoint") return nullptr;
  auto source = llm::FindLanguageModel(settings);
  if (!source) {
    spdlog::warn("answers stay quotations: {}", source.error().message);
    return nullptr;
  }
  return std::make_unique<PassageWriter>(*std::move(source), kLimit);
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
    const bool late = ended.error().code == ErrorCode::kTimeout;
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
  options.on_piece = [&speech](std::string_view piece) { return speech.Take(piece); };
  MEDLEY_ASSIGN_OR_RETURN(const auto generation, model_->Generate(filled, options));
  return generation.complete;
}

}  // namespace medley::answers
