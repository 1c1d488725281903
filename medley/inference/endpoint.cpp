#include "medley/inference/endpoint.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/inference/circuit_breaker.h"
#include "medley/inference/endpoint_answer.h"
#include "medley/inference/endpoint_request.h"
#include "medley/inference/http_client.h"
#include "medley/inference/usage_budget.h"

namespace medley::inference {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Face = EndpointOptions::Face;
using Binding = EndpointOptions::Binding;

constexpr std::size_t kMostChoices = 250;

/// What every Endpoint of one address in this process shares.
struct Shared {
  explicit Shared(const EndpointOptions& options) : budget(options.usage, options.ledger) {}
  CircuitBreaker breaker{CircuitBreaker::Options{}};
  UsageBudget budget;
  std::mutex mutex;
  std::string last_error;
};

std::shared_ptr<Shared> SharedOf(const EndpointOptions& options) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<Shared>> all;
  const std::scoped_lock lock(mutex);
  auto& known = all[options.url];
  auto shared = known.lock();
  if (shared == nullptr) known = shared = std::make_shared<Shared>(options);
  return shared;
}

/// A token is rarely less than three bytes of English; of Chinese it is about two characters.
std::int64_t TokensOf(std::size_t bytes) { return static_cast<std::int64_t>(bytes / 3 + 1); }

Result<std::string> BaseUrl(const EndpointOptions& options) {
  std::string url = options.url;
  const bool plain = url.starts_with("http://");
  if (!plain && !url.starts_with("https://")) {
    return Fail(ErrorCode::kInvalidInput,
                "llm.url must begin with http:// or https://, like \"http://127.0.0.1:8080/v1\"");
  }
  const auto authority_at = url.find("//") + 2;
  const auto path_at = std::min(url.find('/', authority_at), url.size());
  const std::string authority = url.substr(authority_at, path_at - authority_at);
  if (authority.empty() || authority.find('@') != std::string::npos ||
      url.find_first_of("?# \t\r\n") != std::string::npos) {
    return Fail(ErrorCode::kInvalidInput,
                "llm.url must be an address alone, without a password or a question mark; the key "
                "belongs into an environment variable that llm.key_env names");
  }
  const auto port_at =
      authority.find(':', authority.find(']') == std::string::npos ? 0 : authority.find(']'));
  if (plain && !options.key.empty() && !IsLoopback(authority.substr(0, port_at))) {
    return Fail(ErrorCode::kInvalidInput,
                "llm.url is plain http to another machine: the key would travel readable; use "
                "https");
  }
  while (url.ends_with('/')) url.pop_back();
  if (path_at >= url.size()) url += "/v1";
  return url;
}

}  // namespace

struct Endpoint::State {
  EndpointOptions options;
  std::string base;
  std::shared_ptr<Shared> shared;
  HttpClient client;
  Random random{static_cast<std::uint64_t>(Clock::now().time_since_epoch().count())};
  bool known = false;  ///< what the endpoint is
  std::string model;
  Face face = Face::kAuto;
  Binding binding = Binding::kAuto;

  struct Asked {
    std::string url;
    std::string body;
    std::int64_t tokens = 0;  ///< that it may cost
    EndpointLimits limits;
    std::function<Taken(std::string_view)> on_data;
  };
  /// What came, and what it cost.
  struct Outcome {
    std::optional<EndpointFault> fault;
    std::int64_t tokens = 0;
  };

  Clock::time_point DeadlineOf(const EndpointLimits& limits) const {
    const auto own = Clock::now() + options.limit;
    return limits.deadline ? std::min(own, *limits.deadline) : own;
  }
  HttpAnswer Call(const Asked& asked, Clock::time_point deadline);
  Status Repeat(const EndpointLimits& limits,
                std::int64_t tokens,
                const std::function<Outcome(Clock::time_point deadline)>& attempt);
  Outcome Attempt(const std::function<Outcome(Clock::time_point)>& attempt,
                  std::int64_t tokens,
                  Clock::time_point deadline);
  Status Pause(milliseconds wait, const EndpointLimits& limits, Clock::time_point deadline) const;
  void AskWhatItIs(Clock::time_point deadline, const CancelToken* cancel);
  Result<Json> PostJson(const std::string& url, const Json& body, const EndpointLimits& limits);
  Result<std::vector<ServerToken>> Tokenize(const std::string& text, const EndpointLimits& limits);
  Result<double> LogProbability(std::span<const ServerToken> before,
                                ServerToken next,
                                const EndpointLimits& limits);
  Result<EndpointText> Generate(const Json& prompt,
                                bool chat,
                                const EndpointGeneration& generation);
  bool Bind(Json& body, bool chat, const EndpointGeneration& generation) const;
};

HttpAnswer Endpoint::State::Call(const Asked& asked, Clock::time_point deadline) {
  return client.Call({.url = asked.url,
                      .body = asked.body,
                      .headers = {"Accept: text/event-stream, application/json"},
                      .bearer = options.key,
                      .ca_file = options.ca_file,
                      .connect_limit = options.connect_limit,
                      .silence_limit = options.silence_limit,
                      .deadline = deadline,
                      .cancel = asked.limits.cancel,
                      .max_bytes = options.max_bytes,
                      .on_data = asked.on_data});
}

Endpoint::State::Outcome Endpoint::State::Attempt(
    const std::function<Outcome(Clock::time_point)>& attempt,
    std::int64_t tokens,
    Clock::time_point deadline) {
  if (const auto wait = shared->breaker.Refused(Clock::now())) {
    const std::scoped_lock lock(shared->mutex);
    return {.fault = EndpointFault{
                .error = {ErrorCode::kUnavailable,
                          "the language model's endpoint failed time and again and is left alone "
                          "for " +
                              std::to_string(wait->count() / 1000 + 1) +
                              " s; the last: " + shared->last_error}}};
  }
  if (auto reserved = shared->budget.Reserve(tokens, std::time(nullptr)); !reserved) {
    shared->breaker.Abandoned();
    return {.fault = EndpointFault{.error = std::move(reserved).error()}};
  }
  Outcome outcome = attempt(deadline);
  shared->budget.Settle(tokens, outcome.tokens, std::time(nullptr));
  if (!outcome.fault) {
    shared->breaker.Succeeded();
  } else if (outcome.fault->of_service) {
    {
      const std::scoped_lock lock(shared->mutex);
      shared->last_error = outcome.fault->error.message;
    }
    shared->breaker.Failed(Clock::now());
  } else {
    shared->breaker.Abandoned();
  }
  return outcome;
}

Status Endpoint::State::Pause(milliseconds wait,
                              const EndpointLimits& limits,
                              Clock::time_point deadline) const {
  constexpr milliseconds kLook{50};
  const auto end = Clock::now() + wait;
  if (end >= deadline) return Fail(ErrorCode::kTimeout, "no time is left");
  while (Clock::now() < end) {
    if (limits.cancel != nullptr && limits.cancel->cancelled())
      return Fail(ErrorCode::kCancelled, "stopped on request");
    std::this_thread::sleep_for(
        std::min<Clock::duration>(kLook, std::max(end - Clock::now(), Clock::duration(0))));
  }
  return {};
}

Status Endpoint::State::Repeat(const EndpointLimits& limits,
                               std::int64_t tokens,
                               const std::function<Outcome(Clock::time_point deadline)>& attempt) {
  constexpr double kFirstPauseMs = 250;
  constexpr double kLongestPauseMs = 8000;
  const auto deadline = DeadlineOf(limits);
  for (int times = 0;; ++times) {
    if (limits.cancel != nullptr && limits.cancel->cancelled())
      return Fail(ErrorCode::kCancelled, "stopped on request");
    if (Clock::now() >= deadline)
      return Fail(ErrorCode::kTimeout, "the language model did not finish in time");
    Outcome outcome = Attempt(attempt, tokens, deadline);
    if (!outcome.fault) return {};
    EndpointFault& fault = *outcome.fault;
    if (!fault.again || times >= options.retries) return tl::unexpected(std::move(fault.error));
    const double most = std::min(kLongestPauseMs, kFirstPauseMs * std::pow(2, times));
    const milliseconds pause{static_cast<std::int64_t>(random.Uniform(most / 2, most))};
    auto waited = Pause(fault.wait.value_or(pause), limits, deadline);
    if (waited) continue;
    if (waited.error().code == ErrorCode::kCancelled) return waited;
    if (fault.wait) {
      fault.error.message += " (asks to wait " + std::to_string(fault.wait->count() / 1000) + " s)";
    }
    return tl::unexpected(std::move(fault.error));
  }
}

void Endpoint::State::AskWhatItIs(Clock::time_point deadline, const CancelToken* cancel) {
  if (known || (!options.model.empty() && options.binding != Binding::kAuto)) return;
  if (shared->breaker.open(Clock::now())) return;
  // A look that fails says nothing; the call itself will tell what is wrong.
  constexpr milliseconds kMost{5'000};
  const auto answer = Call({.url = base + "/models", .limits = {.cancel = cancel}},
                           std::min(deadline, Clock::now() + kMost));
  if (FaultOf(answer, options.key)) {
    known = answer.end == HttpEnd::kWhole && answer.status / 100 == 4;
    return;
  }
  known = true;
  const auto json = ParseJson(answer.body);
  if (!json || !json->is_object() || !json->contains("data") || !(*json)["data"].is_array()) return;
  for (const auto& row : (*json)["data"]) {
    if (!row.is_object() || !row.contains("id") || !row["id"].is_string()) continue;
    const std::string id = row["id"].get<std::string>();
    if (!options.model.empty() && id != options.model) continue;
    model = id;
    const bool llama =
        row.contains("owned_by") && row["owned_by"].is_string() && row["owned_by"] == "llamacpp";
    if (options.binding == Binding::kAuto) binding = llama ? Binding::kGrammar : Binding::kSchema;
    return;
  }
}

/// Adds what binds the output. Whether the text then stands inside a JSON document.
bool Endpoint::State::Bind(Json& body, bool chat, const EndpointGeneration& generation) const {
  if (generation.grammar.empty() || binding == Binding::kNone) return false;
  if (binding == Binding::kGrammar) {
    body["grammar"] = generation.grammar;
    return false;
  }
  const bool few = !generation.choices.empty() && generation.choices.size() <= kMostChoices;
  if (!chat || !few) return false;
  body["response_format"] = SchemaOf(generation.choices);
  body.erase("stop");
  return true;
}

Result<EndpointText> Endpoint::State::Generate(const Json& prompt,
                                               bool chat,
                                               const EndpointGeneration& generation) {
  AskWhatItIs(DeadlineOf(generation.limits), generation.limits.cancel);
  Json body = BodyOf(generation, model);
  body[chat ? "messages" : "prompt"] = prompt;
  const bool unwraps = Bind(body, chat, generation);
  const std::string bytes = DumpJson(body);
  const std::int64_t asked_tokens = TokensOf(DumpJson(prompt).size());
  Result<EndpointText> text = Fail(ErrorCode::kInternal, "nothing was asked");
  const auto attempt = [&](Clock::time_point deadline) -> Outcome {
    GenerationReader reader(generation, unwraps);
    const auto answer = Call({.url = base + (chat ? "/chat/completions" : "/completions"),
                              .body = bytes,
                              .limits = generation.limits,
                              .on_data = [&](std::string_view data) { return reader.Feed(data); }},
                             deadline);
    auto fault = FaultOf(answer, options.key);
    if (!fault) {
      text = reader.Finish();
      if (!text) {
        text.error().message = Excerpt(text.error().message, options.key);
        const bool broken = text.error().code == ErrorCode::kUnavailable;
        fault = EndpointFault{.error = text.error(), .again = broken, .of_service = broken};
      }
    }
    if (fault) {
      fault->again = fault->again && !reader.handed_out();
      return {.fault = std::move(fault),
              .tokens = reader.pieces() > 0 ? asked_tokens + reader.pieces() : 0};
    }
    const std::int64_t cost = text->prompt_tokens > 0 ? text->prompt_tokens : asked_tokens;
    return {.fault = std::nullopt, .tokens = cost + text->tokens};
  };
  MEDLEY_RETURN_IF_ERROR(Repeat(generation.limits, asked_tokens + generation.max_tokens, attempt));
  return text;
}

Result<Json> Endpoint::State::PostJson(const std::string& url,
                                       const Json& body,
                                       const EndpointLimits& limits) {
  Result<Json> json = Fail(ErrorCode::kInternal, "nothing was asked");
  const std::string bytes = DumpJson(body);
  const auto tokens = TokensOf(bytes.size());
  MEDLEY_RETURN_IF_ERROR(Repeat(limits, tokens, [&](Clock::time_point deadline) -> Outcome {
    const auto answer = Call({.url = url, .body = bytes, .limits = limits}, deadline);
    if (auto fault = FaultOf(answer, options.key)) return {.fault = std::move(fault), .tokens = 0};
    json = ParseJson(answer.body);
    if (json && json->is_object()) return {.fault = std::nullopt, .tokens = tokens};
    return {
        .fault = EndpointFault{.error = {ErrorCode::kUnavailable,
                                         "the language model's endpoint: its answer is no JSON"},
                               .again = true,
                               .of_service = true},
        .tokens = tokens};
  }));
  return json;
}

Result<std::vector<ServerToken>> Endpoint::State::Tokenize(const std::string& text,
                                                           const EndpointLimits& limits) {
  constexpr std::string_view kVersion = "/v1";
  const auto none = [] {
    return Fail(ErrorCode::kUnsupported,
                "the endpoint tells no probabilities of a text: only llama.cpp's server does");
  };
  if (!base.ends_with(kVersion)) return none();
  const std::string root = base.substr(0, base.size() - kVersion.size());
  const auto json = PostJson(root + "/tokenize",
                             {{"content", text}, {"add_special", true}, {"parse_special", false}},
                             limits);
  if (json) return TokensIn(*json);
  const auto code = json.error().code;
  if (code == ErrorCode::kNotFound || code == ErrorCode::kInvalidInput) return none();
  return tl::unexpected(json.error());
}

/// Forces the token and asks how likely it was before that.
Result<double> Endpoint::State::LogProbability(std::span<const ServerToken> before,
                                               ServerToken next,
                                               const EndpointLimits& limits) {
  Json body = ForcedBody(before, next);
  if (!model.empty()) body["model"] = model;
  MEDLEY_ASSIGN_OR_RETURN(const Json json, PostJson(base + "/completions", body, limits));
  return LogProbabilityIn(json, next);
}

Endpoint::Endpoint(std::unique_ptr<State> state) : state_(std::move(state)) {}
Endpoint::Endpoint(Endpoint&&) noexcept = default;
Endpoint& Endpoint::operator=(Endpoint&&) noexcept = default;
Endpoint::~Endpoint() = default;

Result<Endpoint> Endpoint::Make(EndpointOptions options) {
  auto state = std::make_unique<State>();
  MEDLEY_ASSIGN_OR_RETURN(state->base, BaseUrl(options));
  if (options.key.find_first_of("\r\n") != std::string::npos)
    return Fail(ErrorCode::kInvalidInput, "the key that llm.key_env names holds a line end");
  options.url = state->base;
  state->shared = SharedOf(options);
  state->model = options.model;
  state->face = options.face;
  state->binding = options.binding;
  state->options = std::move(options);
  return Endpoint(std::move(state));
}

Result<EndpointText> Endpoint::Complete(std::string_view prompt,
                                        const EndpointGeneration& generation) {
  if (prompt.empty()) return Fail(ErrorCode::kInvalidInput, "the prompt is empty");
  if (state_->face != Face::kChat) {
    auto text = state_->Generate(Json(std::string(prompt)), false, generation);
    const bool missing = !text && text.error().code == ErrorCode::kNotFound;
    if (!missing || state_->face == Face::kCompletions) return text;
  }
  const std::array<EndpointMessage, 2> messages = {
      EndpointMessage{"system",
                      "Continue the text. Answer with the continuation alone, in one line, without "
                      "comments or quotes around it."},
      EndpointMessage{"user", std::string(prompt)}};
  auto text = Chat(messages, generation);
  if (text) state_->face = Face::kChat;
  return text;
}

Result<EndpointText> Endpoint::Chat(std::span<const EndpointMessage> messages,
                                    const EndpointGeneration& generation) {
  if (messages.empty()) return Fail(ErrorCode::kInvalidInput, "there is no message");
  Json list = Json::array();
  for (const auto& message : messages)
    list.push_back({{"role", message.role}, {"content", message.content}});
  return state_->Generate(list, true, generation);
}

Result<std::vector<std::vector<float>>> Endpoint::Embed(std::span<const std::string> texts,
                                                        const EndpointLimits& limits) {
  if (texts.empty()) return std::vector<std::vector<float>>();
  state_->AskWhatItIs(state_->DeadlineOf(limits), limits.cancel);
  Json body = {{"input", std::vector<std::string>(texts.begin(), texts.end())},
               {"encoding_format", "float"}};
  if (!state_->model.empty()) body["model"] = state_->model;
  MEDLEY_ASSIGN_OR_RETURN(const Json json,
                          state_->PostJson(state_->base + "/embeddings", body, limits));
  return VectorsOf(json, texts.size());
}

Result<std::vector<double>> Endpoint::Rerank(std::string_view query,
                                             std::span<const std::string> documents,
                                             const EndpointLimits& limits) {
  if (documents.empty()) return std::vector<double>();
  state_->AskWhatItIs(state_->DeadlineOf(limits), limits.cancel);
  Json body = {{"query", std::string(query)},
               {"documents", std::vector<std::string>(documents.begin(), documents.end())},
               {"top_n", documents.size()}};
  if (!state_->model.empty()) body["model"] = state_->model;
  MEDLEY_ASSIGN_OR_RETURN(const Json json,
                          state_->PostJson(state_->base + "/rerank", body, limits));
  return ScoresOf(json, documents.size());
}

Result<std::vector<double>> Endpoint::LogLikelihood(std::string_view prompt,
                                                    std::span<const std::string> continuations,
                                                    const EndpointLimits& limits) {
  if (prompt.empty()) return Fail(ErrorCode::kInvalidInput, "the prompt is empty");
  std::vector<double> scores;
  if (continuations.empty()) return scores;
  // One deadline for all the requests.
  const EndpointLimits all{state_->DeadlineOf(limits), limits.cancel};
  state_->AskWhatItIs(*all.deadline, all.cancel);
  const std::string head(prompt);
  MEDLEY_ASSIGN_OR_RETURN(const auto begins, state_->Tokenize(head, all));
  for (const auto& continuation : continuations) {
    MEDLEY_ASSIGN_OR_RETURN(const auto tokens, state_->Tokenize(head + continuation, all));
    const std::span whole(tokens);
    auto next =
        static_cast<std::size_t>(std::ranges::mismatch(tokens, begins).in1 - tokens.begin());
    double score = 0;
    for (next = std::max<std::size_t>(next, 1); next < tokens.size(); ++next) {
      MEDLEY_ASSIGN_OR_RETURN(const double one,
                              state_->LogProbability(whole.first(next), whole[next], all));
      score += one;
    }
    scores.push_back(score);
  }
  return scores;
}

EndpointStatus Endpoint::status() const {
  const std::scoped_lock lock(state_->shared->mutex);
  return {.url = state_->base,
          .model = state_->model,
          .open_circuit = state_->shared->breaker.open(Clock::now()),
          .last_error = state_->shared->last_error,
          .usage = state_->shared->budget.usage(std::time(nullptr)),
          .limits = state_->options.usage,
          .usage_kept = state_->shared->budget.kept()};
}

}  // namespace medley::inference
