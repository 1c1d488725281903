#include "medley/data/interactions.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "medley/core/ids.h"

namespace medley::data {

Interactions::Interactions(std::size_t n_users, std::size_t n_items, std::vector<Row> rows)
    : n_users_(n_users), n_items_(n_items) {
  std::vector<std::size_t> ends(n_users + 1, 0);
  for (const Row& row : rows) {
    assert(row.user < n_users && row.interaction.item < n_items);
    ++ends[row.user + 1];
  }
  for (std::size_t user = 0; user < n_users; ++user) ends[user + 1] += ends[user];
  std::vector<Interaction> grouped(rows.size());
  auto next = ends;
  for (const Row& row : rows) grouped[next[row.user]++] = row.interaction;
  rows = {};

  starts_.assign(n_users + 1, 0);
  entries_.reserve(grouped.size());
  // Where the user's entry of an item stands in entries_; stamped by user so that it need not be
  // cleared.
  std::vector<std::uint32_t> owner(n_items, kNoIndex);
  std::vector<std::size_t> place(n_items, 0);
  for (std::size_t user = 0; user < n_users; ++user) {
    const std::size_t start = entries_.size();
    for (std::size_t i = ends[user]; i < ends[user + 1]; ++i) {
      const Interaction& row = grouped[i];
      if (owner[row.item] == user) {
        Interaction& first = entries_[place[row.item]];
        first.weight += row.weight;
        first.time = std::max(first.time, row.time);
      } else {
        owner[row.item] = static_cast<std::uint32_t>(user);
        place[row.item] = entries_.size();
        entries_.push_back(row);
      }
    }
    std::stable_sort(entries_.begin() + static_cast<std::ptrdiff_t>(start),
                     entries_.end(),
                     [](const Interaction& a, const Interaction& b) { return a.time < b.time; });
    starts_[user + 1] = entries_.size();
  }
  entries_.shrink_to_fit();
}

}  // namespace medley::data
