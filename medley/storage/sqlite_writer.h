#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/event_batch.h"
#include "medley/data/triple.h"
#include "medley/storage/sqlite_connection.h"
#include "medley/storage/store.h"

namespace medley::storage {

/// The one write connection of SqliteStore: catalogue and event log. Each public call is one
/// transaction. Threads: any; calls run one at a time.
class SqliteWriter {
 public:
  static Result<std::unique_ptr<SqliteWriter>> Open(const std::filesystem::path& file);

  enum class Table { kUsers, kItems };
  /// `next` returns the id and the new body (empty: bare) of the entry after the given old body.
  using NextBody = std::function<Result<std::string>(std::size_t index, std::string_view old_body)>;
  Result<WriteCounts> WriteBodies(Table table,
                                  std::span<const std::string_view> ids,
                                  const NextBody& next);
  Result<WriteCounts> AppendBatch(const data::EventBatch& batch);
  Status DeleteItem(std::string_view id);
  Status DeleteUser(std::string_view id);
  Status DeleteEvent(std::string_view id);
  Result<WriteCounts> PutTriples(std::span<const data::Triple> triples);
  Result<std::uint64_t> DeleteTriples(std::string_view source);
  Status PutValue(std::string_view name, std::string_view value);
  Status LogRecommendation(std::string_view user, std::string_view body);

 private:
  struct EventKey;
  SqliteWriter() = default;
  /// What a transaction did to the tables that are counted.
  struct Tally {
    std::int64_t users = 0;
    std::int64_t items = 0;
    std::int64_t events = 0;
    std::int64_t triples = 0;
    bool changed = false;
  };
  Status PrepareAll();
  /// Runs `work` in a transaction, which keeps the tally up to date; forgets cached keys where it
  /// fails or another process has written.
  Status InTransaction(const std::function<Status()>& work);
  Status WriteTally();
  void CountInserted(Table table);
  Status RefreshKeys();
  Result<Key> KeyOf(Table table, std::string_view id, bool make);
  Result<std::vector<EventKey>> SortedKeys(const data::EventBatch& batch);
  Status InsertEvent(const EventKey& key, const data::EventBatch& batch);

  struct TableState {
    StringMap<Key> keys;
    SqliteStatement find;
    SqliteStatement insert;
    SqliteStatement update;
  };
  std::mutex mutex_;
  SqliteConnection connection_;
  SqliteConnection
      log_connection_;  ///< synchronous=NORMAL: a served request must not wait for the disk
  TableState tables_[2];
  SqliteStatement insert_plain_event_;
  SqliteStatement insert_event_;
  SqliteStatement data_version_;
  SqliteStatement log_recommendation_;
  SqliteStatement add_to_tally_;
  Tally tally_;
  std::int64_t seen_version_ = -1;
};

}  // namespace medley::storage
