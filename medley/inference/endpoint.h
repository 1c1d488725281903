#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/inference/usage_budget.h"

namespace medley::inference {

struct EndpointOptions {
  std::string url;      ///< "https://host/v1"; "/v1" is added where no path is given
  std::string model;    ///< empty: the first that the endpoint lists
  std::string key;      ///< never in an error, a log or a status
  std::string ca_file;  ///< PEM, for a certificate that the system doesn't know
  enum class Face : std::uint8_t { kAuto, kCompletions, kChat };
  Face face = Face::kAuto;  ///< kAuto: completions, chat where there are none
  /// How output is bound: llama.cpp's "grammar", OpenAI's json_schema of the choices, or not at
  /// all. kAuto: what the endpoint says it is.
  enum class Binding : std::uint8_t { kAuto, kGrammar, kSchema, kNone };
  Binding binding = Binding::kAuto;
  std::chrono::milliseconds connect_limit{5'000};
  std::chrono::milliseconds silence_limit{30'000};  ///< to the first token, and between two
  std::chrono::milliseconds limit{120'000};         ///< of a call, its repetitions included
  int retries = 2;
  std::size_t max_bytes = std::size_t{8} << 20;  ///< of an answer
  UsageLimits usage;
  std::filesystem::path ledger;
};

struct EndpointMessage {
  std::string role;  ///< "system", "user", "assistant"
  std::string content;
};

struct EndpointLimits {
  std::optional<std::chrono::steady_clock::time_point> deadline;
  const CancelToken* cancel = nullptr;
};

struct EndpointGeneration {
  int max_tokens = 80;
  double temperature = 0;
  std::uint32_t seed = 1;
  std::vector<std::string> stops;
  std::string grammar;               ///< GBNF; empty: anything
  std::vector<std::string> choices;  ///< every text of the grammar, where they are few
  EndpointLimits limits;
  /// Each piece as it comes; false ends the text there. Once a piece was given, nothing is asked
  /// again.
  std::function<bool(std::string_view piece)> on_piece;
};

struct EndpointText {
  std::string text;
  bool complete = true;
  int prompt_tokens = 0;
  int tokens = 0;
};

struct EndpointStatus {
  std::string url;
  std::string model;
  bool open_circuit = false;
  std::string last_error;
  Usage usage;
  UsageLimits limits;
  bool usage_kept = false;
};

/// An OpenAI-compatible HTTP endpoint: chat/completions and completions (streamed), embeddings,
/// rerank. Within one process every Endpoint of the same address shares one circuit breaker and one
/// budget.
/// Errors of all calls: kUnavailable (no connection, 429, 5xx, a broken answer, an open circuit, a
/// spent budget, a refused key), kTimeout, kCancelled, kLimitExceeded (prompt or answer too long),
/// kInvalidInput (400), kNotFound (no such model or address), kUnsupported.
/// What is worth repeating (no connection, 408, 425, 429, 5xx, an answer that broke off) is
/// repeated after a jittered, doubling pause, or after what Retry-After asks for, as long as the
/// deadline leaves room.
/// Threads: one call at a time.
class Endpoint {
 public:
  /// Errors: kInvalidInput for an address that is none, holds a password or a query, or is plain
  /// http to another machine while a key is given.
  static Result<Endpoint> Make(EndpointOptions options);
  Endpoint(Endpoint&&) noexcept;
  Endpoint& operator=(Endpoint&&) noexcept;
  ~Endpoint();

  Result<EndpointText> Complete(std::string_view prompt, const EndpointGeneration& generation);
  Result<EndpointText> Chat(std::span<const EndpointMessage> messages,
                            const EndpointGeneration& generation);
  /// One vector a text, in their order, all of one length.
  Result<std::vector<std::vector<float>>> Embed(std::span<const std::string> texts,
                                                const EndpointLimits& limits);
  /// How well each document answers `query`, in their order.
  Result<std::vector<double>> Rerank(std::string_view query,
                                     std::span<const std::string> documents,
                                     const EndpointLimits& limits);

  /// The natural logarithm of the probability that the model goes on with each of `continuations`
  /// after `prompt`, token by token of its own cutting, one request a token. Of llama.cpp's server
  /// alone: it takes a prompt of tokens, and tells the probability that a token had before it was
  /// forced. Where that is below 1e-45, it counts as that. Errors: also kUnsupported for others,
  /// and for a token that is a part of a character.
  Result<std::vector<double>> LogLikelihood(std::string_view prompt,
                                            std::span<const std::string> continuations,
                                            const EndpointLimits& limits);

  EndpointStatus status() const;

 private:
  struct State;
  explicit Endpoint(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace medley::inference
