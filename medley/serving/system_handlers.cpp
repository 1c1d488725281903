#include <string>
#include <utility>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/serving/embedded.h"
#include "medley/serving/handlers.h"
#include "medley/serving/http.h"
#include "medley/serving/problem.h"
#include "medley/serving/query_encoder.h"
#include "medley/serving/service.h"

namespace medley::serving {
namespace {

const char* StateName(QueryEncoder::State state) {
  switch (state) {
    case QueryEncoder::State::kLoading:
      return "loading";
    case QueryEncoder::State::kReady:
      return "ready";
    case QueryEncoder::State::kAbsent:
      return "absent";
  }
  return "absent";
}

}  // namespace

Result<HttpResponse> GetHealthLive(Service&, const Call&) {
  return JsonResponse({{"status", "live"}});
}

Result<HttpResponse> GetHealthReady(Service& service, const Call&) {
  const bool stopping = service.stopping.load(std::memory_order_relaxed);
  const bool ready = !stopping && service.search.ready();
  const char* status = "starting";
  if (ready) status = "ready";
  if (stopping) status = "stopping";
  return JsonResponse(
      {{"status", status}, {"text_encoder", StateName(service.encoder.text_state())}},
      ready ? 200 : 503);
}

Result<HttpResponse> GetState(Service& service, const Call&) {
  MEDLEY_ASSIGN_OR_RETURN(const Json state, service.engine.State());
  return JsonResponse(state);
}

Result<HttpResponse> GetOpenApi(Service&, const Call&) {
  HttpResponse response;
  response.content_type = "application/json";
  response.headers.push_back({"Cache-Control", "no-cache"});
  response.body = ApiFiles().front().bytes;
  return response;
}

Result<HttpResponse> GetMetrics(Service& service, const Call&) {
  // Figures of the server itself are worth having while the store has trouble.
  const auto state = service.engine.State();
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.headers.push_back({"Cache-Control", "no-store"});
  response.body = service.metrics.Text(state.value_or(Json::object()));
  return response;
}

}  // namespace medley::serving
