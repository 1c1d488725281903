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
  std::uint64_t version = 0;  ///< of the store, less the writes that `own` tells of
  std::map<std::string, std::string>
      files;  ///< embedding spaces, model pointers, settings, by path: size and time of change

  bool operator==(const Revision&) const = default;
  /// Takes the embedding spaces as they are now.
  void NoteSpaces(const storage::Workspace& workspace);

  /// `own`: how many writes of this process changed the store's version without a need to read
  /// anew: it knows what they said. Cost: a query and a look at a dozen files.
  static Result<Revision> Read(const storage::Workspace& workspace, std::uint64_t own);
};

}  // namespace medley::pipeline
