#pragma once

#include <string>
#include <string_view>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/serving/http.h"

namespace medley::serving {

/// What HTTP itself can refuse, beside the error codes of the library.
enum class HttpFault {
  kMalformed,             ///< 400
  kUnauthorized,          ///< 401
  kForbidden,             ///< 403
  kMethodNotAllowed,      ///< 405
  kBodyTooLarge,          ///< 413
  kUnsupportedMediaType,  ///< 415
  kRangeNotSatisfiable,   ///< 416
  kMisdirected,           ///< 421: the Host is none of ours
  kHeaderTooLarge,        ///< 431
  kOverloaded,            ///< 503
};

/// The one place where error codes become HTTP statuses.
int HttpStatusOf(ErrorCode code);

/// {"error":{"code":"not_found","message":"..."}} with the status of the code; `more` is merged
/// into the body. Messages of kInternal, kIo and kCorrupt go to the log as well.
HttpResponse ProblemResponse(const Error& error, const Json& more = Json::object());
HttpResponse ProblemResponse(HttpFault fault, std::string message);

HttpResponse JsonResponse(const Json& body, int status = 200);

}  // namespace medley::serving
