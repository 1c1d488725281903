#pragma once

#include <llama.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "medley/core/result.h"
#include "medley/inference/llama.h"

namespace medley::inference {

struct FreeContext {
  void operator()(llama_context* context) const { llama_free(context); }
};
using ContextPointer = std::unique_ptr<llama_context, FreeContext>;

struct FreeModel {
  void operator()(llama_model* model) const { llama_model_free(model); }
};

struct FreeSampler {
  void operator()(llama_sampler* sampler) const { llama_sampler_free(sampler); }
};
using SamplerPointer = std::unique_ptr<llama_sampler, FreeSampler>;

struct LlamaModel::State {
  std::filesystem::path path;
  LlamaPart part = LlamaPart::kWhole;
  std::unique_ptr<llama_model, FreeModel> model;
  const llama_vocab* vocabulary = nullptr;
};

/// What llama.cpp last complained about on this thread, and forgets it.
std::string TakeLlamaComplaint();

/// Runs `call`; what llama.cpp throws becomes kInternal.
Status GuardLlama(const char* what, const std::function<Status()>& call);

}  // namespace medley::inference
