#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/inference/endpoint.h"
#include "medley/inference/event_stream.h"
#include "medley/inference/http_client.h"

namespace medley::inference {

/// What went wrong with one attempt, and what that means for the next.
struct EndpointFault {
  Error error;
  bool again = false;       ///< the same call may work if it is made again
  bool of_service = false;  ///< counts against the endpoint (the circuit breaker)
  std::optional<std::chrono::milliseconds> wait;  ///< as Retry-After asks
};

/// nullopt: the answer is whole and its status 2xx. `key` is taken out of whatever the other side
/// says.
std::optional<EndpointFault> FaultOf(const HttpAnswer& answer, const std::string& key);

/// A short, printable, key-free excerpt of what an endpoint said.
std::string Excerpt(std::string_view text, const std::string& key);

/// Reads the answer to a generation as it comes: server-sent events, or one JSON document from an
/// endpoint that doesn't stream.
class GenerationReader {
 public:
  GenerationReader(const EndpointGeneration& generation, bool unwraps)
      : generation_(generation), unwraps_(unwraps) {}

  Taken Feed(std::string_view bytes);
  /// After the last byte. Errors: kUnavailable for an answer that broke off or is no answer.
  Result<EndpointText> Finish();
  /// Whether pieces were given to on_piece: asking again would give them twice.
  bool handed_out() const { return handed_out_; }
  int pieces() const { return pieces_; }

 private:
  bool TakeEvent(std::string_view data);
  bool TakeJson(const Json& json);
  bool TakePiece(const std::string& piece);
  void TakeUsage(const Json& json);

  const EndpointGeneration& generation_;
  const bool unwraps_;  ///< the text stands in {"text": ...}, as the schema asked
  EventStream events_;
  std::string whole_;  ///< of a document that isn't streamed
  bool streamed_ = false;
  bool document_ = false;
  bool done_ = false;
  bool cut_ = false;
  bool refused_ = false;
  bool progress_ = false;
  bool handed_out_ = false;
  int pieces_ = 0;
  std::string complaint_;
  EndpointText text_;
};

/// The vectors of an answer of /embeddings, in the order of the texts. Errors: kUnavailable where
/// there is not one for each, or they differ in length.
Result<std::vector<std::vector<float>>> VectorsOf(const Json& answer, std::size_t texts);

/// The scores of an answer of /rerank, in the order of the documents. Errors: as VectorsOf.
Result<std::vector<double>> ScoresOf(const Json& answer, std::size_t documents);

/// A token of the other side's vocabulary.
using ServerToken = std::int64_t;

/// Those of an answer of llama.cpp's /tokenize. Errors: kUnavailable where there are none.
Result<std::vector<ServerToken>> TokensIn(const Json& answer);

/// How likely `token` was, that of an answer of /completions which was forced to be it. Errors:
/// kUnsupported where the answer doesn't tell.
Result<double> LogProbabilityIn(const Json& answer, ServerToken token);

}  // namespace medley::inference
