#include "medley/storage/sqlite_connection.h"

#include <sqlite3.h>

#include <cassert>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "medley/core/result.h"

namespace medley::storage {
namespace {

// An import commits batches of some seconds; whoever else writes waits for it.
constexpr int kBusyTimeoutMs = 60'000;

ErrorCode CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kCorrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kUnavailable;
    default:
      return ErrorCode::kIo;
  }
}

Error ErrorOf(sqlite3* database) {
  const char* file = sqlite3_db_filename(database, "main");
  return {
      CodeOf(sqlite3_extended_errcode(database)),
      "database '" + std::string(file == nullptr ? "" : file) + "': " + sqlite3_errmsg(database)};
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}
void SqliteConnection::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

SqliteStatement& SqliteStatement::Bind(int parameter, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), parameter, value);
  return *this;
}

SqliteStatement& SqliteStatement::Bind(int parameter, double value) {
  sqlite3_bind_double(statement_.get(), parameter, value);
  return *this;
}

SqliteStatement& SqliteStatement::Bind(int parameter, std::string_view text) {
  // A null pointer would bind NULL; an empty text is not that.
  sqlite3_bind_text64(statement_.get(),
                      parameter,
                      text.data() == nullptr ? "" : text.data(),
                      text.size(),
                      SQLITE_STATIC,
                      SQLITE_UTF8);
  return *this;
}

SqliteStatement& SqliteStatement::BindNull(int parameter) {
  sqlite3_bind_null(statement_.get(), parameter);
  return *this;
}

SqliteStatement& SqliteStatement::BindOrNull(int parameter, std::string_view text) {
  return text.empty() ? BindNull(parameter) : Bind(parameter, text);
}

Result<bool> SqliteStatement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  Error error = ErrorOf(sqlite3_db_handle(statement_.get()));
  sqlite3_reset(statement_.get());
  return tl::unexpected(std::move(error));
}

Status SqliteStatement::Run() {
  bool more = true;
  while (more) {
    MEDLEY_ASSIGN_OR_RETURN(more, Step());
  }
  return {};
}

void SqliteStatement::Reset() { sqlite3_reset(statement_.get()); }

std::int64_t SqliteStatement::Int(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
double SqliteStatement::Real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}
bool SqliteStatement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string_view SqliteStatement::Text(int column) const {
  const auto* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Result<SqliteConnection> SqliteConnection::Open(const std::filesystem::path& file, Mode mode) {
  const int flags =
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
      (mode == Mode::kWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &database, flags, nullptr);
  SqliteConnection connection;
  connection.database_.reset(database);
  if (code != SQLITE_OK) {
    return Fail(CodeOf(code),
                "cannot open database '" + file.string() + "': " + sqlite3_errstr(code));
  }
  sqlite3_busy_timeout(database, kBusyTimeoutMs);
  // Names in the schema must not run code when a hostile database file is opened.
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return connection;
}

Result<SqliteStatement> SqliteConnection::Prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database_.get(),
                         sql.data(),
                         static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT,
                         &statement,
                         nullptr) != SQLITE_OK) {
    return tl::unexpected(LastError());
  }
  return SqliteStatement(statement);
}

Status SqliteConnection::Execute(const std::string& sql) const {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return tl::unexpected(LastError());
  return {};
}

Result<std::int64_t> SqliteConnection::QueryInt(std::string_view sql) const {
  MEDLEY_ASSIGN_OR_RETURN(SqliteStatement statement, Prepare(sql));
  MEDLEY_ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return Fail(ErrorCode::kNotFound, "no row");
  return statement.Int(0);
}

std::int64_t SqliteConnection::Changes() const { return sqlite3_changes64(database_.get()); }
std::int64_t SqliteConnection::TotalChanges() const {
  return sqlite3_total_changes64(database_.get());
}
std::int64_t SqliteConnection::LastInsertKey() const {
  return sqlite3_last_insert_rowid(database_.get());
}
bool SqliteConnection::InTransaction() const {
  return sqlite3_get_autocommit(database_.get()) == 0;
}
Error SqliteConnection::LastError() const { return ErrorOf(database_.get()); }

Result<SqliteTransaction> SqliteTransaction::Begin(const SqliteConnection& connection) {
  MEDLEY_RETURN_IF_ERROR(connection.Execute("BEGIN IMMEDIATE"));
  return SqliteTransaction(&connection);
}

SqliteTransaction::~SqliteTransaction() {
  // SQLite rolls back by itself after some errors; there is nothing left to undo then.
  if (connection_ != nullptr && connection_->InTransaction())
    static_cast<void>(connection_->Execute("ROLLBACK"));
}

Status SqliteTransaction::Commit() {
  assert(connection_ != nullptr);
  MEDLEY_RETURN_IF_ERROR(connection_->Execute("COMMIT"));
  connection_ = nullptr;
  return {};
}

}  // namespace medley::storage
