#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "medley/answers/checked_speech.h"
#include "medley/answers/document_answer.h"
#include "medley/core/result.h"
#include "medley/llm/language_model.h"
#include "medley/storage/workspace.h"

namespace medley::answers {

/// Has a language model put quotations into an answer, in bounded time, and lets through, sentence
/// by sentence, only what they cover (checked_speech.h). The model is loaded with the first answer.
/// Threads: any; while one answer is written, others stay quotations.
class PassageWriter {
 public:
  /// nullptr where [llm] names no endpoint: the small model of the pack writes no answers.
  /// [answers] first_words_ms is `first_words`. Errors: kInvalidInput from the settings.
  static Result<std::unique_ptr<PassageWriter>> Make(const storage::Workspace& workspace);
  /// `limit`: for the whole; `first_words`: until the first sentence is let through.
  PassageWriter(llm::LanguageModelSource source,
                std::chrono::milliseconds limit,
                std::chrono::milliseconds first_words)
      : source_(std::move(source)), limit_(limit), first_words_(first_words) {}

  /// What the model said of it, each sentence told to `say` as it came; no text where the model is
  /// away, late, or begins with what the quotations don't say.
  Worded Write(std::string_view question, const DocumentAnswer& answer, const Say& say);

 private:
  /// Whether the model came to an end by itself.
  Result<bool> Generate(std::string_view question,
                        const DocumentAnswer& answer,
                        CheckedSpeech& speech);

  const llm::LanguageModelSource source_;
  const std::chrono::milliseconds limit_;
  const std::chrono::milliseconds first_words_;
  std::mutex mutex_;
  std::unique_ptr<llm::LanguageModel> model_;
};

}  // namespace medley::answers
