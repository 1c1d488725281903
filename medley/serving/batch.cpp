#include "medley/serving/batch.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/serving/http.h"

namespace medley::serving {

Result<Json> ReadJsonBody(const HttpRequest& request) {
  auto json = ParseJson(request.body);
  if (!json) return Wrap("the body is no JSON", std::move(json).error());
  return json;
}

Result<Json> ReadBatch(const HttpRequest& request, std::string_view name, std::size_t max_records) {
  MEDLEY_ASSIGN_OR_RETURN(Json body, ReadJsonBody(request));
  if (body.is_object() && body.size() == 1 && body.contains(name))
    body = Json(std::move(body.at(std::string(name))));
  if (!body.is_array()) {
    return Fail(ErrorCode::kInvalidInput,
                "the body must be a list or {\"" + std::string(name) + "\": [...]}");
  }
  if (body.size() > max_records) {
    return Fail(ErrorCode::kLimitExceeded,
                std::to_string(body.size()) + " records in one request; send at most " +
                    std::to_string(max_records));
  }
  return body;
}

std::string FieldOf(std::string_view message) {
  const std::size_t open = message.find('\'');
  if (open == std::string_view::npos) return {};
  const std::size_t close = message.find('\'', open + 1);
  return close == std::string_view::npos ? std::string()
                                         : std::string(message.substr(open + 1, close - open - 1));
}

Result<Json> ReadRecord(const HttpRequest& request, const std::string& id) {
  MEDLEY_ASSIGN_OR_RETURN(Json body, ReadJsonBody(request));
  if (!body.is_object()) return Fail(ErrorCode::kInvalidInput, "the body must be a JSON object");
  const auto given = body.find("id");
  if (given == body.end()) {
    body["id"] = id;
  } else if (!given->is_string() || given->get_ref<const std::string&>() != id) {
    return Fail(ErrorCode::kInvalidInput,
                "field 'id' of the body must be the id in the address, or left out");
  }
  return body;
}

}  // namespace medley::serving
