#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"

namespace medley::llm {

class Rule;

/// How to continue a prompt. The default is greedy: the same prompt gives the same text.
struct GenerateOptions {
  std::string grammar;  ///< GBNF that starts at "root" (llm/grammar.h makes them); empty: any text
  /// The rule that `grammar` was made from, if one was: an endpoint that takes no GBNF is sent its
  /// texts instead. May be nullptr; must outlive the call.
  const Rule* rule = nullptr;
  int max_tokens = 80;
  double temperature = 0;          ///< 0: the likeliest token
  std::uint32_t seed = 1;          ///< with a temperature only
  std::vector<std::string> stops;  ///< the text ends before the first of these
  std::optional<std::chrono::steady_clock::time_point> deadline;
  const CancelToken* cancel = nullptr;  ///< may be nullptr; must outlive the call
  /// Each piece as it comes, before anything is checked, stops included; false ends the text there.
  std::function<bool(std::string_view piece)> on_piece;
};

struct ChatMessage {
  std::string role;  ///< "system", "user", "assistant"
  std::string content;
};

/// How long a call that generates nothing may take.
struct CallLimits {
  std::optional<std::chrono::steady_clock::time_point> deadline;
  const CancelToken* cancel = nullptr;  ///< may be nullptr; must outlive the call
};

/// A text that keeps to `rule`, which must outlive the call.
GenerateOptions BoundTo(const Rule& rule, int max_tokens, const CallLimits& limits);

struct Generation {
  std::string text;
  bool complete =
      true;  ///< false: cut by max_tokens or the context's size, even within the grammar
  int prompt_tokens = 0;
  int tokens = 0;  ///< generated
};

/// A model that continues text.
/// Threads: one call at a time.
class LanguageModel {
 public:
  virtual ~LanguageModel() = default;
  virtual std::string_view name() const = 0;
  /// Changes when the weights do: what was written by another version may be written anew.
  virtual std::string_view version() const = 0;
  /// Errors: kInvalidInput (an empty prompt, a grammar that doesn't parse), kLimitExceeded (a
  /// prompt longer than the context), kTimeout past the deadline, kCancelled, kUnsupported for a
  /// grammar where the backend has none or wrote something else, kUnavailable (an endpoint that
  /// can't be reached, is left alone after failures, or whose budget is spent: the same call may
  /// work later), kNotFound (an endpoint without that model).
  virtual Result<Generation> Generate(std::string_view prompt, const GenerateOptions& options) = 0;
  /// The assistant's next message. Models without a chat of their own are given the transcript.
  virtual Result<Generation> Chat(std::span<const ChatMessage> messages,
                                  const GenerateOptions& options);
  /// The natural logarithm of the probability that the model goes on with each of `continuations`
  /// after `prompt`, summed over the continuation's tokens; 0 for an empty one. What follows the
  /// end of a continuation doesn't matter: that of " yes" holds that of " yes, but" in it. A prompt
  /// that begins as the one before it is read from there on. Errors: as Generate; kUnsupported
  /// where the backend tells no probabilities (an endpoint that is not llama.cpp's server).
  virtual Result<std::vector<double>> LogLikelihood(std::string_view prompt,
                                                    std::span<const std::string> continuations,
                                                    const CallLimits& limits);
  /// One vector a text, all of one length. Errors: as Generate; kUnsupported where there are none.
  virtual Result<std::vector<std::vector<float>>> Embed(std::span<const std::string> texts,
                                                        const CallLimits& limits);
  /// How well each document answers `query`, comparable within one call. Errors: as Generate.
  virtual Result<std::vector<double>> Rerank(std::string_view query,
                                             std::span<const std::string> documents,
                                             const CallLimits& limits);
  /// What there is to know of it now: an endpoint's address, circuit, budget and what is used of
  /// it. Never a key.
  virtual Json status() const { return Json::object(); }
};

/// A model that is known but not in memory yet: `id` names it and its version
/// ("smollm2-135m@34460533f2ced68d").
struct LanguageModelSource {
  std::string id;
  std::function<Result<std::unique_ptr<LanguageModel>>()> load;
};

/// The table of backends, from which --help and the reference are made.
struct LanguageModelKind {
  std::string name;
  std::string summary;
  std::string example;  ///< lines of medley.toml
  std::vector<ParameterSpec> parameters;
  Result<LanguageModelSource> (*find)(const Parameters& parameters);
};
const std::vector<LanguageModelKind>& LanguageModelKinds();

/// The model that `settings` (the section [llm] of medley.toml; "backend" names the kind) asks for;
/// the pack's own where it asks for nothing. Nothing is loaded yet. Errors: kNotFound saying how to
/// add the model; kInvalidInput from the settings.
Result<LanguageModelSource> FindLanguageModel(
    const std::map<std::string, std::string>& settings = {});

}  // namespace medley::llm
