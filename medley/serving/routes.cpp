#include "medley/serving/routes.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/serving/handlers.h"
#include "medley/serving/http.h"
#include "medley/serving/target.h"

namespace medley::serving {
namespace {

std::vector<Route> MakeRoutes() {
  using enum Method;
  const auto none = BodyKind::kNone;
  const auto json = BodyKind::kJson;
  const auto direct = Work::kDirect;
  const auto worker = Work::kWorker;
  return {
      {kGet, "/api/v1/health/live", "The process runs", {}, none, direct, &GetHealthLive},
      {kGet,
       "/api/v1/health/ready",
       "The server can answer everything",
       {},
       none,
       direct,
       &GetHealthReady},
      {kGet,
       "/api/v1/state",
       "Counts, vectors, models in use and the job that runs",
       {},
       none,
       worker,
       &GetState},
      {kGet, "/api/v1/openapi.json", "The description of this API", {}, none, direct, &GetOpenApi},
      {kGet, "/metrics", "Figures for Prometheus", {}, none, worker, &GetMetrics},
      {kGet,
       "/api/v1/items",
       "Items, a page at a time",
       {"offset", "limit", "kind", "category", "hidden"},
       none,
       worker,
       &ListItems},
      {kPost, "/api/v1/items", "Insert or replace items by id", {}, json, worker, &PostItems},
      {kGet, "/api/v1/items/{id}", "One item", {}, none, worker, &GetItem},
      {kPut, "/api/v1/items/{id}", "Insert or replace one item", {}, json, worker, &PutItem},
      {kPatch, "/api/v1/items/{id}", "Hide an item or show it again", {}, json, worker, &PatchItem},
      {kDelete,
       "/api/v1/items/{id}",
       "Delete an item with all its events",
       {},
       none,
       worker,
       &DeleteItem},
      {kGet,
       "/api/v1/items/{id}/digest",
       "What medley enrich made of one item",
       {},
       none,
       worker,
       &GetItemDigest},
      {kGet,
       "/api/v1/items/{id}/similar",
       "Items that resemble this one",
       {"n", "locale"},
       none,
       worker,
       &GetSimilarItems},
      {kGet,
       "/api/v1/users",
       "Users, a page at a time",
       {"offset", "limit"},
       none,
       worker,
       &ListUsers},
      {kPost, "/api/v1/users", "Insert or replace users by id", {}, json, worker, &PostUsers},
      {kGet, "/api/v1/users/{id}", "One user", {}, none, worker, &GetUser},
      {kPut, "/api/v1/users/{id}", "Insert or replace one user", {}, json, worker, &PutUser},
      {kDelete,
       "/api/v1/users/{id}",
       "Delete a user with all their events",
       {},
       none,
       worker,
       &DeleteUser},
      {kGet,
       "/api/v1/users/{id}/events",
       "What a user did, newest first",
       {"limit"},
       none,
       worker,
       &ListUserEvents},
      {kGet,
       "/api/v1/users/{id}/recommendations",
       "What a user may want next, and why",
       {"n", "locale", "kind", "category", "recommender", "exclude", "explain"},
       none,
       worker,
       &GetRecommendations},
      {kPost, "/api/v1/events", "Tell what users did", {}, json, worker, &PostEvents},
      {kGet,
       "/api/v1/search",
       "Find items by words",
       {"q", "n", "kind", "category", "language", "min_price", "max_price", "user"},
       none,
       Work::kEncoder,
       &SearchByWords},
      {kPost,
       "/api/v1/search",
       "Find items by a picture or a sound",
       {"q", "n", "kind", "category", "language", "min_price", "max_price", "user"},
       BodyKind::kUpload,
       Work::kEncoder,
       &SearchByFile},
      {kPost,
       "/api/v1/media",
       "Keep the bytes of a picture or a sound, for an item to name",
       {},
       BodyKind::kUpload,
       worker,
       &PostMedia},
      {kPost, "/api/v1/ask", "Answer a question about the catalogue", {}, json, worker, &PostAsk},
      {kGet,
       "/api/v1/media/{hash}",
       "The bytes of a picture, sound or film",
       {},
       none,
       direct,
       &GetMedia},
  };
}

std::vector<std::string_view> Split(std::string_view pattern) {
  std::vector<std::string_view> parts;
  pattern.remove_prefix(1);
  while (true) {
    const std::size_t slash = pattern.find('/');
    parts.push_back(pattern.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    pattern.remove_prefix(slash + 1);
  }
}

struct Compiled {
  const Route* route;
  std::vector<std::string_view> parts;
};

const std::vector<Compiled>& CompiledRoutes() {
  static const std::vector<Compiled> compiled = [] {
    std::vector<Compiled> all;
    for (const Route& route : Routes()) all.push_back({&route, Split(route.pattern)});
    return all;
  }();
  return compiled;
}

bool IsName(std::string_view part) { return part.starts_with('{'); }

bool Matches(const std::vector<std::string_view>& parts, const std::vector<std::string>& segments) {
  return std::ranges::equal(parts, segments, [](std::string_view part, std::string_view segment) {
    return IsName(part) ? !segment.empty() : part == segment;
  });
}

}  // namespace

std::span<const Route> Routes() {
  static const std::vector<Route> routes = MakeRoutes();
  return routes;
}

RouteMatch MatchRoute(Method method, const Target& target) {
  const Method wanted = method == Method::kHead ? Method::kGet : method;
  RouteMatch match;
  for (const auto& [route, parts] : CompiledRoutes()) {
    if (!Matches(parts, target.segments)) continue;
    match.allowed.push_back(route->method);
    if (route->method != wanted) continue;
    match.route = route;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (IsName(parts[i])) match.path.push_back(target.segments[i]);
    }
  }
  return match;
}

}  // namespace medley::serving
