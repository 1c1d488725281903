#include "medley/serving/problem.h"

#include <string>
#include <string_view>
#include <utility>

#include "medley/core/json.h"
#include "medley/core/log.h"
#include "medley/core/result.h"
#include "medley/serving/http.h"

namespace medley::serving {
namespace {

struct FaultRow {
  int status;
  std::string_view code;
};

FaultRow RowOf(HttpFault fault) {
  switch (fault) {
    case HttpFault::kMalformed:
      return {400, "invalid_input"};
    case HttpFault::kUnauthorized:
      return {401, "unauthorized"};
    case HttpFault::kForbidden:
      return {403, "forbidden"};
    case HttpFault::kMethodNotAllowed:
      return {405, "method_not_allowed"};
    case HttpFault::kBodyTooLarge:
      return {413, "limit_exceeded"};
    case HttpFault::kUnsupportedMediaType:
      return {415, "unsupported_media_type"};
    case HttpFault::kRangeNotSatisfiable:
      return {416, "range_not_satisfiable"};
    case HttpFault::kMisdirected:
      return {421, "misdirected"};
    case HttpFault::kHeaderTooLarge:
      return {431, "header_too_large"};
    case HttpFault::kOverloaded:
      return {503, "unavailable"};
  }
  return {500, "internal"};
}

HttpResponse Problem(int status,
                     std::string_view code,
                     std::string_view message,
                     const Json& more) {
  Json body = more;
  body["error"] = {{"code", code}, {"message", message}};
  HttpResponse response = JsonResponse(body, status);
  if (status == 503) response.headers.push_back({"Retry-After", "1"});
  return response;
}

}  // namespace

int HttpStatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidInput:
      return 400;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kAlreadyExists:
      return 409;
    case ErrorCode::kLimitExceeded:
      return 413;
    case ErrorCode::kUnsupported:
      return 422;
    case ErrorCode::kCorrupt:
    case ErrorCode::kIo:
    case ErrorCode::kInternal:
      return 500;
    case ErrorCode::kCancelled:
    case ErrorCode::kUnavailable:
      return 503;
    case ErrorCode::kTimeout:
      return 504;
  }
  return 500;
}

HttpResponse ProblemResponse(const Error& error, const Json& more) {
  const int status = HttpStatusOf(error.code);
  if (status == 500)
    spdlog::error("request failed: {}: {}", ErrorCodeName(error.code), error.message);
  return Problem(status, ErrorCodeName(error.code), error.message, more);
}

HttpResponse ProblemResponse(HttpFault fault, std::string message) {
  const FaultRow row = RowOf(fault);
  return Problem(row.status, row.code, message, Json::object());
}

HttpResponse JsonResponse(const Json& body, int status) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.headers.push_back({"Cache-Control", "no-store"});
  response.body = DumpJson(body);
  return response;
}

}  // namespace medley::serving
