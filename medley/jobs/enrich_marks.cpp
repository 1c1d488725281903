#include "medley/jobs/enrich_marks.h"

#include <string>
#include <utility>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/storage/store.h"

namespace medley::jobs {
namespace {

constexpr storage::Key kItemsOfAShard = 256;

}  // namespace

EnrichMarks::EnrichMarks(storage::Store& store, std::string name)
    : store_(&store), name_(std::move(name)) {}

std::string EnrichMarks::ValueName(storage::Key shard) const {
  return "enrich/" + name_ + "/" + std::to_string(shard);
}

Result<Json*> EnrichMarks::Shard(storage::Key item) {
  const storage::Key shard = item / kItemsOfAShard;
  const auto known = shards_.find(shard);
  if (known != shards_.end()) return &known->second.marks;
  MEDLEY_ASSIGN_OR_RETURN(const auto value, store_->GetValue(ValueName(shard)));
  Entry entry{Json::object(), false};
  if (value) {
    MEDLEY_ASSIGN_OR_RETURN(entry.marks, ParseJson(*value));
  }
  return &shards_.emplace(shard, std::move(entry)).first->second.marks;
}

Result<Json> EnrichMarks::Of(storage::Key item) {
  MEDLEY_ASSIGN_OR_RETURN(const Json* marks, Shard(item));
  return marks->value(std::to_string(item), Json());
}

Status EnrichMarks::Set(storage::Key item, Json mark) {
  MEDLEY_ASSIGN_OR_RETURN(Json * marks, Shard(item));
  (*marks)[std::to_string(item)] = std::move(mark);
  shards_.at(item / kItemsOfAShard).changed = true;
  return {};
}

Status EnrichMarks::Save() {
  for (auto& [shard, entry] : shards_) {
    if (!entry.changed) continue;
    MEDLEY_RETURN_IF_ERROR(store_->PutValue(ValueName(shard), DumpJson(entry.marks)));
    entry.changed = false;
  }
  return {};
}

}  // namespace medley::jobs
