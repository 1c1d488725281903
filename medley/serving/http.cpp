#include "medley/serving/http.h"

#include <cstdint>
#include <string_view>
#include <variant>

namespace medley::serving {

std::string_view MethodName(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOptions:
      return "OPTIONS";
    case Method::kOther:
      return "other";
  }
  return "other";
}

std::uint64_t HttpResponse::size() const {
  if (streamed()) return 0;
  if (const auto* slice = std::get_if<FileSlice>(&body)) return slice->length;
  if (const auto* text = std::get_if<std::string>(&body)) return text->size();
  return std::get<std::string_view>(body).size();
}

}  // namespace medley::serving
