#pragma once

#include <filesystem>
#include <memory>

#include "medley/core/result.h"
#include "medley/storage/store.h"

namespace medley::storage {

/// The embedded backend: one SQLite file in WAL mode. What callers are told is written is on the
/// disk (synchronous=FULL); the recommendation log alone survives the death of the process but may
/// lose its last moments with the power. Several processes may open the same file: readers never
/// wait, writers wait for each other. Errors: kUnsupported for a foreign or newer database,
/// kCorrupt, kIo. Threads: any.
Result<std::unique_ptr<Store>> OpenSqliteStore(const std::filesystem::path& file);

}  // namespace medley::storage
