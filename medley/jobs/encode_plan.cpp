#include "medley/jobs/encode_plan.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "medley/core/hash.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/modality.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/store.h"

namespace medley::jobs {
namespace {

/// A hash that is never 0, which means "nothing to encode".
std::uint64_t SourceHash(const std::string& bytes) {
  return std::max<std::uint64_t>(1, Hash64(bytes));
}

EncodePlan::Item PlanItem(const storage::StoredItem& stored) {
  EncodePlan::Item item{
      .key = stored.key, .id = stored.item.id, .source = {}, .media = stored.item.media};
  if (const auto text = data::EncodableText(stored.item); !text.empty()) {
    item.source[static_cast<std::size_t>(data::Modality::kText)] = SourceHash(text);
  }
  for (const auto modality :
       {data::Modality::kImage, data::Modality::kAudio, data::Modality::kVideo}) {
    std::string hashes;
    std::size_t count = 0;
    for (const auto& media : item.media) {
      if (media.modality == modality && count++ < kMaxMediaPerItem) hashes += media.hash;
    }
    if (count > 0) item.source[static_cast<std::size_t>(modality)] = SourceHash(hashes);
  }
  return item;
}

void AddUnits(const EncodePlan& plan,
              std::size_t index,
              data::Modality modality,
              std::vector<EncodeUnit>& units) {
  const auto item = static_cast<std::uint32_t>(index);
  if (modality == data::Modality::kText) return units.push_back({item, 0, modality});
  std::size_t count = 0;
  const auto& media = plan.items[index].media;
  for (std::uint32_t i = 0; i < media.size(); ++i) {
    if (media[i].modality == modality && count++ < kMaxMediaPerItem)
      units.push_back({item, i, modality});
  }
}

}  // namespace

bool EncodePlan::Uses(data::Modality modality) const {
  return std::any_of(items.begin(), items.end(), [modality](const Item& item) {
    return item.source[static_cast<std::size_t>(modality)] != 0;
  });
}

Result<EncodePlan> ReadItems(const storage::Store& store) {
  EncodePlan plan;
  MEDLEY_RETURN_IF_ERROR(store.ForEachItem([&](const storage::StoredItem& stored) {
    plan.items.push_back(PlanItem(stored));
    return true;
  }));
  return plan;
}

Result<EncodePlan> ReadItems(const storage::Store& store, std::span<const std::string> ids) {
  EncodePlan plan;
  for (const auto& id : ids) {
    const auto stored = store.GetItem(id);
    if (stored) {
      plan.items.push_back(PlanItem(*stored));
    } else if (stored.error().code != ErrorCode::kNotFound) {
      return tl::unexpected(stored.error());
    }
  }
  std::ranges::sort(plan.items, {}, &EncodePlan::Item::key);
  const auto same = std::ranges::unique(plan.items, {}, &EncodePlan::Item::key);
  plan.items.erase(same.begin(), same.end());
  return plan;
}

void PlanSegments(const std::map<data::Modality, const storage::EmbeddingSpace*>& spaces,
                  EncodePlan& plan) {
  for (std::size_t window = 0; window < plan.windows(); ++window) {
    const std::size_t end = std::min(plan.items.size(), (window + 1) * kWindow);
    for (const auto& [modality, space] : spaces) {
      EncodeSegment segment{
          .window = window, .modality = modality, .first_unit = plan.units.size()};
      for (std::size_t i = window * kWindow; i < end; ++i) {
        const std::uint64_t source = plan.items[i].source[static_cast<std::size_t>(modality)];
        if (source == 0) continue;
        if (space->SourceOf(plan.items[i].key) == source) {
          ++plan.unchanged[static_cast<std::size_t>(modality)];
        } else {
          AddUnits(plan, i, modality, plan.units);
        }
      }
      segment.end_unit = plan.units.size();
      if (segment.end_unit > segment.first_unit) plan.segments.push_back(segment);
    }
  }
}

}  // namespace medley::jobs
