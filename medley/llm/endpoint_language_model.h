#pragma once

#include "medley/llm/language_model.h"

namespace medley::llm {

/// Any OpenAI-compatible HTTP endpoint: llama.cpp's server, vLLM, Ollama, a hosted one.
LanguageModelKind EndpointKind();

}  // namespace medley::llm
