#pragma once

#include <string_view>

#include "medley/core/result.h"
#include "medley/serving/http.h"
#include "medley/serving/service.h"

namespace medley::serving {

// One function a route, by resource; what each answers is in api/openapi.yaml.

// system_handlers.cpp
Result<HttpResponse> GetHealthLive(Service& service, const Call& call);
Result<HttpResponse> GetHealthReady(Service& service, const Call& call);
Result<HttpResponse> GetState(Service& service, const Call& call);
Result<HttpResponse> GetOpenApi(Service& service, const Call& call);
Result<HttpResponse> GetMetrics(Service& service, const Call& call);

// items_handlers.cpp
Result<HttpResponse> ListItems(Service& service, const Call& call);
Result<HttpResponse> PostItems(Service& service, const Call& call);
Result<HttpResponse> GetItem(Service& service, const Call& call);
Result<HttpResponse> GetItemDigest(Service& service, const Call& call);
Result<HttpResponse> PutItem(Service& service, const Call& call);
Result<HttpResponse> PatchItem(Service& service, const Call& call);
Result<HttpResponse> DeleteItem(Service& service, const Call& call);

// users_handlers.cpp
Result<HttpResponse> ListUsers(Service& service, const Call& call);
Result<HttpResponse> PostUsers(Service& service, const Call& call);
Result<HttpResponse> GetUser(Service& service, const Call& call);
Result<HttpResponse> PutUser(Service& service, const Call& call);
Result<HttpResponse> DeleteUser(Service& service, const Call& call);
Result<HttpResponse> ListUserEvents(Service& service, const Call& call);

// events_handlers.cpp
Result<HttpResponse> PostEvents(Service& service, const Call& call);

// recommendations_handlers.cpp
Result<HttpResponse> GetRecommendations(Service& service, const Call& call);
Result<HttpResponse> GetSimilarItems(Service& service, const Call& call);

// search_handlers.cpp
Result<HttpResponse> SearchByWords(Service& service, const Call& call);
Result<HttpResponse> SearchByFile(Service& service, const Call& call);

// ask_handlers.cpp
Result<HttpResponse> PostAsk(Service& service, const Call& call);

// media_handlers.cpp
Result<HttpResponse> PostMedia(Service& service, const Call& call);
Result<HttpResponse> GetMedia(Service& service, const Call& call);

// console.cpp: the shop window, for every path that is not the API's. `path` is the request's,
// percent-encoded.
Result<HttpResponse> GetConsole(const HttpRequest& request, std::string_view path);

}  // namespace medley::serving
