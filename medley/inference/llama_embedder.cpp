#include <llama.h>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/inference/llama.h"
#include "medley/inference/llama_internal.h"
#include "medley/linalg/matrix.h"

namespace medley::inference {

struct LlamaEmbedder::State {
  std::shared_ptr<const LlamaModel> model;
  ContextPointer context;
  std::size_t max_tokens = 0;

  Status EmbedOne(const std::string& text, std::span<float> out) {
    std::vector<Token> tokens = model->Tokenize(text);
    if (tokens.size() > max_tokens) {
      const Token last = tokens.back();
      tokens.resize(max_tokens);
      if (llama_vocab_is_control(llama_model_get_vocab(llama_get_model(context.get())), last))
        tokens.back() = last;
    }
    if (tokens.empty()) {  // a tokenizer without marks of its own, and an empty text
      std::ranges::fill(out, 0.F);
      return {};
    }
    if (llama_memory_t memory = llama_get_memory(context.get()); memory != nullptr)
      llama_memory_clear(memory, false);
    const llama_batch batch =
        llama_batch_get_one(tokens.data(), static_cast<std::int32_t>(tokens.size()));
    if (const std::int32_t code = llama_decode(context.get(), batch); code != 0) {
      return Fail(ErrorCode::kInternal,
                  "llama.cpp failed with " + std::to_string(code) + ": " + TakeLlamaComplaint());
    }
    const float* vector = llama_get_embeddings_seq(context.get(), 0);
    if (vector == nullptr)
      return Fail(ErrorCode::kUnsupported, model->path().string() + " gives no sentence vectors");
    std::copy_n(vector, out.size(), out.begin());
    return {};
  }
};

LlamaEmbedder::LlamaEmbedder(std::unique_ptr<State> state) : state_(std::move(state)) {}
LlamaEmbedder::LlamaEmbedder(LlamaEmbedder&&) noexcept = default;
LlamaEmbedder& LlamaEmbedder::operator=(LlamaEmbedder&&) noexcept = default;
LlamaEmbedder::~LlamaEmbedder() = default;

Result<LlamaEmbedder> LlamaEmbedder::Start(std::shared_ptr<const LlamaModel> model,
                                           int max_tokens,
                                           int threads) {
  if (model == nullptr || model->state_->part == LlamaPart::kTokenizer) {
    return Fail(ErrorCode::kInvalidInput,
                "only the tokenizer of this model was loaded: it makes no vectors");
  }
  auto state = std::make_unique<State>();
  const std::size_t trained = std::max<std::size_t>(model->context_length(), 8);
  state->max_tokens =
      std::clamp<std::size_t>(static_cast<std::size_t>(std::max(max_tokens, 8)), 8, trained);
  state->model = std::move(model);
  llama_context_params parameters = llama_context_default_params();
  parameters.embeddings = true;
  parameters.n_ctx = static_cast<std::uint32_t>(state->max_tokens);
  parameters.n_batch = parameters.n_ctx;
  parameters.n_ubatch = parameters.n_ctx;
  parameters.n_threads = threads > 0 ? threads : ThreadCount();
  parameters.n_threads_batch = parameters.n_threads;
  MEDLEY_RETURN_IF_ERROR(GuardLlama("starting an embedder", [&]() -> Status {
    llama_model* weights = state->model->state_->model.get();
    state->context.reset(llama_init_from_model(weights, parameters));
    if (state->context != nullptr &&
        llama_pooling_type(state->context.get()) == LLAMA_POOLING_TYPE_NONE) {
      parameters.pooling_type = LLAMA_POOLING_TYPE_MEAN;
      state->context.reset(llama_init_from_model(weights, parameters));
    }
    return {};
  }));
  if (state->context == nullptr) {
    return Fail(ErrorCode::kInternal, "llama.cpp can't make a context: " + TakeLlamaComplaint());
  }
  return LlamaEmbedder(std::move(state));
}

std::size_t LlamaEmbedder::dimension() const { return state_->model->dimension(); }

Status LlamaEmbedder::Embed(std::span<const std::string> texts, linalg::MatrixView out) {
  assert(out.rows == texts.size() && out.cols == dimension());
  return GuardLlama("embedding", [&]() -> Status {
    for (std::size_t row = 0; row < texts.size(); ++row) {
      MEDLEY_RETURN_IF_ERROR(state_->EmbedOne(texts[row], out.Row(row)));
    }
    return {};
  });
}

}  // namespace medley::inference
