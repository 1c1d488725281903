#include <llama.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/inference/llama.h"
#include "medley/inference/llama_internal.h"
#include "medley/inference/utf8.h"

namespace medley::inference {
namespace {

constexpr int kBatchTokens = 512;
constexpr int kPenaltyWindow = 64;

/// Chooses tokens. The grammar is asked about the favourite first, and about the whole vocabulary
/// only when it refuses that one: checking every token costs more than a small model's forward
/// pass.
class TokenChooser {
 public:
  static Result<TokenChooser> Make(const llama_vocab* vocabulary,
                                   const LlamaGeneration& generation) {
    TokenChooser chooser(llama_vocab_n_tokens(vocabulary));
    if (!generation.grammar.empty()) {
      chooser.grammar_.reset(
          llama_sampler_init_grammar(vocabulary, generation.grammar.c_str(), "root"));
      if (chooser.grammar_ == nullptr) {
        return Fail(ErrorCode::kInvalidInput, "the grammar doesn't parse: " + TakeLlamaComplaint());
      }
    }
    chooser.chain_.reset(llama_sampler_chain_init(llama_sampler_chain_default_params()));
    llama_sampler* chain = chooser.chain_.get();
    if (generation.repeat_penalty != 1) {
      const auto penalty = static_cast<float>(generation.repeat_penalty);
      llama_sampler_chain_add(
          chain,
          llama_sampler_init_penalties(chooser.vocabulary_size_, kPenaltyWindow, penalty, 0, 0));
    }
    if (generation.temperature > 0) {
      llama_sampler_chain_add(chain,
                              llama_sampler_init_top_p(static_cast<float>(generation.top_p), 1));
      llama_sampler_chain_add(chain,
                              llama_sampler_init_temp(static_cast<float>(generation.temperature)));
      llama_sampler_chain_add(chain, llama_sampler_init_dist(generation.seed));
    } else {
      llama_sampler_chain_add(chain, llama_sampler_init_greedy());
    }
    return chooser;
  }

  Token Choose(const float* logits) {
    llama_token_data_array candidates = Candidates(logits);
    llama_sampler_apply(chain_.get(), &candidates);
    Token token = candidates.data[candidates.selected].id;
    if (grammar_ != nullptr && !GrammarTakes(token)) {
      candidates = Candidates(logits);
      llama_sampler_apply(grammar_.get(), &candidates);
      llama_sampler_apply(chain_.get(), &candidates);
      token = candidates.data[candidates.selected].id;
    }
    if (grammar_ != nullptr) llama_sampler_accept(grammar_.get(), token);
    llama_sampler_accept(chain_.get(), token);
    return token;
  }

 private:
  explicit TokenChooser(std::int32_t vocabulary_size)
      : vocabulary_size_(vocabulary_size), candidates_(static_cast<std::size_t>(vocabulary_size)) {}

  llama_token_data_array Candidates(const float* logits) {
    for (std::int32_t id = 0; id < vocabulary_size_; ++id) {
      candidates_[static_cast<std::size_t>(id)] = {.id = id, .logit = logits[id], .p = 0};
    }
    return {
        .data = candidates_.data(), .size = candidates_.size(), .selected = -1, .sorted = false};
  }

  bool GrammarTakes(Token token) {
    llama_token_data one{.id = token, .logit = 1, .p = 0};
    llama_token_data_array array{.data = &one, .size = 1, .selected = -1, .sorted = false};
    llama_sampler_apply(grammar_.get(), &array);
    return one.logit != -std::numeric_limits<float>::infinity();
  }

  std::int32_t vocabulary_size_;
  std::vector<llama_token_data> candidates_;
  SamplerPointer grammar_;
  SamplerPointer chain_;
};

/// Where the earliest of `stops` begins in `text` at or after `from`, or npos.
std::size_t FindStop(std::string_view text,
                     std::size_t from,
                     const std::vector<std::string>& stops) {
  std::size_t first = std::string_view::npos;
  for (const std::string& stop : stops) {
    if (stop.empty()) continue;
    const std::size_t begin = from > stop.size() ? from - stop.size() : 0;
    first = std::min(first, text.find(stop, begin));
  }
  return first;
}

double LogSoftmaxAt(const float* logits, std::int32_t count, Token token) {
  const float top = *std::max_element(logits, logits + count);
  double sum = 0;
  for (std::int32_t i = 0; i < count; ++i) sum += static_cast<double>(std::exp(logits[i] - top));
  return static_cast<double>(logits[token] - top) - std::log(sum);
}

}  // namespace

struct LlamaSession::State {
  std::shared_ptr<const LlamaModel> model;
  const llama_vocab* vocabulary = nullptr;
  ContextPointer context;
  std::size_t capacity = 0;
  std::vector<Token> held;  ///< what the context's memory holds, in order
  /// Whose results the context keeps: of the batch that began at `batch_begin` those from
  /// `results_begin` on.
  std::size_t batch_begin = 0;
  std::size_t results_begin = 0;
  std::size_t results_end = 0;
  LlamaLimits limits;

  /// Whether the call must end, and why.
  Status Check() const {
    if (limits.cancel != nullptr && limits.cancel->cancelled())
      return Fail(ErrorCode::kCancelled, "stopped on request");
    if (limits.deadline && std::chrono::steady_clock::now() >= *limits.deadline)
      return Fail(ErrorCode::kTimeout, "the language model did not finish in time");
    return {};
  }
  static bool MustStop(void* state) { return !static_cast<const State*>(state)->Check(); }

  void Forget() {
    llama_memory_clear(llama_get_memory(context.get()), /*data=*/false);
    held.clear();
  }

  /// Keeps of the memory what `tokens` begins with, all but one token at most. Returns how many.
  std::size_t Reuse(std::span<const Token> tokens) {
    const auto [mine, theirs] = std::ranges::mismatch(held, tokens);
    auto kept = static_cast<std::size_t>(mine - held.begin());
    kept = std::min(kept, tokens.size() - 1);
    if (!llama_memory_seq_rm(
            llama_get_memory(context.get()), 0, static_cast<llama_pos>(kept), -1)) {
      Forget();  // some architectures can't forget a part
      return 0;
    }
    held.resize(kept);
    return kept;
  }

  /// Runs `tokens`, one batch, after what is held; the results of those from `first_result` on are
  /// kept by the context.
  Status RunBatch(std::span<const Token> tokens, std::size_t first_result) {
    MEDLEY_RETURN_IF_ERROR(Check());
    llama_batch batch = llama_batch_init(static_cast<std::int32_t>(tokens.size()), 0, 1);
    batch.n_tokens = static_cast<std::int32_t>(tokens.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      batch.token[i] = tokens[i];
      batch.pos[i] = static_cast<llama_pos>(held.size() + i);
      batch.n_seq_id[i] = 1;
      batch.seq_id[i][0] = 0;
      batch.logits[i] = static_cast<std::int8_t>(i >= first_result);
    }
    const std::int32_t code = llama_decode(context.get(), batch);
    llama_batch_free(batch);
    batch_begin = held.size();
    results_begin = batch_begin + first_result;
    results_end = code == 0 ? batch_begin + tokens.size() : 0;
    if (code == 0) {
      held.insert(held.end(), tokens.begin(), tokens.end());
      return {};
    }
    Forget();
    MEDLEY_RETURN_IF_ERROR(Check());
    return Fail(ErrorCode::kInternal,
                "llama.cpp failed with " + std::to_string(code) + ": " + TakeLlamaComplaint());
  }

  /// Runs `tokens` after what is held, so that the last one's logits are there.
  Status RunAll(std::span<const Token> tokens) {
    while (!tokens.empty()) {
      const std::size_t now = std::min<std::size_t>(tokens.size(), kBatchTokens);
      MEDLEY_RETURN_IF_ERROR(RunBatch(tokens.first(now), now - 1));
      tokens = tokens.subspan(now);
    }
    return {};
  }

  Result<std::vector<Token>> PromptTokens(std::string_view prompt, std::size_t room) const {
    std::vector<Token> tokens = model->Tokenize(prompt);
    if (tokens.empty()) return Fail(ErrorCode::kInvalidInput, "the prompt is empty");
    if (tokens.size() + room > capacity) {
      return Fail(ErrorCode::kLimitExceeded,
                  "the prompt has " + std::to_string(tokens.size()) +
                      " tokens; the context holds " + std::to_string(capacity));
    }
    return tokens;
  }

  Result<LlamaText> Continue(const std::vector<Token>& prompt, const LlamaGeneration& generation);
  const float* LogitsAfter(std::span<const Token> tokens) const;
  Result<double> ScoreTokens(std::size_t prompt_tokens, const std::vector<Token>& all);
};

LlamaSession::LlamaSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
LlamaSession::LlamaSession(LlamaSession&&) noexcept = default;
LlamaSession& LlamaSession::operator=(LlamaSession&&) noexcept = default;
LlamaSession::~LlamaSession() = default;

Result<LlamaSession> LlamaSession::Start(std::shared_ptr<const LlamaModel> model,
                                         const LlamaOptions& options) {
  if (model == nullptr || model->state_->part == LlamaPart::kTokenizer) {
    return Fail(ErrorCode::kInvalidInput,
                "only the tokenizer of this model was loaded: it can't write");
  }
  auto state = std::make_unique<State>();
  state->model = std::move(model);
  state->vocabulary = state->model->state_->vocabulary;
  llama_context_params parameters = llama_context_default_params();
  parameters.n_ctx = static_cast<std::uint32_t>(std::max(options.context_tokens, 16));
  parameters.n_batch = kBatchTokens;
  parameters.n_ubatch = kBatchTokens;
  parameters.n_threads = options.threads > 0 ? options.threads : ThreadCount();
  parameters.n_threads_batch = parameters.n_threads;
  parameters.swa_full =
      true;  // so that a part of a sliding window can be forgotten and the head kept
  parameters.abort_callback = &State::MustStop;
  parameters.abort_callback_data = static_cast<void*>(state.get());
  MEDLEY_RETURN_IF_ERROR(GuardLlama("starting a session", [&]() -> Status {
    state->context.reset(llama_init_from_model(state->model->state_->model.get(), parameters));
    return {};
  }));
  if (state->context == nullptr) {
    return Fail(ErrorCode::kInternal, "llama.cpp can't make a context: " + TakeLlamaComplaint());
  }
  state->capacity = parameters.n_ctx;
  return LlamaSession(std::move(state));
}

Status LlamaSession::Prefill(std::string_view prompt, const CancelToken* cancel) {
  state_->limits = {.deadline = std::nullopt, .cancel = cancel};
  return GuardLlama("reading a prompt", [&]() -> Status {
    MEDLEY_ASSIGN_OR_RETURN(const std::vector<Token> tokens, state_->PromptTokens(prompt, 0));
    const std::size_t kept = state_->Reuse(tokens);
    return state_->RunAll(std::span(tokens).subspan(kept));
  });
}

Result<LlamaText> LlamaSession::Generate(std::string_view prompt,
                                         const LlamaGeneration& generation) {
  LlamaText text;
  state_->limits = {.deadline = std::nullopt, .cancel = generation.cancel};
  MEDLEY_RETURN_IF_ERROR(GuardLlama("writing", [&]() -> Status {
    MEDLEY_ASSIGN_OR_RETURN(const std::vector<Token> tokens, state_->PromptTokens(prompt, 1));
    MEDLEY_ASSIGN_OR_RETURN(text, state_->Continue(tokens, generation));
    return {};
  }));
  return text;
}

Result<LlamaText> LlamaSession::State::Continue(const std::vector<Token>& prompt,
                                                const LlamaGeneration& generation) {
  MEDLEY_ASSIGN_OR_RETURN(TokenChooser chooser, TokenChooser::Make(vocabulary, generation));
  LlamaText result;
  result.end = LlamaEnd::kTokens;
  result.prompt_tokens = static_cast<int>(prompt.size());
  const std::size_t kept = Reuse(prompt);
  result.reused_tokens = static_cast<int>(kept);
  MEDLEY_RETURN_IF_ERROR(RunAll(std::span(prompt).subspan(kept)));
  while (result.tokens < generation.max_tokens) {
    const Token token = chooser.Choose(llama_get_logits_ith(context.get(), -1));
    if (llama_vocab_is_eog(vocabulary, token)) {
      result.end = LlamaEnd::kModel;
      break;
    }
    ++result.tokens;
    const std::string piece = model->TextOf(std::span(&token, 1));
    const std::size_t before = result.text.size();
    result.text += piece;
    const bool go_on = !generation.on_piece || generation.on_piece(piece);
    if (const std::size_t stop = FindStop(result.text, before, generation.stops);
        stop != std::string::npos) {
      result.text.resize(stop);
      result.end = LlamaEnd::kStop;
      break;
    }
    if (!go_on) {
      result.end = LlamaEnd::kCallback;
      break;
    }
    if (held.size() >= capacity) break;
    MEDLEY_RETURN_IF_ERROR(RunBatch(std::span(&token, 1), 0));
  }
  result.text.resize(WholeCharacters(result.text).size());
  return result;
}

Result<std::vector<double>> LlamaSession::Score(std::string_view prompt,
                                                std::span<const std::string> continuations,
                                                const LlamaLimits& limits) {
  std::vector<double> scores;
  state_->limits = limits;
  MEDLEY_RETURN_IF_ERROR(GuardLlama("scoring", [&]() -> Status {
    MEDLEY_ASSIGN_OR_RETURN(const std::vector<Token> head, state_->PromptTokens(prompt, 0));
    for (const auto& continuation : continuations) {
      // Tokens may span the border between the two, so the whole is cut as one text.
      MEDLEY_ASSIGN_OR_RETURN(const std::vector<Token> all,
                              state_->PromptTokens(std::string(prompt) + continuation, 0));
      const auto shared =
          static_cast<std::size_t>(std::ranges::mismatch(all, head).in1 - all.begin());
      MEDLEY_ASSIGN_OR_RETURN(const double score,
                              state_->ScoreTokens(std::max<std::size_t>(shared, 1), all));
      scores.push_back(score);
    }
    return {};
  }));
  return scores;
}

/// nullptr: what follows `tokens` is not among the results that are kept.
const float* LlamaSession::State::LogitsAfter(std::span<const Token> tokens) const {
  const std::size_t last = tokens.size() - 1;
  const bool kept = last >= results_begin && last < results_end && last < held.size() &&
                    std::ranges::equal(tokens, std::span(held).first(tokens.size()));
  return kept ? llama_get_logits_ith(context.get(), static_cast<std::int32_t>(last - batch_begin))
              : nullptr;
}

Result<double> LlamaSession::State::ScoreTokens(std::size_t prompt_tokens,
                                                const std::vector<Token>& all) {
  MEDLEY_RETURN_IF_ERROR(Check());
  double score = 0;
  const std::int32_t vocabulary_size = llama_vocab_n_tokens(vocabulary);
  for (std::size_t next = prompt_tokens; next < all.size();) {
    const auto before = std::span(all).first(next);
    if (const float* logits = LogitsAfter(before)) {
      score += LogSoftmaxAt(logits, vocabulary_size, all[next]);
      ++next;
      continue;
    }
    std::size_t at = Reuse(before);
    for (; next - 1 - at >= kBatchTokens; at += kBatchTokens)
      MEDLEY_RETURN_IF_ERROR(RunAll(before.subspan(at, kBatchTokens)));
    // One batch of what is left before and of what follows: a second one would cost as much again.
    // The logits of the last token before are the first that count.
    const std::size_t now = std::min<std::size_t>(all.size() - 1 - at, kBatchTokens);
    MEDLEY_RETURN_IF_ERROR(RunBatch(std::span(all).subspan(at, now), next - 1 - at));
  }
  return score;
}

}  // namespace medley::inference
