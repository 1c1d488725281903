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

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/matrix.h"

namespace medley::inference {

/// A token of a model's own vocabulary.
using Token = std::int32_t;

enum class LlamaPart : std::uint8_t { kWhole, kTokenizer };

/// The weights and the tokenizer of one GGUF file.
/// Owns: the file's mapping and the weights; sessions share it.
/// Threads: every member from any.
class LlamaModel {
 public:
  /// Errors: kNotFound; kCorrupt for what llama.cpp can't load.
  /// Cost: kTokenizer reads the vocabulary only (about 0.3 s for 250,000 pieces).
  static Result<std::shared_ptr<const LlamaModel>> Load(const std::filesystem::path& path,
                                                        LlamaPart part = LlamaPart::kWhole);
  ~LlamaModel();
  LlamaModel(const LlamaModel&) = delete;
  LlamaModel& operator=(const LlamaModel&) = delete;

  /// Control tokens are never read out of `text`: a user's "<|im_end|>" stays plain text. `special`
  /// adds the model's own first and last tokens, where it has them.
  std::vector<Token> Tokenize(std::string_view text, bool special = true) const;
  std::string TextOf(std::span<const Token> tokens) const;

  std::size_t vocabulary_size() const;
  std::size_t dimension() const;       ///< of the embeddings; 0 for kTokenizer
  std::size_t context_length() const;  ///< that it was trained with; 0 for kTokenizer
  const std::filesystem::path& path() const;

 private:
  friend class LlamaSession;
  friend class LlamaEmbedder;
  struct State;
  explicit LlamaModel(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct LlamaOptions {
  int context_tokens = 2048;  ///< prompt and answer together
  int threads = 0;            ///< 0: ThreadCount()
};

/// How to continue a prompt. The default is greedy: the same prompt gives the same text.
struct LlamaGeneration {
  int max_tokens = 80;
  std::string grammar;     ///< GBNF whose start is "root"; empty: anything
  double temperature = 0;  ///< 0: the likeliest token
  double top_p = 0.9;      ///< with a temperature only
  std::uint32_t seed = 1;  ///< with a temperature only
  double repeat_penalty = 1;
  std::vector<std::string> stops;  ///< ends before the first of these
  const CancelToken* cancel = nullptr;
  /// Called with each piece as it comes (UTF-8 may be cut between pieces); false ends the text
  /// there. Pieces that may still turn into a stop are given too.
  std::function<bool(std::string_view piece)> on_piece;
};

enum class LlamaEnd : std::uint8_t {
  kModel,    ///< the model ended it, or the grammar was complete
  kStop,     ///< one of the stops came
  kTokens,   ///< max_tokens or the context were used up: the text may be cut, even within the
             ///< grammar
  kCallback  ///< on_piece said so
};

struct LlamaText {
  std::string text;  ///< whole UTF-8; a character cut by max_tokens is dropped
  LlamaEnd end = LlamaEnd::kModel;
  int prompt_tokens = 0;
  int reused_tokens = 0;  ///< of the prompt, kept from the call before
  int tokens = 0;         ///< generated
};

/// How long a call that writes nothing may take.
struct LlamaLimits {
  std::optional<std::chrono::steady_clock::time_point> deadline;
  const CancelToken* cancel = nullptr;
};

/// One conversation's worth of state over a model. The tokens of the last call stay in memory, and
/// a prompt that begins as they do is continued from there: a long few-shot head costs once.
/// Threads: one call at a time; several sessions may share a model.
/// Cost: memory about 2 x layers x dimension x context_tokens x 2 bytes.
class LlamaSession {
 public:
  /// Errors: kInvalidInput for a tokenizer-only model, kInternal when the memory isn't to be had.
  static Result<LlamaSession> Start(std::shared_ptr<const LlamaModel> model,
                                    const LlamaOptions& options = {});
  LlamaSession(LlamaSession&&) noexcept;
  LlamaSession& operator=(LlamaSession&&) noexcept;
  ~LlamaSession();

  /// Reads `prompt` in now, so that a Generate or Score whose prompt begins with it starts sooner.
  Status Prefill(std::string_view prompt, const CancelToken* cancel = nullptr);

  /// Errors: kInvalidInput for a grammar that doesn't parse; kLimitExceeded for a prompt that
  /// leaves no room in the context; kCancelled.
  Result<LlamaText> Generate(std::string_view prompt, const LlamaGeneration& generation);

  /// The natural logarithm of the probability that the model continues `prompt` with each of
  /// `continuations`, summed over its tokens; 0 for an empty one. Prompt and continuation are cut
  /// into tokens as one text: a token that spans the border counts as the continuation's. Errors:
  /// kInvalidInput for an empty prompt; kLimitExceeded; kTimeout; kCancelled.
  /// Cost: the prompt is read once, and of a continuation what the one before it doesn't begin
  /// with.
  Result<std::vector<double>> Score(std::string_view prompt,
                                    std::span<const std::string> continuations,
                                    const LlamaLimits& limits = {});

 private:
  struct State;
  explicit LlamaSession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Sentence vectors of a GGUF embedding model (BERT-like or decoder), pooled as the file says (mean
/// where it says nothing). Threads: one call at a time.
class LlamaEmbedder {
 public:
  /// `max_tokens` of a text are read; the rest is cut.
  static Result<LlamaEmbedder> Start(std::shared_ptr<const LlamaModel> model,
                                     int max_tokens = 128,
                                     int threads = 0);
  LlamaEmbedder(LlamaEmbedder&&) noexcept;
  LlamaEmbedder& operator=(LlamaEmbedder&&) noexcept;
  ~LlamaEmbedder();

  std::size_t dimension() const;
  /// Shapes: `out` is texts.size() x dimension(). The vectors are as the model gives them, not
  /// normalised.
  Status Embed(std::span<const std::string> texts, linalg::MatrixView out);

 private:
  struct State;
  explicit LlamaEmbedder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Sets what ggml reads from the environment and starts it, once; the classes above call it
/// themselves. A program with threads should call it in main, before they start (it sets
/// OMP_WAIT_POLICY=passive: ggml's spinning barriers otherwise collapse, about tenfold, whenever
/// the cores are shared). What the user has set stays.
void StartLlama();

}  // namespace medley::inference
