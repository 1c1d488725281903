#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/ids.h"

namespace medley::data {

/// That a user dealt with an item: all their events on it, weighed and summed.
struct Interaction {
  ItemIndex item = 0;
  float weight = 1;  ///< > 0: for it, < 0: against it
  TimeMs time = 0;   ///< of the latest event
};

/// Who dealt with what, as recommenders see it.
/// Shapes: n_users rows, each in time order (ties: order of arrival); item indices < n_items.
/// Threads: immutable once built.
class Interactions {
 public:
  struct Row {
    UserIndex user;
    Interaction interaction;
  };
  Interactions() = default;
  /// Later rows of the same user and item are merged into the first by adding weights and taking
  /// the later time.
  Interactions(std::size_t n_users, std::size_t n_items, std::vector<Row> rows);

  std::size_t n_users() const { return n_users_; }
  std::size_t n_items() const { return n_items_; }
  std::size_t size() const { return entries_.size(); }
  std::span<const Interaction> OfUser(UserIndex user) const {
    return {entries_.data() + starts_[user], starts_[user + 1] - starts_[user]};
  }

 private:
  std::size_t n_users_ = 0;
  std::size_t n_items_ = 0;
  std::vector<std::size_t> starts_ = {0};
  std::vector<Interaction> entries_;
};

}  // namespace medley::data
