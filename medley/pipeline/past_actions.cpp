#include "medley/pipeline/past_actions.h"

#include <string>
#include <string_view>

#include "medley/core/result.h"
#include "medley/data/event.h"
#include "medley/data/event_weights.h"
#include "medley/storage/store.h"

namespace medley::pipeline {

Result<PastActions> PastActions::Of(const storage::Store& store,
                                    std::string_view user,
                                    const data::EventWeights& weights) {
  PastActions actions;
  MEDLEY_ASSIGN_OR_RETURN(const auto events, store.Events(user, kRecent));
  for (const data::Event& event : events) {
    const float weight =
        weights.Weigh(event.type, event.value) * weights.OpinionOf(event.type, event.text);
    if (event.item.empty() || weight <= 0) continue;
    Act& act = actions.strongest_[event.item];
    if (weight > act.weight) act = {data::EventTypeName(event.type), weight};
  }
  return actions;
}

std::string_view PastActions::With(std::string_view item) const {
  const auto found = strongest_.find(item);
  return found == strongest_.end() ? std::string_view() : found->second.name;
}

}  // namespace medley::pipeline
