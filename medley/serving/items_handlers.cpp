#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/jobs/enrich_job.h"
#include "medley/pipeline/snapshot.h"
#include "medley/serving/batch.h"
#include "medley/serving/handlers.h"
#include "medley/serving/http.h"
#include "medley/serving/problem.h"
#include "medley/serving/service.h"
#include "medley/storage/store.h"

namespace medley::serving {
namespace {

constexpr std::size_t kMaxOffset = std::size_t{1} << 40;

struct ItemFilter {
  std::string kind;
  std::string category;
  bool hidden = false;

  bool operator()(const pipeline::Catalogue& catalogue, std::size_t index) const {
    const data::Item& item = catalogue.items[index];
    if (item.id.empty() || (catalogue.visible[index] == 0) != hidden) return false;
    if (!kind.empty() && item.kind != kind) return false;
    if (category.empty()) return true;
    for (const auto& candidate : item.categories) {
      if (candidate == category) return true;
    }
    return false;
  }
};

Result<HttpResponse> OneItem(Service& service, const std::string& id, int status) {
  MEDLEY_ASSIGN_OR_RETURN(const auto stored, service.engine.workspace().store().GetItem(id));
  return JsonResponse(data::ToJson(stored.item), status);
}

}  // namespace

Result<HttpResponse> ListItems(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(const std::size_t offset, call.query.Count("offset", 0, 0, kMaxOffset));
  MEDLEY_ASSIGN_OR_RETURN(const std::size_t limit, call.query.Count("limit", 50, 1, 1000));
  MEDLEY_ASSIGN_OR_RETURN(const bool hidden, call.query.Flag("hidden", false));
  const ItemFilter filter{call.query.Text("kind"), call.query.Text("category"), hidden};
  const auto catalogue = service.engine.catalogue();
  const auto& store = service.engine.workspace().store();
  Json items = Json::array();
  std::size_t total = 0;
  for (std::size_t i = 0; i < catalogue->items.size(); ++i) {
    if (!filter(*catalogue, i)) continue;
    if (total >= offset && items.size() < limit) {
      // The store knows what was changed, hidden or deleted since the catalogue was read.
      const auto stored = store.GetItem(catalogue->items[i].id);
      if (!stored || stored->item.hidden != hidden) continue;
      items.push_back(data::ToJson(stored->item));
    }
    ++total;
  }
  return JsonResponse({{"items", std::move(items)}, {"total", total}});
}

Result<HttpResponse> PostItems(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(const Json batch,
                          ReadBatch(call.request, "items", service.options.max_batch));
  auto read = ReadAll<data::Item>(batch, &data::ItemFromJson);
  if (const auto error = read.AllBad())
    return ProblemResponse(*error, {{"rejected", read.rejected}});
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, service.engine.PutItems(read.good));
  if (counts.added + counts.changed > 0) {
    std::vector<std::string> ids;
    for (const auto& item : read.good) ids.push_back(item.id);
    service.watch.Add(ids);
  }
  return JsonResponse({{"added", counts.added},
                       {"changed", counts.changed},
                       {"unchanged", counts.unchanged},
                       {"rejected", read.rejected}});
}

Result<HttpResponse> GetItem(Service& service, const Call& call) {
  return OneItem(service, call.path[0], 200);
}

Result<HttpResponse> GetItemDigest(Service& service, const Call& call) {
  const auto& workspace = service.engine.workspace();
  MEDLEY_ASSIGN_OR_RETURN(const auto stored, workspace.store().GetItem(call.path[0]));
  MEDLEY_ASSIGN_OR_RETURN(const Json digest, jobs::StoredDigest(workspace, stored));
  if (!digest.is_null()) return JsonResponse(digest);
  return JsonResponse({{"keywords", Json::array()}, {"summary", ""}, {"tags", Json::array()}});
}

Result<HttpResponse> PutItem(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(const Json body, ReadRecord(call.request, call.path[0]));
  MEDLEY_ASSIGN_OR_RETURN(const data::Item item, data::ItemFromJson(body));
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, service.engine.PutItems(std::span(&item, 1)));
  if (counts.added + counts.changed > 0) service.watch.Add({item.id});
  return OneItem(service, item.id, counts.added > 0 ? 201 : 200);
}

Result<HttpResponse> PatchItem(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(const Json body, ReadJsonBody(call.request));
  if (!body.is_object() || body.size() != 1 || !body.contains("hidden") ||
      !body["hidden"].is_boolean()) {
    return Fail(ErrorCode::kInvalidInput,
                "the body must be {\"hidden\": true} or {\"hidden\": false}; to change more, PUT "
                "the whole item");
  }
  MEDLEY_RETURN_IF_ERROR(service.engine.SetHidden(call.path[0], body["hidden"].get<bool>()));
  service.watch.Touch();
  return OneItem(service, call.path[0], 200);
}

Result<HttpResponse> DeleteItem(Service& service, const Call& call) {
  MEDLEY_RETURN_IF_ERROR(service.engine.DeleteItem(call.path[0]));
  service.watch.Touch();
  HttpResponse response;
  response.status = 204;
  return response;
}

}  // namespace medley::serving
