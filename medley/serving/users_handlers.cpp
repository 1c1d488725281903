#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/event.h"
#include "medley/serving/batch.h"
#include "medley/serving/handlers.h"
#include "medley/serving/http.h"
#include "medley/serving/problem.h"
#include "medley/serving/service.h"
#include "medley/storage/store.h"

namespace medley::serving {
namespace {

constexpr std::size_t kMaxOffset = std::size_t{1} << 40;

Result<HttpResponse> OneUser(Service& service, const std::string& id, int status) {
  MEDLEY_ASSIGN_OR_RETURN(const auto stored, service.engine.workspace().store().GetUser(id));
  return JsonResponse(data::ToJson(stored.user), status);
}

}  // namespace

Result<HttpResponse> ListUsers(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(const std::size_t offset, call.query.Count("offset", 0, 0, kMaxOffset));
  MEDLEY_ASSIGN_OR_RETURN(const std::size_t limit, call.query.Count("limit", 50, 1, 1000));
  const auto& store = service.engine.workspace().store();
  Json users = Json::array();
  std::size_t passed = 0;
  MEDLEY_RETURN_IF_ERROR(store.ForEachUser([&](const storage::StoredUser& stored) {
    if (passed++ >= offset) users.push_back(data::ToJson(stored.user));
    return users.size() < limit;
  }));
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, store.Counts());
  return JsonResponse({{"users", std::move(users)}, {"total", counts.users}});
}

Result<HttpResponse> PostUsers(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(const Json batch,
                          ReadBatch(call.request, "users", service.options.max_batch));
  auto read = ReadAll<data::User>(batch, &data::UserFromJson);
  if (const auto error = read.AllBad())
    return ProblemResponse(*error, {{"rejected", read.rejected}});
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, service.engine.PutUsers(read.good));
  return JsonResponse({{"added", counts.added},
                       {"changed", counts.changed},
                       {"unchanged", counts.unchanged},
                       {"rejected", read.rejected}});
}

Result<HttpResponse> GetUser(Service& service, const Call& call) {
  return OneUser(service, call.path[0], 200);
}

Result<HttpResponse> PutUser(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(const Json body, ReadRecord(call.request, call.path[0]));
  MEDLEY_ASSIGN_OR_RETURN(const data::User user, data::UserFromJson(body));
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, service.engine.PutUsers(std::span(&user, 1)));
  return OneUser(service, user.id, counts.added > 0 ? 201 : 200);
}

Result<HttpResponse> DeleteUser(Service& service, const Call& call) {
  MEDLEY_RETURN_IF_ERROR(service.engine.DeleteUser(call.path[0]));
  HttpResponse response;
  response.status = 204;
  return response;
}

Result<HttpResponse> ListUserEvents(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(const std::size_t limit, call.query.Count("limit", 50, 1, 1000));
  const auto& store = service.engine.workspace().store();
  MEDLEY_RETURN_IF_ERROR(store.GetUser(call.path[0]));
  MEDLEY_ASSIGN_OR_RETURN(const auto events, store.Events(call.path[0], limit));
  Json list = Json::array();
  for (const auto& event : events) list.push_back(data::ToJson(event));
  return JsonResponse({{"events", std::move(list)}});
}

}  // namespace medley::serving
