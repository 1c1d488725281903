#pragma once

#include <span>

#include "medley/llm/prompt.h"

namespace medley::llm {

/// Every file of llm/prompts, compiled in (see this folder's CMakeLists.txt).
std::span<const Prompt> PromptTable();

}  // namespace medley::llm
