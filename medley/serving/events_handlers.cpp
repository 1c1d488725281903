#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/event.h"
#include "medley/serving/batch.h"
#include "medley/serving/handlers.h"
#include "medley/serving/http.h"
#include "medley/serving/problem.h"
#include "medley/serving/service.h"

namespace medley::serving {

Result<HttpResponse> PostEvents(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(const Json batch,
                          ReadBatch(call.request, "events", service.options.max_batch));
  const TimeMs now = NowMs();
  auto read = ReadAll<data::Event>(
      batch, [now](const Json& json) { return data::EventFromJson(json, now); });
  if (const auto error = read.AllBad()) {
    service.metrics.EventsAccepted(0, read.rejected.size());
    return ProblemResponse(*error, {{"rejected", read.rejected}});
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, service.engine.Accept(read.good));
  service.metrics.EventsAccepted(counts.added, read.rejected.size());
  return JsonResponse({{"added", counts.added},
                       {"unchanged", counts.unchanged + counts.changed},
                       {"rejected", read.rejected}});
}

}  // namespace medley::serving
