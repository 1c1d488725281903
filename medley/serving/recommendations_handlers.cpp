#include <cstddef>
#include <string>
#include <utility>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/pipeline/engine.h"
#include "medley/serving/answer_json.h"
#include "medley/serving/handlers.h"
#include "medley/serving/http.h"
#include "medley/serving/problem.h"
#include "medley/serving/service.h"
#include "medley/serving/target.h"

namespace medley::serving {
namespace {

/// Missing: "".
Result<std::string> LocaleOf(const Query& query) {
  std::string locale = query.Text("locale");
  if (!locale.empty() && locale != "en" && locale != "zh")
    return Fail(ErrorCode::kInvalidInput, "parameter 'locale' must be en or zh");
  return locale;
}

}  // namespace

Result<HttpResponse> GetRecommendations(Service& service, const Call& call) {
  pipeline::RecommendRequest request;
  request.user = call.path[0];
  MEDLEY_ASSIGN_OR_RETURN(request.n, call.query.Count("n", 10, 1, 1000));
  MEDLEY_ASSIGN_OR_RETURN(request.locale, LocaleOf(call.query));
  MEDLEY_ASSIGN_OR_RETURN(request.explain, call.query.Flag("explain", true));
  request.recommender = call.query.Text("recommender");
  request.kind = call.query.Text("kind");
  request.category = call.query.Text("category");
  request.exclude = call.query.List("exclude");
  MEDLEY_ASSIGN_OR_RETURN(const auto made, service.engine.Recommend(request));
  service.metrics.Recommended(made.items.size());
  return JsonResponse(ToJson(made, request.explain));
}

Result<HttpResponse> GetSimilarItems(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(const std::size_t n, call.query.Count("n", 10, 1, 1000));
  MEDLEY_ASSIGN_OR_RETURN(const std::string locale, LocaleOf(call.query));
  MEDLEY_ASSIGN_OR_RETURN(const auto similar,
                          service.engine.Similar(call.path[0], n, locale.empty() ? "en" : locale));
  Json items = Json::array();
  for (const auto& item : similar) items.push_back(ToJson(item, true));
  return JsonResponse({{"items", std::move(items)}});
}

}  // namespace medley::serving
