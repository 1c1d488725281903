#include "medley/inference/endpoint_request.h"

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/inference/endpoint.h"
#include "medley/inference/endpoint_answer.h"

namespace medley::inference {
namespace {

/// OpenAI takes no more.
constexpr std::size_t kMostStops = 4;
/// Above what any other token may have.
constexpr double kForce = 1e4;

}  // namespace

Json BodyOf(const EndpointGeneration& generation, const std::string& model) {
  Json body = {{"max_tokens", generation.max_tokens},
               {"temperature", generation.temperature},
               {"stream", true},
               {"stream_options", {{"include_usage", true}}}};
  if (!model.empty()) body["model"] = model;
  if (generation.temperature > 0) body["seed"] = generation.seed;
  Json stops = Json::array();
  for (const auto& stop : generation.stops) {
    if (!stop.empty() && stops.size() < kMostStops) stops.push_back(stop);
  }
  if (!stops.empty()) body["stop"] = std::move(stops);
  return body;
}

Json SchemaOf(const std::vector<std::string>& choices) {
  return {{"type", "json_schema"},
          {"json_schema",
           {{"name", "answer"},
            {"strict", true},
            {"schema",
             {{"type", "object"},
              {"properties", {{"text", {{"type", "string"}, {"enum", choices}}}}},
              {"required", {"text"}},
              {"additionalProperties", false}}}}}};
}

Json ForcedBody(std::span<const ServerToken> before, ServerToken next) {
  return {{"prompt", std::vector<ServerToken>(before.begin(), before.end())},
          {"max_tokens", 1},
          {"temperature", 0},
          {"logprobs", 1},
          {"logit_bias", Json::array({Json::array({next, kForce})})}};
}

}  // namespace medley::inference
