#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "medley/answers/document_answer.h"
#include "medley/core/result.h"
#include "medley/llm/language_model.h"

namespace medley::answers {

/// What in `text` the quotations do not cover: a number, something in quotes, a word that none of
/// them says, or a "not" too many or too few; "" where all of it is covered. What the question says
/// covers nothing, so that no question can put words into the answer.
std::string Uncovered(std::string_view text, const DocumentAnswer& answer);

/// Has a language model put quotations into an answer, in bounded time, and lets through only what
/// they cover; else the quotation stands as it is. The model is loaded with the first answer.
/// Threads: any; while one answer is written, others stay quotations.
class PassageWriter {
 public:
  /// nullptr where `settings`, the section [llm], name no endpoint: the small model of the pack
  /// writes no answers.
  static std::unique_ptr<PassageWriter> Make(const std::map<std::string, std::string>& settings);
  PassageWriter(llm::LanguageModelSource source, std::chrono::milliseconds limit)
      : source_(std::move(source)), limit_(limit) {}

  /// "" where the model is away, late, or says what the quotations don't.
  std::string Write(std::string_view question, const DocumentAnswer& answer);

 private:
  Result<std::string> Generate(std::string_view question, const DocumentAnswer& answer);

  const llm::LanguageModelSource source_;
  const std::chrono::milliseconds limit_;
  std::mutex mutex_;
  std::unique_ptr<llm::LanguageModel> model_;
};

}  // namespace medley::answers
