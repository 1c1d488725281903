#include "medley/storage/sqlite_schema.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "medley/core/result.h"
#include "medley/storage/sqlite_connection.h"

namespace medley::storage {
namespace {

constexpr std::int64_t kApplicationId = 0x4d444c59;  // "MDLY"

/// Step n brings schema n-1 to n. Steps are never edited once released: add one.
///
/// events: the primary key is the table (WITHOUT ROWID), so that one B-tree holds the log in the
/// order that training reads it and refuses what is already there. `fingerprint` is the hash of
/// value and text, or of the id where the sender gave one. Only events with an id pay for the
/// second index. tally: what counting would scan the tables for, and the version. terms: every text
/// of the triples once; kind 0 to 2 is data::TripleEnd::Kind, 3 a relation, 4 a source.
constexpr std::array kSteps = {
    R"sql(
CREATE TABLE users(key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT);
CREATE TABLE items(key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT);
CREATE TABLE events(
  user INTEGER NOT NULL, time INTEGER NOT NULL, item INTEGER NOT NULL, type INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
  value REAL NOT NULL, text TEXT, id TEXT, modality INTEGER, session TEXT, context TEXT, request TEXT,
  PRIMARY KEY(user, time, item, type, fingerprint)) WITHOUT ROWID;
CREATE UNIQUE INDEX events_by_id ON events(id) WHERE id IS NOT NULL;
CREATE TABLE recommendations(number INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX recommendations_by_user ON recommendations(user, number);
CREATE TABLE named_values(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
)sql",
    R"sql(
CREATE TABLE tally(name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO tally VALUES
  ('users', (SELECT count(*) FROM users)), ('items', (SELECT count(*) FROM items)),
  ('events', (SELECT count(*) FROM events)), ('version', 1);
)sql",
    R"sql(
CREATE TABLE terms(key INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE(kind, text));
CREATE TABLE triples(
  head INTEGER NOT NULL, relation INTEGER NOT NULL, tail INTEGER NOT NULL, source INTEGER NOT NULL,
  item INTEGER NOT NULL, field TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, confidence REAL NOT NULL,
  PRIMARY KEY(head, relation, tail, source, item, field, start, stop)) WITHOUT ROWID;
INSERT INTO tally VALUES ('triples', 0);
)sql",
};

}  // namespace

Status MigrateSchema(const SqliteConnection& connection) {
  MEDLEY_ASSIGN_OR_RETURN(SqliteTransaction transaction, SqliteTransaction::Begin(connection));
  MEDLEY_ASSIGN_OR_RETURN(const std::int64_t application,
                          connection.QueryInt("PRAGMA application_id"));
  MEDLEY_ASSIGN_OR_RETURN(const std::int64_t version, connection.QueryInt("PRAGMA user_version"));
  MEDLEY_ASSIGN_OR_RETURN(const std::int64_t tables,
                          connection.QueryInt("SELECT count(*) FROM sqlite_schema"));
  const bool fresh = application == 0 && version == 0 && tables == 0;
  if (!fresh && application != kApplicationId) {
    return Fail(
        ErrorCode::kUnsupported,
        "medley.db is a database of another program; move it away or choose another folder");
  }
  constexpr auto kNewest = static_cast<std::int64_t>(kSteps.size());
  if (version > kNewest) {
    return Fail(ErrorCode::kUnsupported,
                "medley.db was written by a newer medley (schema " + std::to_string(version) +
                    ", this one knows " + std::to_string(kNewest) +
                    "); install that version to open it");
  }
  for (std::int64_t step = version; step < kNewest; ++step) {
    MEDLEY_RETURN_IF_ERROR(connection.Execute(kSteps.at(static_cast<std::size_t>(step))));
  }
  if (version < kNewest) {
    MEDLEY_RETURN_IF_ERROR(
        connection.Execute("PRAGMA application_id=" + std::to_string(kApplicationId)));
    MEDLEY_RETURN_IF_ERROR(connection.Execute("PRAGMA user_version=" + std::to_string(kNewest)));
  }
  return transaction.Commit();
}

}  // namespace medley::storage
