#pragma once

#include "medley/llm/language_model.h"

namespace medley::llm {

/// llama.cpp over a GGUF file: one of the model pack's, or the operator's own.
LanguageModelKind LlamaKind();

}  // namespace medley::llm
