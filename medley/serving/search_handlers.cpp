#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "medley/answers/search.h"
#include "medley/core/json.h"
#include "medley/core/log.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/modality.h"
#include "medley/serving/handlers.h"
#include "medley/serving/http.h"
#include "medley/serving/problem.h"
#include "medley/serving/service.h"
#include "medley/serving/target.h"

namespace medley::serving {
namespace {

constexpr std::size_t kMaxQueryBytes = 4000;

Result<answers::SearchQuery> QueryOf(Service& service, const Query& query) {
  answers::SearchQuery search;
  search.text = query.Text("q");
  if (search.text.size() > kMaxQueryBytes)
    return Fail(ErrorCode::kLimitExceeded, "parameter 'q' is longer than 4000 bytes");
  MEDLEY_ASSIGN_OR_RETURN(search.n, query.Count("n", 10, 1, 1000));
  search.filter.kind = query.Text("kind");
  search.filter.category = query.Text("category");
  search.filter.language = query.Text("language");
  MEDLEY_ASSIGN_OR_RETURN(search.filter.min_price, query.Real("min_price"));
  MEDLEY_ASSIGN_OR_RETURN(search.filter.max_price, query.Real("max_price"));
  search.filter.rules = service.engine.Rules(query.Text("user"));
  return search;
}

/// Adds the vector of the query's words. A failing encoder costs the meaning, not the search.
void AddTextVector(Service& service, answers::SearchQuery& search) {
  if (search.text.empty()) return;
  auto vector = service.encoder.EncodeText(search.text);
  if (!vector) {
    spdlog::warn("a query was searched by words alone: {}", vector.error().message);
  } else if (vector->has_value()) {
    search.vectors.push_back(**std::move(vector));
  }
}

Result<HttpResponse> Answer(Service& service, const answers::SearchQuery& search) {
  MEDLEY_ASSIGN_OR_RETURN(const auto found, service.search.Search(search));
  Json hits = Json::array();
  for (const auto& hit : found) {
    hits.push_back(
        {{"item", data::ToJson(hit.item)}, {"score", hit.score}, {"matched_by", hit.matched_by}});
  }
  return JsonResponse({{"hits", std::move(hits)}});
}

}  // namespace

Result<HttpResponse> SearchByWords(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(auto search, QueryOf(service, call.query));
  if (search.text.find_first_not_of(' ') == std::string::npos)
    return Fail(ErrorCode::kInvalidInput, "parameter 'q' is missing: the words to search by");
  AddTextVector(service, search);
  return Answer(service, search);
}

Result<HttpResponse> SearchByFile(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(auto search, QueryOf(service, call.query));
  if (call.request.body.empty())
    return Fail(ErrorCode::kInvalidInput, "the body must be the bytes of a picture or a sound");
  const bool picture = call.request.headers.content_type.starts_with("image/");
  const auto modality = picture ? data::Modality::kImage : data::Modality::kAudio;
  MEDLEY_ASSIGN_OR_RETURN(auto vector, service.encoder.EncodeFile(modality, call.request.body));
  search.vectors.push_back(std::move(vector));
  AddTextVector(service, search);
  return Answer(service, search);
}

}  // namespace medley::serving
