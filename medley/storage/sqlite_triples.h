#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "medley/core/result.h"
#include "medley/data/triple.h"
#include "medley/storage/sqlite_connection.h"
#include "medley/storage/store.h"

namespace medley::storage {

// The triples of SqliteStore: a table of texts and a table of their keys. What writes runs inside
// the caller's transaction.

Result<WriteCounts> WriteTriples(const SqliteConnection& connection,
                                 std::span<const data::Triple> triples);
Status VisitTriples(const SqliteConnection& connection,
                    const std::function<bool(const data::Triple&)>& visit);
/// The number removed.
Result<std::int64_t> DeleteTriplesOfSource(const SqliteConnection& connection,
                                           std::string_view source);
Result<std::int64_t> DeleteTriplesOfItem(const SqliteConnection& connection, std::string_view item);

}  // namespace medley::storage
