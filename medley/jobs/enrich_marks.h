#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/storage/store.h"

namespace medley::jobs {

/// What was made of each item, and of which text: a few values of the store, each for 256 items.
/// A kill loses at most what was not saved. Threads: one.
class EnrichMarks {
 public:
  /// `name`: of what is remembered ("text:rules").
  EnrichMarks(storage::Store& store, std::string name);

  /// What is remembered of an item; null: nothing.
  Result<Json> Of(storage::Key item);
  Status Set(storage::Key item, Json mark);
  /// Writes what was set.
  Status Save();

 private:
  Result<Json*> Shard(storage::Key item);
  std::string ValueName(storage::Key shard) const;

  storage::Store* store_;
  std::string name_;
  struct Entry {
    Json marks;
    bool changed = false;
  };
  std::map<storage::Key, Entry> shards_;
};

}  // namespace medley::jobs
