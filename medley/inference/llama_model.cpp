#include <llama.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/inference/llama.h"
#include "medley/inference/llama_internal.h"
#include "medley/inference/utf8.h"

namespace medley::inference {
namespace {

/// Runs before the OpenMP runtime that is linked into the program reads its environment, which it
/// does among the constructors without a priority; any later would change nothing.
[[gnu::constructor(101)]] void ChoosePassiveWaiting() {
  setenv("OMP_WAIT_POLICY", "passive", /*overwrite=*/0);
}

thread_local std::string complaint;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void OnLog(ggml_log_level level, const char* text, void* /*user*/) {
  if (level != GGML_LOG_LEVEL_ERROR) return;
  complaint = text;
  while (!complaint.empty() && complaint.back() == '\n') complaint.pop_back();
  spdlog::debug("llama.cpp: {}", complaint);
}

}  // namespace

void StartLlama() {
  static std::once_flag once;
  std::call_once(once, [] {
    llama_log_set(&OnLog, nullptr);
    llama_backend_init();
  });
}

std::string TakeLlamaComplaint() { return std::exchange(complaint, {}); }

Status GuardLlama(const char* what, const std::function<Status()>& call) {
  try {
    return call();
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kInternal, std::string(what) + ": " + error.what());
  }
}

LlamaModel::LlamaModel(std::unique_ptr<State> state) : state_(std::move(state)) {}
LlamaModel::~LlamaModel() = default;

Result<std::shared_ptr<const LlamaModel>> LlamaModel::Load(const std::filesystem::path& path,
                                                           LlamaPart part) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return Fail(ErrorCode::kNotFound, "no model file " + path.string());
  }
  StartLlama();
  llama_model_params parameters = llama_model_default_params();
  parameters.n_gpu_layers = 0;
  parameters.vocab_only = part == LlamaPart::kTokenizer;
  auto state = std::make_unique<State>();
  state->path = path;
  state->part = part;
  MEDLEY_RETURN_IF_ERROR(GuardLlama("loading a GGUF file", [&]() -> Status {
    state->model.reset(llama_model_load_from_file(path.c_str(), parameters));
    return {};
  }));
  const std::string reason = TakeLlamaComplaint();
  if (state->model == nullptr) {
    return Fail(ErrorCode::kCorrupt, path.string() + " can't be loaded as GGUF: " + reason);
  }
  state->vocabulary = llama_model_get_vocab(state->model.get());
  return std::shared_ptr<const LlamaModel>(new LlamaModel(std::move(state)));
}

std::vector<Token> LlamaModel::Tokenize(std::string_view text, bool special) const {
  const std::string clean =
      ReplaceBadUtf8(text.substr(0, std::numeric_limits<std::int32_t>::max() / 4));
  std::vector<Token> tokens(clean.size() / 2 + 8);
  const auto try_once = [&] {
    return llama_tokenize(state_->vocabulary,
                          clean.data(),
                          static_cast<std::int32_t>(clean.size()),
                          tokens.data(),
                          static_cast<std::int32_t>(tokens.size()),
                          special,
                          /*parse_special=*/false);
  };
  std::int32_t count = try_once();
  if (count < 0) {
    tokens.resize(static_cast<std::size_t>(-count));
    count = try_once();
  }
  tokens.resize(static_cast<std::size_t>(std::max(count, 0)));
  return tokens;
}

std::string LlamaModel::TextOf(std::span<const Token> tokens) const {
  std::string text;
  std::string piece(64, '\0');
  for (const Token token : tokens) {
    const auto write = [&] {
      return llama_token_to_piece(state_->vocabulary,
                                  token,
                                  piece.data(),
                                  static_cast<std::int32_t>(piece.size()),
                                  /*lstrip=*/0,
                                  /*special=*/false);
    };
    std::int32_t length = write();
    if (length < 0) {
      piece.resize(static_cast<std::size_t>(-length));
      length = write();
    }
    text.append(piece, 0, static_cast<std::size_t>(std::max(length, 0)));
  }
  return text;
}

std::size_t LlamaModel::vocabulary_size() const {
  return static_cast<std::size_t>(llama_vocab_n_tokens(state_->vocabulary));
}

std::size_t LlamaModel::dimension() const {
  if (state_->part == LlamaPart::kTokenizer) return 0;
  return static_cast<std::size_t>(llama_model_n_embd_out(state_->model.get()));
}

std::size_t LlamaModel::context_length() const {
  if (state_->part == LlamaPart::kTokenizer) return 0;
  return static_cast<std::size_t>(llama_model_n_ctx_train(state_->model.get()));
}

const std::filesystem::path& LlamaModel::path() const { return state_->path; }

}  // namespace medley::inference
