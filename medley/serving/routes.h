#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/serving/http.h"
#include "medley/serving/service.h"
#include "medley/serving/target.h"

namespace medley::serving {

/// What body an operation takes.
enum class BodyKind { kNone, kJson, kUpload };

/// One operation. The server's dispatch, the metrics' labels, `medley serve --routes` and the check
/// against api/openapi.yaml all come from this table.
struct Route {
  Method method;
  std::string_view pattern;  ///< "/api/v1/items/{id}"
  std::string_view summary;
  std::vector<std::string_view> parameters;  ///< of the query; any other is refused
  BodyKind body;
  Work work;
  Handler handler;
};

/// To add an operation: a row here, a handler in NAME_handlers.cpp declared in handlers.h, its
/// description in api/openapi.yaml.
std::span<const Route> Routes();

struct RouteMatch {
  const Route* route = nullptr;   ///< nullptr: no such path, or not with this method
  std::vector<std::string> path;  ///< values of {names}
  std::vector<Method> allowed;    ///< of the path; empty: no such path
};
/// HEAD goes where GET goes.
RouteMatch MatchRoute(Method method, const Target& target);

}  // namespace medley::serving
