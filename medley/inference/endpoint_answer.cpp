#include "medley/inference/endpoint_answer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <ctime>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/inference/endpoint.h"
#include "medley/inference/http_client.h"
#include "medley/inference/utf8.h"

namespace medley::inference {
namespace {

constexpr std::size_t kExcerpt = 200;

void RemoveKey(std::string& text, const std::string& key) {
  if (key.empty()) return;
  for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at))
    text.replace(at, key.size(), "***");
}

/// {"error": {"message": ...}}, {"error": "..."}, {"message": ...} or the text itself.
std::string MessageOf(std::string_view body) {
  const auto json = ParseJson(body);
  if (!json || !json->is_object()) return std::string(body);
  const auto text = [](const Json& value) -> std::string {
    return value.is_string() ? value.get<std::string>() : std::string();
  };
  if (const auto error = json->find("error"); error != json->end()) {
    if (error->is_object()) return text(error->value("message", Json()));
    if (error->is_string()) return error->get<std::string>();
  }
  return json->contains("message") ? text((*json)["message"]) : std::string(body);
}

EndpointFault Broken(HttpEnd end, const std::string& detail) {
  switch (end) {
    case HttpEnd::kTimeout:
      return {.error = {ErrorCode::kTimeout, "the language model's endpoint: " + detail},
              .again = true,
              .of_service = true};
    case HttpEnd::kCancelled:
      return {.error = {ErrorCode::kCancelled, detail}};
    case HttpEnd::kTooLarge:
      return {.error = {ErrorCode::kLimitExceeded, "the language model's endpoint: " + detail},
              .of_service = true};
    case HttpEnd::kWrongUrl:
      return {.error = {ErrorCode::kInvalidInput, "llm.url is no address: " + detail}};
    case HttpEnd::kUntrusted:
      return {.error = {ErrorCode::kUnavailable,
                        "the endpoint's certificate can't be trusted (llm.ca_file names another "
                        "authority's): " +
                            detail},
              .of_service = true};
    case HttpEnd::kWhole:
    case HttpEnd::kStopped:
    case HttpEnd::kBroken:
      break;
  }
  return {.error = {ErrorCode::kUnavailable, "the language model's endpoint: " + detail},
          .again = true,
          .of_service = true};
}

ErrorCode CodeOf(int status, std::string_view message) {
  const bool too_long = message.find("context") != std::string_view::npos ||
                        message.find("too long") != std::string_view::npos;
  switch (status) {
    case 400:
    case 422:
      return too_long ? ErrorCode::kLimitExceeded : ErrorCode::kInvalidInput;
    case 404:
    case 405:
      return ErrorCode::kNotFound;
    case 413:
      return ErrorCode::kLimitExceeded;
    case 501:
      return ErrorCode::kUnsupported;
    default:
      return ErrorCode::kUnavailable;
  }
}

std::string ReadText(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// `values` as one vector. Missing: empty where one of them is no number.
std::vector<float> Numbers(const Json& values) {
  std::vector<float> numbers;
  for (const auto& value : values) {
    if (!value.is_number()) return {};
    numbers.push_back(value.get<float>());
  }
  return numbers;
}

/// Which text a row is about: its index, its place where it has none.
std::size_t PlaceOf(const Json& row, std::size_t place) {
  const auto index = row.find("index");
  return index != row.end() && index->is_number_unsigned() ? index->get<std::size_t>() : place;
}

}  // namespace

Result<std::vector<std::vector<float>>> VectorsOf(const Json& answer, std::size_t texts) {
  const auto wrong = [] {
    return Fail(ErrorCode::kUnavailable,
                "the language model's endpoint: its answer holds no vector for each text");
  };
  std::vector<std::vector<float>> vectors(texts);
  const auto data = answer.find("data");
  if (data == answer.end() || !data->is_array() || data->size() != texts) return wrong();
  for (std::size_t i = 0; i < texts; ++i) {
    const Json& row = (*data)[i];
    if (!row.is_object() || !row.contains("embedding") || !row["embedding"].is_array())
      return wrong();
    const std::size_t at = PlaceOf(row, i);
    if (at >= texts || !vectors[at].empty()) return wrong();
    vectors[at] = Numbers(row["embedding"]);
  }
  for (const auto& vector : vectors) {
    if (vector.empty() || vector.size() != vectors.front().size()) return wrong();
  }
  return vectors;
}

Result<std::vector<double>> ScoresOf(const Json& answer, std::size_t documents) {
  const auto wrong = [] {
    return Fail(ErrorCode::kUnavailable,
                "the language model's endpoint: its answer holds no score for each document");
  };
  const auto results = answer.find("results");
  if (results == answer.end() || !results->is_array() || results->size() != documents)
    return wrong();
  std::vector<double> scores(documents);
  std::vector<bool> seen(documents);
  for (std::size_t i = 0; i < documents; ++i) {
    const Json& row = (*results)[i];
    if (!row.is_object() || !row.contains("relevance_score") || !row["relevance_score"].is_number())
      return wrong();
    const std::size_t at = PlaceOf(row, i);
    if (at >= documents || seen[at]) return wrong();
    seen[at] = true;
    scores[at] = row["relevance_score"].get<double>();
  }
  return scores;
}

Result<std::vector<ServerToken>> TokensIn(const Json& answer) {
  std::vector<ServerToken> tokens;
  const auto list = answer.find("tokens");
  bool good = list != answer.end() && list->is_array() && !list->empty();
  for (std::size_t i = 0; good && i < list->size(); ++i) {
    good = (*list)[i].is_number_unsigned();
    if (good) tokens.push_back((*list)[i].get<ServerToken>());
  }
  if (!good) return Fail(ErrorCode::kUnavailable, "the language model's endpoint: no tokens");
  return tokens;
}

Result<double> LogProbabilityIn(const Json& answer, ServerToken token) {
  const Json::json_pointer row("/choices/0/logprobs/content/0");
  if (!answer.contains(row) || !answer[row].is_object() || !answer[row].contains("id") ||
      answer[row]["id"] != Json(token) || !answer[row].contains("logprob") ||
      !answer[row]["logprob"].is_number()) {
    return Fail(ErrorCode::kUnsupported,
                "the endpoint does not tell the probability of each token (of a part of a "
                "character, llama.cpp's server doesn't)");
  }
  // Its numbers are the logarithm of a float, the least number where that is 0.
  return std::max(answer[row]["logprob"].get<double>(),
                  std::log(double{std::numeric_limits<float>::denorm_min()}));
}

std::string Excerpt(std::string_view text, const std::string& key) {
  std::string shown = ReplaceBadUtf8(text.substr(0, kExcerpt + key.size()));
  RemoveKey(shown, key);
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return std::string(WholeCharacters(std::string_view(shown).substr(0, kExcerpt)));
}

std::optional<EndpointFault> FaultOf(const HttpAnswer& answer, const std::string& key) {
  if (answer.end == HttpEnd::kStopped) return std::nullopt;
  if (answer.end != HttpEnd::kWhole) return Broken(answer.end, Excerpt(answer.detail, key));
  if (answer.status / 100 == 2) return std::nullopt;
  const std::string message = MessageOf(answer.body);
  const int status = answer.status;
  EndpointFault fault{.error = {CodeOf(status, message),
                                "the language model's endpoint answers " + std::to_string(status)}};
  fault.again = status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501);
  fault.of_service = fault.again || status / 100 == 3 || status == 401 || status == 403;
  if (status == 401 || status == 403)
    fault.error.message += " (it refuses the key that llm.key_env names)";
  if (status / 100 == 3) fault.error.message += " (it moved; redirects are not followed)";
  if (const auto said = Excerpt(message, key); !said.empty()) fault.error.message += ": " + said;
  fault.wait = RetryAfter(answer.retry_after, std::time(nullptr));
  return fault;
}

Taken GenerationReader::Feed(std::string_view bytes) {
  if (!streamed_ && !document_) {
    const auto first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return Taken::kNothing;
    document_ = bytes[first] == '{';
    streamed_ = !document_;
  }
  if (document_) {
    whole_ += bytes;
    return Taken::kProgress;
  }
  progress_ = false;
  const bool on = events_.Feed(bytes, [this](std::string_view data) { return TakeEvent(data); });
  if (!on) {
    if (complaint_.empty() && !done_) complaint_ = "an event is longer than an event may be";
    return Taken::kStop;
  }
  return progress_ ? Taken::kProgress : Taken::kNothing;
}

bool GenerationReader::TakeEvent(std::string_view data) {
  if (data == "[DONE]") {
    done_ = true;
    return false;
  }
  const auto json = ParseJson(data);
  if (!json || !json->is_object()) {
    complaint_ = "an event is no JSON: " + std::string(data.substr(0, kExcerpt));
    return false;
  }
  return TakeJson(*json);
}

void GenerationReader::TakeUsage(const Json& json) {
  const auto usage = json.find("usage");
  if (usage == json.end() || !usage->is_object()) return;
  const auto number = [&usage](const char* name) {
    const auto found = usage->find(name);
    return found != usage->end() && found->is_number() ? found->get<int>() : 0;
  };
  text_.prompt_tokens = std::max(0, number("prompt_tokens"));
  text_.tokens = std::max(0, number("completion_tokens"));
}

bool GenerationReader::TakeJson(const Json& json) {
  if (json.contains("error")) {
    complaint_ = MessageOf(DumpJson(json));
    return false;
  }
  TakeUsage(json);
  const auto choices = json.find("choices");
  if (choices == json.end() || !choices->is_array() || choices->empty()) return true;
  const Json& choice = choices->front();
  if (!choice.is_object()) return true;
  std::string piece = ReadText(choice, "text");
  for (const char* part : {"delta", "message"}) {
    if (const auto found = choice.find(part); found != choice.end() && found->is_object())
      piece += ReadText(*found, "content");
  }
  if (!piece.empty() && !TakePiece(piece)) return false;
  const std::string reason = ReadText(choice, "finish_reason");
  if (reason.empty()) return true;
  text_.complete = reason != "length";
  refused_ = reason == "content_filter";
  cut_ = true;  // what follows is at most the usage
  return true;
}

bool GenerationReader::TakePiece(const std::string& piece) {
  progress_ = true;
  ++pieces_;
  const std::size_t before = text_.text.size();
  text_.text += piece;
  bool on = true;
  if (generation_.on_piece && !unwraps_) {
    handed_out_ = true;
    on = generation_.on_piece(piece);
  }
  for (const auto& stop : unwraps_ ? std::vector<std::string>() : generation_.stops) {
    if (stop.empty()) continue;
    const std::size_t from = before > stop.size() ? before - stop.size() : 0;
    if (const auto at = text_.text.find(stop, from); at != std::string::npos) {
      text_.text.resize(at);
      on = false;
    }
  }
  // An endpoint that doesn't stop where it was told to.
  constexpr int kSlack = 4;
  if (pieces_ > kSlack * (generation_.max_tokens + kSlack)) {
    text_.complete = false;
    on = false;
  }
  done_ = done_ || !on;
  return on;
}

Result<EndpointText> GenerationReader::Finish() {
  if (document_) {
    const auto json = ParseJson(whole_);
    if (!json || !json->is_object())
      return Fail(ErrorCode::kUnavailable, "the language model's endpoint: its answer is no JSON");
    TakeJson(*json);
  }
  if (!complaint_.empty())
    return Fail(ErrorCode::kUnavailable, "the language model's endpoint: " + complaint_);
  if (refused_) return Fail(ErrorCode::kUnsupported, "the endpoint's filter refuses to write this");
  if (!done_ && !cut_) {
    return Fail(ErrorCode::kUnavailable,
                "the language model's endpoint: the answer broke off before its end");
  }
  if (unwraps_) {
    const auto json = ParseJson(text_.text);
    if (!json || !json->is_object() || !json->contains("text") || !(*json)["text"].is_string()) {
      return Fail(ErrorCode::kUnsupported,
                  "the endpoint does not keep to a JSON schema (llm.grammar = \"none\")");
    }
    text_.text = (*json)["text"].get<std::string>();
    if (generation_.on_piece) generation_.on_piece(text_.text);
  }
  if (text_.tokens == 0) text_.tokens = pieces_;
  text_.text = ReplaceBadUtf8(text_.text);
  return std::move(text_);
}

}  // namespace medley::inference
