#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "medley/core/result.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {

/// What a snapshot was read from, cheap to read again: when it differs, something changed, in this
/// process or another.
struct Revision {
  std::uint64_t items = 0;
  std::uint64_t users = 0;
  std::uint64_t events = 0;
  std::uint64_t writes = 0;  ///< catalogue writes of this process
  std::map<std::string, std::string>
      files;  ///< embedding spaces and model pointers, by path: size and time of change

  bool operator==(const Revision&) const = default;

  /// `own_events`: how many events this process appended itself, which it knows without reading
  /// anew.
  static Result<Revision> Read(const storage::Workspace& workspace,
                               std::uint64_t own_events,
                               std::uint64_t own_writes);
};

}  // namespace medley::pipeline
