#include "medley/llm/endpoint_language_model.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/inference/endpoint.h"
#include "medley/inference/model_pack.h"
#include "medley/llm/gbnf.h"
#include "medley/llm/grammar.h"
#include "medley/llm/language_model.h"

namespace medley::llm {
namespace {

using inference::Endpoint;
using inference::EndpointOptions;

/// A rule with more texts than this is not sent as a list of them.
constexpr std::size_t kMostChoices = 250;

class EndpointLanguageModel : public LanguageModel {
 public:
  EndpointLanguageModel(std::string name, std::string version, Endpoint endpoint)
      : name_(std::move(name)), version_(std::move(version)), endpoint_(std::move(endpoint)) {}

  std::string_view name() const override { return name_; }
  std::string_view version() const override { return version_; }

  Result<Generation> Generate(std::string_view prompt, const GenerateOptions& options) override {
    return Checked(options, [&](const inference::EndpointGeneration& generation) {
      return endpoint_.Complete(prompt, generation);
    });
  }

  Result<Generation> Chat(std::span<const ChatMessage> messages,
                          const GenerateOptions& options) override {
    std::vector<inference::EndpointMessage> list;
    for (const auto& message : messages) list.push_back({message.role, message.content});
    return Checked(options, [&](const inference::EndpointGeneration& generation) {
      return endpoint_.Chat(list, generation);
    });
  }

  Result<std::vector<double>> LogLikelihood(std::string_view prompt,
                                            std::span<const std::string> continuations,
                                            const CallLimits& limits) override {
    return endpoint_.LogLikelihood(prompt, continuations, {limits.deadline, limits.cancel});
  }

  Result<std::vector<std::vector<float>>> Embed(std::span<const std::string> texts,
                                                const CallLimits& limits) override {
    return endpoint_.Embed(texts, {limits.deadline, limits.cancel});
  }
  Result<std::vector<double>> Rerank(std::string_view query,
                                     std::span<const std::string> documents,
                                     const CallLimits& limits) override {
    return endpoint_.Rerank(query, documents, {limits.deadline, limits.cancel});
  }

  Json status() const override {
    const auto now = endpoint_.status();
    return {{"url", now.url},
            {"model", now.model},
            {"circuit", now.open_circuit ? "open" : "closed"},
            {"last_error", now.last_error},
            {"requests",
             {{"today", now.usage.requests_today},
              {"limit_per_day", now.limits.requests_per_day},
              {"this_run", now.usage.requests_run},
              {"limit_per_run", now.limits.requests_per_run}}},
            {"tokens",
             {{"today", now.usage.tokens_today},
              {"limit_per_day", now.limits.tokens_per_day},
              {"this_run", now.usage.tokens_run},
              {"limit_per_run", now.limits.tokens_per_run}}},
            {"counted_across_runs", now.usage_kept}};
  }

 private:
  /// Generates, and lets through only what keeps to the grammar, whatever the endpoint made of it.
  template <typename Call>
  Result<Generation> Checked(const GenerateOptions& options, Call call) {
    inference::EndpointGeneration generation{.max_tokens = options.max_tokens,
                                             .temperature = options.temperature,
                                             .seed = options.seed,
                                             .stops = options.stops,
                                             .grammar = options.grammar,
                                             .choices = {},
                                             .limits = {options.deadline, options.cancel},
                                             .on_piece = options.on_piece};
    std::optional<Gbnf> grammar;
    if (!options.grammar.empty()) {
      MEDLEY_ASSIGN_OR_RETURN(grammar, Gbnf::Parse(options.grammar));
      if (options.rule != nullptr && options.rule->CountUpTo(kMostChoices + 1) <= kMostChoices)
        generation.choices = options.rule->All(kMostChoices);
    }
    MEDLEY_ASSIGN_OR_RETURN(auto written, call(generation));
    Generation text{.text = std::move(written.text),
                    .complete = written.complete,
                    .prompt_tokens = written.prompt_tokens,
                    .tokens = written.tokens};
    if (grammar && text.complete) MEDLEY_RETURN_IF_ERROR(KeepTo(*grammar, text.text));
    return text;
  }

  /// A chat drops or adds blanks at the ends, which nobody meant.
  static Status KeepTo(const Gbnf& grammar, std::string& text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    const std::string bare = begin == std::string::npos
                                 ? std::string()
                                 : text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
    for (const auto& form : {text, bare, " " + bare}) {
      if (!grammar.Matches(form)) continue;
      text = form;
      return {};
    }
    return Fail(ErrorCode::kUnsupported, "what the endpoint wrote does not keep to the grammar");
  }

  std::string name_;
  std::string version_;
  Endpoint endpoint_;
};

Result<std::string> KeyOf(const Parameters& parameters) {
  const std::string& variable = parameters.Text("key_env");
  if (variable.empty()) return std::string();
  const char* key = std::getenv(variable.c_str());  // NOLINT(concurrency-mt-unsafe): read at start
  if (key == nullptr || *key == '\0') {
    return Fail(ErrorCode::kNotFound,
                "llm.key_env names '" + variable + "', which is not set in the environment");
  }
  return std::string(key);
}

std::chrono::milliseconds Milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

Result<EndpointOptions> OptionsOf(const Parameters& parameters) {
  EndpointOptions options;
  options.url = parameters.Text("url");
  options.model = parameters.Text("model");
  MEDLEY_ASSIGN_OR_RETURN(options.key, KeyOf(parameters));
  options.ca_file = parameters.Text("ca_file");
  const std::string& api = parameters.Text("api");
  options.face = api == "chat"          ? EndpointOptions::Face::kChat
                 : api == "completions" ? EndpointOptions::Face::kCompletions
                                        : EndpointOptions::Face::kAuto;
  const std::string& grammar = parameters.Text("grammar");
  options.binding = grammar == "gbnf"     ? EndpointOptions::Binding::kGrammar
                    : grammar == "schema" ? EndpointOptions::Binding::kSchema
                    : grammar == "none"   ? EndpointOptions::Binding::kNone
                                          : EndpointOptions::Binding::kAuto;
  options.connect_limit = Milliseconds(parameters.Real("connect_seconds"));
  options.silence_limit = Milliseconds(parameters.Real("first_token_seconds"));
  options.limit = Milliseconds(parameters.Real("seconds"));
  options.retries = static_cast<int>(parameters.Int("retries"));
  options.usage = {.requests_per_day = parameters.Int("requests_per_day"),
                   .tokens_per_day = parameters.Int("tokens_per_day"),
                   .requests_per_run = parameters.Int("requests_per_run"),
                   .tokens_per_run = parameters.Int("tokens_per_run")};
  return options;
}

Result<LanguageModelSource> Find(const Parameters& parameters) {
  if (parameters.Text("url").empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "llm.backend is \"endpoint\", so llm.url must say where it is, like "
                "\"http://127.0.0.1:8080/v1\"");
  }
  MEDLEY_ASSIGN_OR_RETURN(EndpointOptions options, OptionsOf(parameters));
  const std::string address = std::to_string(Hash64(options.url + " " + options.model));
  options.ledger = inference::CacheFolder() / "usage" / address;
  MEDLEY_RETURN_IF_ERROR(Endpoint::Make(options));  // what is wrong with it is told at once
  const std::string name = options.model.empty() ? "endpoint" : options.model;
  auto load = [name, address, options]() -> Result<std::unique_ptr<LanguageModel>> {
    MEDLEY_ASSIGN_OR_RETURN(auto endpoint, Endpoint::Make(options));
    return std::make_unique<EndpointLanguageModel>(name, address, std::move(endpoint));
  };
  return LanguageModelSource{.id = name + "@" + address, .load = std::move(load)};
}

std::vector<ParameterSpec> Specs() {
  constexpr double kDay = 86'400;
  constexpr double kMost = 9e15;
  return {{"url", std::string(), "where it is: https://host/v1, http://127.0.0.1:8080/v1"},
          {"model", std::string(), "which of its models; empty: the first that it lists"},
          {"key_env", std::string(), "name of the environment variable that holds the key"},
          {"ca_file", std::string(), "PEM file of an authority that the system does not know"},
          {"api", std::string("auto"), "which face to use", 0, 0, {"auto", "completions", "chat"}},
          {"grammar",
           std::string("auto"),
           "how it is bound to a grammar: gbnf (llama.cpp), schema (json_schema), none",
           0,
           0,
           {"auto", "gbnf", "schema", "none"}},
          {"connect_seconds", 5.0, "to connect", 0.01, kDay},
          {"first_token_seconds", 30.0, "to the first token, and between two", 0.01, kDay},
          {"seconds", 120.0, "for a whole call, its repetitions included", 0.01, kDay},
          {"retries", std::int64_t{2}, "how often a call that may work later is made again", 0, 20},
          {"requests_per_day", std::int64_t{0}, "budget of a day (UTC); 0: none", 0, kMost},
          {"tokens_per_day", std::int64_t{0}, "budget of a day (UTC); 0: none", 0, kMost},
          {"requests_per_run", std::int64_t{0}, "budget of a process; 0: none", 0, kMost},
          {"tokens_per_run", std::int64_t{0}, "budget of a process; 0: none", 0, kMost}};
}

}  // namespace

LanguageModelKind EndpointKind() {
  return {.name = "endpoint",
          .summary =
              "an OpenAI-compatible HTTP endpoint: llama.cpp's server, vLLM, Ollama, a "
              "hosted one",
          .example =
              "backend = \"endpoint\"\nurl = \"http://127.0.0.1:8080/v1\"   # and for a "
              "hosted one: key_env = \"MY_KEY\", model = \"its-name\"",
          .parameters = Specs(),
          .find = &Find};
}

}  // namespace medley::llm
