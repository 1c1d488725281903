#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"

namespace medley::llm {

/// How to continue a prompt. The default is greedy: the same prompt gives the same text.
struct GenerateOptions {
  std::string grammar;  ///< GBNF that starts at "root" (llm/grammar.h makes them); empty: any text
  int max_tokens = 80;
  double temperature = 0;          ///< 0: the likeliest token
  std::uint32_t seed = 1;          ///< with a temperature only
  std::vector<std::string> stops;  ///< the text ends before the first of these
  std::optional<std::chrono::steady_clock::time_point> deadline;
  const CancelToken* cancel = nullptr;  ///< may be nullptr; must outlive the call
};

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
  /// grammar where the backend has none, kUnavailable (an endpoint).
  virtual Result<Generation> Generate(std::string_view prompt, const GenerateOptions& options) = 0;
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
