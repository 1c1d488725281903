#include "medley/core/ids.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace medley {

std::uint32_t IdMap::Intern(std::string_view id) {
  if (const auto found = index_.find(id); found != index_.end()) return found->second;
  const auto index = static_cast<std::uint32_t>(ids_.size());
  ids_.emplace_back(id);
  index_.emplace(ids_.back(), index);
  return index;
}

std::uint32_t IdMap::Find(std::string_view id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? kNoIndex : found->second;
}

}  // namespace medley
