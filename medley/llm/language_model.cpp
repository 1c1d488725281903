#include "medley/llm/language_model.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/llm/endpoint_language_model.h"
#include "medley/llm/grammar.h"
#include "medley/llm/llama_language_model.h"

namespace medley::llm {

Result<Generation> LanguageModel::Chat(std::span<const ChatMessage> messages,
                                       const GenerateOptions& options) {
  if (messages.empty()) return Fail(ErrorCode::kInvalidInput, "there is no message");
  std::string transcript;
  for (const auto& message : messages) {
    if (message.role == "user") transcript += "User: ";
    if (message.role == "assistant") transcript += "Assistant: ";
    transcript += message.content + "\n";
  }
  GenerateOptions with_stop = options;
  if (options.grammar.empty()) with_stop.stops.emplace_back("\nUser:");
  return Generate(transcript + "Assistant:", with_stop);
}

GenerateOptions BoundTo(const Rule& rule, int max_tokens, const CallLimits& limits) {
  GenerateOptions options;
  options.grammar = rule.ToGbnf();
  options.rule = &rule;
  options.max_tokens = max_tokens;
  options.deadline = limits.deadline;
  options.cancel = limits.cancel;
  return options;
}

Result<std::vector<double>> LanguageModel::LogLikelihood(std::string_view,
                                                         std::span<const std::string>,
                                                         const CallLimits&) {
  return Fail(ErrorCode::kUnsupported, std::string(name()) + " tells no probabilities");
}

Result<std::vector<std::vector<float>>> LanguageModel::Embed(std::span<const std::string>,
                                                             const CallLimits&) {
  return Fail(ErrorCode::kUnsupported, std::string(name()) + " makes no vectors");
}

Result<std::vector<double>> LanguageModel::Rerank(std::string_view,
                                                  std::span<const std::string>,
                                                  const CallLimits&) {
  return Fail(ErrorCode::kUnsupported, std::string(name()) + " ranks no documents");
}

const std::vector<LanguageModelKind>& LanguageModelKinds() {
  static const std::vector<LanguageModelKind> kinds = {LlamaKind(), EndpointKind()};
  return kinds;
}

Result<LanguageModelSource> FindLanguageModel(const std::map<std::string, std::string>& settings) {
  auto given = settings;
  std::string backend = LanguageModelKinds().front().name;
  if (const auto named = given.extract("backend"); !named.empty()) backend = named.mapped();
  std::string known;
  for (const auto& kind : LanguageModelKinds()) {
    if (kind.name == backend) {
      MEDLEY_ASSIGN_OR_RETURN(const auto parameters, Parameters::FromText(kind.parameters, given));
      return kind.find(parameters);
    }
    known += (known.empty() ? "" : ", ") + kind.name;
  }
  return Fail(ErrorCode::kInvalidInput, "llm.backend is '" + backend + "'; there is: " + known);
}

}  // namespace medley::llm
