#include "medley/data/event_batch.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/data/event.h"

namespace medley::data {

void EventBatch::Add(const EventView& event) {
  Row row;
  row.user = users_.Intern(event.user);
  if (!event.item.empty()) row.item = items_.Intern(event.item);
  row.type = event.type;
  row.value = event.value;
  row.time = event.time;
  const bool common = event.id.empty() && event.text.empty() && !event.modality &&
                      event.session.empty() && event.context.empty() && event.request.empty();
  if (!common) {
    row.rare = static_cast<std::uint32_t>(rare_.size());
    rare_.push_back({std::string(event.id),
                     std::string(event.text),
                     event.modality,
                     std::string(event.session),
                     std::string(event.context),
                     std::string(event.request)});
  }
  rows_.push_back(row);
}

void EventBatch::Add(const Event& event) {
  const std::string context = event.context.is_object() ? DumpJson(event.context) : std::string();
  Add(EventView{event.id,
                event.user,
                event.item,
                event.type,
                event.value,
                event.text,
                event.modality,
                event.session,
                event.time,
                context,
                event.request});
}

void EventBatch::ClearRows() {
  rows_.clear();
  rare_.clear();
}

}  // namespace medley::data
