#pragma once

#include "medley/core/result.h"
#include "medley/storage/sqlite_connection.h"

namespace medley::storage {

/// Brings the database to the newest schema, one numbered step a transaction.
/// Errors: kUnsupported for a database that is not Medley's, or of a newer Medley; nothing is
/// changed then.
Status MigrateSchema(const SqliteConnection& connection);

}  // namespace medley::storage
