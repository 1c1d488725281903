#include "medley/storage/store.h"

#include <span>

#include "medley/core/result.h"
#include "medley/data/event.h"
#include "medley/data/event_batch.h"

namespace medley::storage {

Result<WriteCounts> Store::AppendEvents(std::span<const data::Event> events) {
  data::EventBatch batch;
  batch.Reserve(events.size());
  for (const data::Event& event : events) batch.Add(event);
  return AppendBatch(batch);
}

}  // namespace medley::storage
