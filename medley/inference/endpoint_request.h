#pragma once

#include <span>
#include <string>
#include <vector>

#include "medley/core/json.h"
#include "medley/inference/endpoint.h"
#include "medley/inference/endpoint_answer.h"

namespace medley::inference {

/// What is asked of /completions and /chat/completions, but for the prompt. `model`: empty where
/// the endpoint's only one is meant.
Json BodyOf(const EndpointGeneration& generation, const std::string& model);

/// The response_format that binds an answer to one of `choices`, as {"text": choice}.
Json SchemaOf(const std::vector<std::string>& choices);

/// Asks llama.cpp's server to go on with `next` and to say how likely that was before it was
/// forced.
Json ForcedBody(std::span<const ServerToken> before, ServerToken next);

}  // namespace medley::inference
