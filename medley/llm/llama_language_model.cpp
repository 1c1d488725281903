#include "medley/llm/llama_language_model.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/inference/llama.h"
#include "medley/inference/model_pack.h"
#include "medley/llm/language_model.h"

namespace medley::llm {
namespace {

class LlamaLanguageModel : public LanguageModel {
 public:
  LlamaLanguageModel(std::string name, std::string version, inference::LlamaSession session)
      : name_(std::move(name)), version_(std::move(version)), session_(std::move(session)) {}

  std::string_view name() const override { return name_; }
  std::string_view version() const override { return version_; }

  Result<Generation> Generate(std::string_view prompt, const GenerateOptions& options) override {
    if (prompt.empty()) return Fail(ErrorCode::kInvalidInput, "the prompt is empty");
    bool late = false;
    inference::LlamaGeneration generation{.max_tokens = options.max_tokens,
                                          .grammar = options.grammar,
                                          .temperature = options.temperature,
                                          .seed = options.seed,
                                          .stops = options.stops,
                                          .cancel = options.cancel};
    generation.on_piece = [&](std::string_view piece) {
      late = options.deadline && std::chrono::steady_clock::now() > *options.deadline;
      return !late && (!options.on_piece || options.on_piece(piece));
    };
    MEDLEY_ASSIGN_OR_RETURN(auto text, session_.Generate(prompt, generation));
    if (late) return Fail(ErrorCode::kTimeout, "the language model did not finish in time");
    return Generation{.text = std::move(text.text),
                      .complete = text.end != inference::LlamaEnd::kTokens,
                      .prompt_tokens = text.prompt_tokens,
                      .tokens = text.tokens};
  }

  Result<std::vector<double>> LogLikelihood(std::string_view prompt,
                                            std::span<const std::string> continuations,
                                            const CallLimits& limits) override {
    if (prompt.empty()) return Fail(ErrorCode::kInvalidInput, "the prompt is empty");
    return session_.Score(
        prompt, continuations, {.deadline = limits.deadline, .cancel = limits.cancel});
  }

 private:
  std::string name_;
  std::string version_;
  inference::LlamaSession session_;
};

/// What tells one file of the operator's own from another without reading it all.
Result<std::string> FileVersion(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return Fail(ErrorCode::kNotFound, "llm.path: there is no model file " + path.string());
  const auto changed = std::filesystem::last_write_time(path, error).time_since_epoch().count();
  return std::to_string(Hash64(std::to_string(size) + "/" + std::to_string(changed)));
}

Result<LanguageModelSource> Find(const Parameters& parameters) {
  std::string name = parameters.Text("model");
  std::string version;
  std::filesystem::path path = parameters.Text("path");
  if (path.empty()) {
    MEDLEY_ASSIGN_OR_RETURN(const auto pack, inference::ModelPack::Open());
    MEDLEY_ASSIGN_OR_RETURN(const auto model, pack.Find(name));
    MEDLEY_ASSIGN_OR_RETURN(path, model.File("weights"));
    version = model.fingerprint;
  } else {
    name = path.filename().string();
    MEDLEY_ASSIGN_OR_RETURN(version, FileVersion(path));
  }
  const inference::LlamaOptions options{
      .context_tokens = static_cast<int>(parameters.Int("context_tokens")),
      .threads = static_cast<int>(parameters.Int("threads"))};
  auto load = [name, version, path, options]() -> Result<std::unique_ptr<LanguageModel>> {
    MEDLEY_ASSIGN_OR_RETURN(auto model, inference::LlamaModel::Load(path));
    MEDLEY_ASSIGN_OR_RETURN(auto session,
                            inference::LlamaSession::Start(std::move(model), options));
    return std::make_unique<LlamaLanguageModel>(name, version, std::move(session));
  };
  return LanguageModelSource{.id = name + "@" + version, .load = std::move(load)};
}

}  // namespace

LanguageModelKind LlamaKind() {
  constexpr double kMostTokens = 131072;
  return {
      .name = "llama",
      .summary = "a GGUF file, run in this process by llama.cpp",
      .example =
          "backend = \"llama\"\nmodel = \"smollm2-135m\"   # of the pack; or path = "
          "\"/models/mine.gguf\"",
      .parameters =
          {{"model",
            std::string("smollm2-135m"),
            "a language model of the pack (medley models list)"},
           {"path", std::string(), "a GGUF file of your own instead"},
           {"context_tokens", std::int64_t{2048}, "prompt and answer together", 256, kMostTokens},
           {"threads", std::int64_t{1}, "0: all cores", 0, 256}},
      .find = &Find};
}

}  // namespace medley::llm
