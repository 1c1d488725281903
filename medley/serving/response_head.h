#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "medley/serving/http.h"

namespace medley::serving {

/// "Not Found"; empty for a status that nothing here gives.
std::string_view ReasonPhrase(int status);

/// "Sun, 22 Nov 2026 11:12:13 GMT".
std::string HttpDate(std::time_t time);

/// Status line and headers up to the empty line: those of `response`, the length (or that the body
/// comes in chunks), and what every
/// answer carries (nosniff, a policy that allows nothing unless the response has its own).
std::string ResponseHead(const HttpResponse& response, bool keep_alive, std::string_view date);

}  // namespace medley::serving
