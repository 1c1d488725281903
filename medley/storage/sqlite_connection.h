#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "medley/core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace medley::storage {

/// A prepared statement. Parameters count from 1, columns from 0. Texts are bound without a copy:
/// they must live until Reset. Threads: one.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

  SqliteStatement& Bind(int parameter, std::int64_t value);
  SqliteStatement& Bind(int parameter, double value);
  SqliteStatement& Bind(int parameter, std::string_view text);
  SqliteStatement& BindNull(int parameter);
  /// NULL where the text is empty.
  SqliteStatement& BindOrNull(int parameter, std::string_view text);

  /// True: a row is there. False: done; the statement is reset.
  Result<bool> Step();
  /// Steps to the end; for statements without rows.
  Status Run();
  void Reset();

  std::int64_t Int(int column) const;
  double Real(int column) const;
  /// Valid until the next Step or Reset.
  std::string_view Text(int column) const;
  bool IsNull(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One connection to one database file. Errors carry SQLite's own words and the file's name.
/// Threads: one at a time.
class SqliteConnection {
 public:
  enum class Mode { kRead, kWrite };
  static Result<SqliteConnection> Open(const std::filesystem::path& file, Mode mode);

  Result<SqliteStatement> Prepare(std::string_view sql) const;
  /// Runs every statement of `sql`.
  Status Execute(const std::string& sql) const;
  /// The first column of the first row. Errors: kNotFound without a row.
  Result<std::int64_t> QueryInt(std::string_view sql) const;
  /// Rows changed by the last statement.
  std::int64_t Changes() const;
  /// Rows changed since the connection was opened.
  std::int64_t TotalChanges() const;
  std::int64_t LastInsertKey() const;
  bool InTransaction() const;
  Error LastError() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

/// BEGIN IMMEDIATE now; ROLLBACK when it goes unless Commit was called.
class SqliteTransaction {
 public:
  static Result<SqliteTransaction> Begin(const SqliteConnection& connection);
  SqliteTransaction(SqliteTransaction&& other) noexcept : connection_(other.connection_) {
    other.connection_ = nullptr;
  }
  SqliteTransaction& operator=(SqliteTransaction&&) = delete;
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;
  ~SqliteTransaction();
  Status Commit();

 private:
  explicit SqliteTransaction(const SqliteConnection* connection) : connection_(connection) {}
  const SqliteConnection* connection_;
};

}  // namespace medley::storage
