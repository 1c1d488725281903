#include "medley/storage/sqlite_writer.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/event_batch.h"
#include "medley/data/triple.h"
#include "medley/storage/sqlite_connection.h"
#include "medley/storage/sqlite_schema.h"
#include "medley/storage/sqlite_triples.h"
#include "medley/storage/store.h"

namespace medley::storage {
namespace {

// An import of millions of events touches most pages of the log with each batch: the whole of a log
// of some millions should fit.
constexpr const char* kWriterSettings =
    "PRAGMA cache_size=-524288; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=16384; PRAGMA "
    "journal_size_limit=67108864;"
    "PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF;";

std::int64_t Fingerprint(const data::EventBatch::Row& row, const data::EventBatch::Rare* rare) {
  if (rare != nullptr && !rare->id.empty()) return static_cast<std::int64_t>(Hash64(rare->id, 1));
  const auto bits = std::bit_cast<std::uint64_t>(row.value == 0 ? 0.0 : row.value);
  return static_cast<std::int64_t>(
      Hash64(rare == nullptr ? std::string_view() : std::string_view(rare->text), bits));
}

}  // namespace

struct SqliteWriter::EventKey {
  Key user;
  std::int64_t time;
  Key item;
  std::int64_t fingerprint;
  std::uint32_t row;
  std::uint8_t type;

  bool operator<(const EventKey& other) const {
    return std::tie(user, time, item, type, fingerprint, row) <
           std::tie(other.user, other.time, other.item, other.type, other.fingerprint, other.row);
  }
};

Result<std::unique_ptr<SqliteWriter>> SqliteWriter::Open(const std::filesystem::path& file) {
  auto writer = std::unique_ptr<SqliteWriter>(new SqliteWriter());
  MEDLEY_ASSIGN_OR_RETURN(writer->connection_,
                          SqliteConnection::Open(file, SqliteConnection::Mode::kWrite));
  MEDLEY_RETURN_IF_ERROR(
      writer->connection_.Execute("PRAGMA page_size=8192; PRAGMA journal_mode=WAL;"));
  MEDLEY_RETURN_IF_ERROR(writer->connection_.Execute(kWriterSettings));
  MEDLEY_RETURN_IF_ERROR(MigrateSchema(writer->connection_));
  MEDLEY_ASSIGN_OR_RETURN(writer->log_connection_,
                          SqliteConnection::Open(file, SqliteConnection::Mode::kWrite));
  MEDLEY_RETURN_IF_ERROR(
      writer->log_connection_.Execute("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4096;"));
  MEDLEY_RETURN_IF_ERROR(writer->PrepareAll());
  return writer;
}

Status SqliteWriter::PrepareAll() {
  const char* names[] = {"users", "items"};
  for (int i = 0; i < 2; ++i) {
    TableState& table = tables_[i];
    const std::string name = names[i];
    MEDLEY_ASSIGN_OR_RETURN(table.find,
                            connection_.Prepare("SELECT key, body FROM " + name + " WHERE id=?1"));
    MEDLEY_ASSIGN_OR_RETURN(
        table.insert, connection_.Prepare("INSERT INTO " + name + "(id, body) VALUES(?1, ?2)"));
    MEDLEY_ASSIGN_OR_RETURN(table.update,
                            connection_.Prepare("UPDATE " + name + " SET body=?2 WHERE key=?1"));
  }
  MEDLEY_ASSIGN_OR_RETURN(
      insert_plain_event_,
      connection_.Prepare(
          "INSERT OR IGNORE INTO events(user, time, item, type, fingerprint, value) "
          "VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  MEDLEY_ASSIGN_OR_RETURN(
      insert_event_,
      connection_.Prepare(
          "INSERT OR IGNORE INTO events(user, time, item, type, fingerprint, value, text, id, "
          "modality, session, context, request) "
          "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"));
  MEDLEY_ASSIGN_OR_RETURN(
      add_to_tally_,
      connection_.Prepare(
          "UPDATE tally SET n = n + CASE name WHEN 'users' THEN ?1 WHEN 'items' "
          "THEN ?2 WHEN 'events' THEN ?3 WHEN 'triples' THEN ?4 WHEN 'version' THEN 1 "
          "ELSE 0 END"));
  MEDLEY_ASSIGN_OR_RETURN(data_version_, connection_.Prepare("PRAGMA data_version"));
  MEDLEY_ASSIGN_OR_RETURN(
      log_recommendation_,
      log_connection_.Prepare("INSERT INTO recommendations(user, body) VALUES(?1, ?2)"));
  return {};
}

Status SqliteWriter::RefreshKeys() {
  MEDLEY_ASSIGN_OR_RETURN(const bool row, data_version_.Step());
  const std::int64_t version = row ? data_version_.Int(0) : -1;
  data_version_.Reset();
  if (version != seen_version_) {
    for (TableState& table : tables_) table.keys.clear();
    seen_version_ = version;
  }
  return {};
}

Status SqliteWriter::InTransaction(const std::function<Status()>& work) {
  const std::lock_guard lock(mutex_);
  auto transaction = SqliteTransaction::Begin(connection_);
  if (!transaction) return tl::unexpected(std::move(transaction).error());
  tally_ = {};
  Status status = RefreshKeys();
  if (status) status = work();
  if (status && tally_.changed) status = WriteTally();
  if (status) status = transaction->Commit();
  if (!status) {
    for (TableState& table : tables_) table.keys.clear();
  }
  return status;
}

Status SqliteWriter::WriteTally() {
  return add_to_tally_.Bind(1, tally_.users)
      .Bind(2, tally_.items)
      .Bind(3, tally_.events)
      .Bind(4, tally_.triples)
      .Run();
}

void SqliteWriter::CountInserted(Table table) {
  ++(table == Table::kUsers ? tally_.users : tally_.items);
  tally_.changed = true;
}

Result<Key> SqliteWriter::KeyOf(Table which, std::string_view id, bool make) {
  TableState& table = tables_[static_cast<int>(which)];
  if (const auto known = table.keys.find(id); known != table.keys.end()) return known->second;
  MEDLEY_ASSIGN_OR_RETURN(const bool found, table.find.Bind(1, id).Step());
  Key key = 0;
  if (found) {
    key = table.find.Int(0);
    table.find.Reset();
  } else {
    if (!make) {
      return Fail(
          ErrorCode::kNotFound,
          std::string(which == Table::kUsers ? "no user '" : "no item '") + std::string(id) + "'");
    }
    MEDLEY_RETURN_IF_ERROR(table.insert.Bind(1, id).BindNull(2).Run());
    key = connection_.LastInsertKey();
    CountInserted(which);
  }
  table.keys.emplace(id, key);
  return key;
}

Result<WriteCounts> SqliteWriter::WriteBodies(Table which,
                                              std::span<const std::string_view> ids,
                                              const NextBody& next) {
  WriteCounts counts;
  auto written = InTransaction([&]() -> Status {
    TableState& table = tables_[static_cast<int>(which)];
    for (std::size_t i = 0; i < ids.size(); ++i) {
      MEDLEY_ASSIGN_OR_RETURN(const bool found, table.find.Bind(1, ids[i]).Step());
      const Key key = found ? table.find.Int(0) : 0;
      const std::string old_body(found ? table.find.Text(1) : std::string_view());
      table.find.Reset();
      MEDLEY_ASSIGN_OR_RETURN(const std::string body, next(i, old_body));
      if (!found) {
        MEDLEY_RETURN_IF_ERROR(table.insert.Bind(1, ids[i]).BindOrNull(2, body).Run());
        CountInserted(which);
        ++counts.added;
      } else if (body != old_body) {
        MEDLEY_RETURN_IF_ERROR(table.update.Bind(1, key).BindOrNull(2, body).Run());
        tally_.changed = true;
        ++counts.changed;
      } else {
        ++counts.unchanged;
      }
    }
    return {};
  });
  if (!written) return tl::unexpected(std::move(written).error());
  return counts;
}

Result<std::vector<SqliteWriter::EventKey>> SqliteWriter::SortedKeys(
    const data::EventBatch& batch) {
  constexpr Key kUnknown = -1;
  std::vector<Key> users(batch.users().size(), kUnknown);
  std::vector<Key> items(batch.items().size(), kUnknown);
  std::vector<EventKey> keys;
  keys.reserve(batch.size());
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    const auto& row = batch.rows()[i];
    if (users[row.user] == kUnknown) {
      MEDLEY_ASSIGN_OR_RETURN(users[row.user], KeyOf(Table::kUsers, batch.users()[row.user], true));
    }
    if (row.item != kNoIndex && items[row.item] == kUnknown) {
      MEDLEY_ASSIGN_OR_RETURN(items[row.item], KeyOf(Table::kItems, batch.items()[row.item], true));
    }
    const auto* rare = row.rare == kNoIndex ? nullptr : &batch.rare()[row.rare];
    keys.push_back({users[row.user],
                    row.time,
                    row.item == kNoIndex ? 0 : items[row.item],
                    Fingerprint(row, rare),
                    i,
                    static_cast<std::uint8_t>(row.type)});
  }
  // Neighbours in the B-tree are written together: several times as fast as in the order of
  // arrival.
  std::ranges::sort(keys, std::less<>{});
  return keys;
}

Status SqliteWriter::InsertEvent(const EventKey& key, const data::EventBatch& batch) {
  const auto& row = batch.rows()[key.row];
  SqliteStatement& insert = row.rare == kNoIndex ? insert_plain_event_ : insert_event_;
  insert.Bind(1, key.user)
      .Bind(2, key.time)
      .Bind(3, key.item)
      .Bind(4, static_cast<std::int64_t>(key.type))
      .Bind(5, key.fingerprint);
  insert.Bind(6, row.value);
  if (row.rare != kNoIndex) {
    const auto& rare = batch.rare()[row.rare];
    insert.BindOrNull(7, rare.text).BindOrNull(8, rare.id);
    if (rare.modality) {
      insert.Bind(9, static_cast<std::int64_t>(*rare.modality));
    } else {
      insert.BindNull(9);
    }
    insert.BindOrNull(10, rare.session).BindOrNull(11, rare.context).BindOrNull(12, rare.request);
  }
  return insert.Run();
}

Result<WriteCounts> SqliteWriter::AppendBatch(const data::EventBatch& batch) {
  WriteCounts counts;
  auto written = InTransaction([&]() -> Status {
    MEDLEY_ASSIGN_OR_RETURN(const auto keys, SortedKeys(batch));
    const std::int64_t before = connection_.TotalChanges();
    for (const EventKey& key : keys) MEDLEY_RETURN_IF_ERROR(InsertEvent(key, batch));
    counts.added = static_cast<std::uint64_t>(connection_.TotalChanges() - before);
    counts.unchanged = batch.size() - counts.added;
    tally_.events += static_cast<std::int64_t>(counts.added);
    tally_.changed = tally_.changed || counts.added > 0;
    return {};
  });
  if (!written) return tl::unexpected(std::move(written).error());
  return counts;
}

Status SqliteWriter::DeleteItem(std::string_view id) {
  return InTransaction([&]() -> Status {
    MEDLEY_ASSIGN_OR_RETURN(const Key key, KeyOf(Table::kItems, id, false));
    tables_[static_cast<int>(Table::kItems)].keys.clear();
    MEDLEY_RETURN_IF_ERROR(
        connection_.Execute("DELETE FROM events WHERE item=" + std::to_string(key)));
    tally_ = {.items = -1, .events = -connection_.Changes(), .changed = true};
    MEDLEY_ASSIGN_OR_RETURN(const std::int64_t triples, DeleteTriplesOfItem(connection_, id));
    tally_.triples = -triples;
    return connection_.Execute("DELETE FROM items WHERE key=" + std::to_string(key));
  });
}

Status SqliteWriter::DeleteUser(std::string_view id) {
  return InTransaction([&]() -> Status {
    MEDLEY_ASSIGN_OR_RETURN(const Key key, KeyOf(Table::kUsers, id, false));
    tables_[static_cast<int>(Table::kUsers)].keys.clear();
    MEDLEY_RETURN_IF_ERROR(
        connection_.Execute("DELETE FROM events WHERE user=" + std::to_string(key)));
    tally_ = {.users = -1, .events = -connection_.Changes(), .changed = true};
    MEDLEY_ASSIGN_OR_RETURN(auto forget,
                            connection_.Prepare("DELETE FROM recommendations WHERE user=?1"));
    MEDLEY_RETURN_IF_ERROR(forget.Bind(1, id).Run());
    return connection_.Execute("DELETE FROM users WHERE key=" + std::to_string(key));
  });
}

Status SqliteWriter::DeleteEvent(std::string_view id) {
  return InTransaction([&]() -> Status {
    MEDLEY_ASSIGN_OR_RETURN(auto remove, connection_.Prepare("DELETE FROM events WHERE id=?1"));
    MEDLEY_RETURN_IF_ERROR(remove.Bind(1, id).Run());
    if (connection_.Changes() == 0)
      return Fail(ErrorCode::kNotFound, "no event '" + std::string(id) + "'");
    tally_ = {.events = -1, .changed = true};
    return {};
  });
}

Result<WriteCounts> SqliteWriter::PutTriples(std::span<const data::Triple> triples) {
  WriteCounts counts;
  auto written = InTransaction([&]() -> Status {
    MEDLEY_ASSIGN_OR_RETURN(counts, WriteTriples(connection_, triples));
    tally_.triples = static_cast<std::int64_t>(counts.added);
    tally_.changed = counts.added + counts.changed > 0;
    return {};
  });
  if (!written) return tl::unexpected(std::move(written).error());
  return counts;
}

Result<std::uint64_t> SqliteWriter::DeleteTriples(std::string_view source) {
  std::uint64_t removed = 0;
  auto written = InTransaction([&]() -> Status {
    MEDLEY_ASSIGN_OR_RETURN(const std::int64_t n, DeleteTriplesOfSource(connection_, source));
    tally_ = {.triples = -n, .changed = n > 0};
    removed = static_cast<std::uint64_t>(n);
    return {};
  });
  if (!written) return tl::unexpected(std::move(written).error());
  return removed;
}

Status SqliteWriter::PutValue(std::string_view name, std::string_view value) {
  return InTransaction([&]() -> Status {
    MEDLEY_ASSIGN_OR_RETURN(
        auto put,
        connection_.Prepare("INSERT INTO named_values(name, value) VALUES(?1, ?2) "
                            "ON CONFLICT(name) DO UPDATE SET value=excluded.value"));
    return put.Bind(1, name).Bind(2, value).Run();
  });
}

Status SqliteWriter::LogRecommendation(std::string_view user, std::string_view body) {
  const std::lock_guard lock(mutex_);
  return log_recommendation_.Bind(1, user).Bind(2, body).Run();
}

}  // namespace medley::storage
