#include "medley/storage/sqlite_store.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/event.h"
#include "medley/data/event_batch.h"
#include "medley/data/merge.h"
#include "medley/data/modality.h"
#include "medley/data/triple.h"
#include "medley/storage/sqlite_connection.h"
#include "medley/storage/sqlite_triples.h"
#include "medley/storage/sqlite_writer.h"
#include "medley/storage/store.h"

namespace medley::storage {
namespace {

constexpr std::string_view kEventColumns =
    "SELECT e.id, u.id, i.id, e.type, e.value, e.text, e.modality, e.session, e.time, e.context, "
    "e.request FROM events e "
    "JOIN users u ON u.key=e.user LEFT JOIN items i ON i.key=e.item ";

/// What is stored of an item or user besides its id; empty where there is nothing besides.
template <typename Entry>
std::string BodyOf(const Entry& entry) {
  Json json = data::ToJson(entry);
  json.erase("id");
  return json.empty() ? std::string() : DumpJson(json);
}

Result<Json> WithId(std::string_view id, std::string_view body) {
  Json json = Json::object();
  if (!body.empty()) {
    MEDLEY_ASSIGN_OR_RETURN(json, ParseJson(body));
  }
  json["id"] = id;
  return json;
}

/// Errors in what the store itself wrote are not the caller's.
template <typename Entry>
Result<Entry> Stored(Result<Entry> read, std::string_view id) {
  if (read) return read;
  return Fail(ErrorCode::kCorrupt,
              "the stored entry '" + std::string(id) + "' is damaged: " + read.error().message);
}

Result<data::Item> ItemOf(std::string_view id, std::string_view body) {
  const auto json = WithId(id, body);
  if (!json) return Stored<data::Item>(tl::unexpected(json.error()), id);
  return Stored(data::ItemFromJson(*json), id);
}

Result<data::User> UserOf(std::string_view id, std::string_view body) {
  const auto json = WithId(id, body);
  if (!json) return Stored<data::User>(tl::unexpected(json.error()), id);
  return Stored(data::UserFromJson(*json), id);
}

data::Event EventOf(const SqliteStatement& row) {
  data::Event event;
  event.id = row.Text(0);
  event.user = row.Text(1);
  event.item = row.Text(2);
  event.type = static_cast<data::EventType>(row.Int(3));
  event.value = row.Real(4);
  event.text = row.Text(5);
  if (!row.IsNull(6)) event.modality = static_cast<data::Modality>(row.Int(6));
  event.session = row.Text(7);
  event.time = row.Int(8);
  if (!row.IsNull(9)) {
    if (auto context = ParseJson(row.Text(9))) event.context = *std::move(context);
  }
  event.request = row.Text(10);
  return event;
}

class SqliteStore : public Store {
 public:
  SqliteStore(std::filesystem::path file, std::unique_ptr<SqliteWriter> writer)
      : file_(std::move(file)), writer_(std::move(writer)) {}

  Result<WriteCounts> PutItems(std::span<const data::Item> items) override {
    return Write(
        SqliteWriter::Table::kItems,
        items,
        [&](std::size_t i, std::string_view) -> Result<std::string> { return BodyOf(items[i]); });
  }
  Result<WriteCounts> PutUsers(std::span<const data::User> users) override {
    return Write(
        SqliteWriter::Table::kUsers,
        users,
        [&](std::size_t i, std::string_view) -> Result<std::string> { return BodyOf(users[i]); });
  }
  Result<WriteCounts> MergeItems(std::span<const data::Item> items) override {
    return Write(SqliteWriter::Table::kItems,
                 items,
                 [&](std::size_t i, std::string_view old) -> Result<std::string> {
                   if (old.empty()) return BodyOf(items[i]);
                   MEDLEY_ASSIGN_OR_RETURN(data::Item base, ItemOf(items[i].id, old));
                   return BodyOf(data::MergeItem(std::move(base), items[i]));
                 });
  }
  Result<WriteCounts> MergeUsers(std::span<const data::User> users) override {
    return Write(SqliteWriter::Table::kUsers,
                 users,
                 [&](std::size_t i, std::string_view old) -> Result<std::string> {
                   if (old.empty()) return BodyOf(users[i]);
                   MEDLEY_ASSIGN_OR_RETURN(data::User base, UserOf(users[i].id, old));
                   return BodyOf(data::MergeUser(std::move(base), users[i]));
                 });
  }

  Result<StoredItem> GetItem(std::string_view id) const override;
  Result<StoredUser> GetUser(std::string_view id) const override;
  Status ForEachItem(const std::function<bool(const StoredItem&)>& visit) const override;
  Status ForEachUser(const std::function<bool(const StoredUser&)>& visit) const override;
  Status SetHidden(std::string_view item, bool hidden) override;
  Status DeleteItem(std::string_view id) override { return writer_->DeleteItem(id); }
  Status DeleteUser(std::string_view id) override { return writer_->DeleteUser(id); }

  Result<WriteCounts> AppendBatch(const data::EventBatch& batch) override {
    return writer_->AppendBatch(batch);
  }
  Status DeleteEvent(std::string_view id) override { return writer_->DeleteEvent(id); }
  Status ForEachEventRow(const std::function<bool(const EventRow&)>& visit) const override;
  Result<std::vector<data::Event>> Events(std::string_view user, std::size_t limit) const override;
  Status ForEachEvent(const std::function<bool(const data::Event&)>& visit) const override;

  Result<WriteCounts> PutTriples(std::span<const data::Triple> triples) override {
    return writer_->PutTriples(triples);
  }
  Status ForEachTriple(const std::function<bool(const data::Triple&)>& visit) const override {
    MEDLEY_ASSIGN_OR_RETURN(const auto reader, TakeReader());
    return VisitTriples(*reader.operator->(), visit);
  }
  Result<std::uint64_t> DeleteTriples(std::string_view source) override {
    return writer_->DeleteTriples(source);
  }

  Status LogRecommendation(const RecommendationRecord& record) override;
  Result<std::vector<RecommendationRecord>> Recommendations(std::string_view user,
                                                            std::size_t limit) const override;

  Result<std::optional<std::string>> GetValue(std::string_view name) const override;
  Status PutValue(std::string_view name, std::string_view value) override {
    return writer_->PutValue(name, value);
  }

  Result<StoreCounts> Counts() const override;
  Result<std::vector<std::string>> Check() const override;

 private:
  /// A read connection on loan: visitors may call the store again, which then takes another.
  class Reader {
   public:
    Reader(const SqliteStore& store, SqliteConnection connection)
        : store_(&store), connection_(std::move(connection)) {}
    Reader(Reader&& other) noexcept
        : store_(std::exchange(other.store_, nullptr)), connection_(std::move(other.connection_)) {}
    Reader& operator=(Reader&&) = delete;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() {
      if (store_ == nullptr) return;
      const std::lock_guard lock(store_->readers_mutex_);
      store_->idle_readers_.push_back(std::move(connection_));
    }
    const SqliteConnection* operator->() const { return &connection_; }

   private:
    const SqliteStore* store_;
    SqliteConnection connection_;
  };

  template <typename Entry>
  Result<WriteCounts> Write(SqliteWriter::Table table,
                            std::span<const Entry> entries,
                            const SqliteWriter::NextBody& next) {
    std::vector<std::string_view> ids;
    ids.reserve(entries.size());
    for (const Entry& entry : entries) ids.emplace_back(entry.id);
    return writer_->WriteBodies(table, ids, next);
  }

  Result<Reader> TakeReader() const {
    {
      const std::lock_guard lock(readers_mutex_);
      if (!idle_readers_.empty()) {
        SqliteConnection connection = std::move(idle_readers_.back());
        idle_readers_.pop_back();
        return Reader(*this, std::move(connection));
      }
    }
    MEDLEY_ASSIGN_OR_RETURN(auto connection,
                            SqliteConnection::Open(file_, SqliteConnection::Mode::kRead));
    MEDLEY_RETURN_IF_ERROR(connection.Execute("PRAGMA cache_size=-16384"));
    return Reader(*this, std::move(connection));
  }

  std::filesystem::path file_;
  std::unique_ptr<SqliteWriter> writer_;
  mutable std::mutex readers_mutex_;
  mutable std::vector<SqliteConnection> idle_readers_;
};

Result<StoredItem> SqliteStore::GetItem(std::string_view id) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, TakeReader());
  MEDLEY_ASSIGN_OR_RETURN(auto find, reader->Prepare("SELECT key, body FROM items WHERE id=?1"));
  MEDLEY_ASSIGN_OR_RETURN(const bool found, find.Bind(1, id).Step());
  if (!found) return Fail(ErrorCode::kNotFound, "no item '" + std::string(id) + "'");
  StoredItem stored;
  stored.key = find.Int(0);
  MEDLEY_ASSIGN_OR_RETURN(stored.item, ItemOf(id, find.Text(1)));
  return stored;
}

Result<StoredUser> SqliteStore::GetUser(std::string_view id) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, TakeReader());
  MEDLEY_ASSIGN_OR_RETURN(auto find, reader->Prepare("SELECT key, body FROM users WHERE id=?1"));
  MEDLEY_ASSIGN_OR_RETURN(const bool found, find.Bind(1, id).Step());
  if (!found) return Fail(ErrorCode::kNotFound, "no user '" + std::string(id) + "'");
  StoredUser stored;
  stored.key = find.Int(0);
  MEDLEY_ASSIGN_OR_RETURN(stored.user, UserOf(id, find.Text(1)));
  return stored;
}

Status SqliteStore::ForEachItem(const std::function<bool(const StoredItem&)>& visit) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, TakeReader());
  MEDLEY_ASSIGN_OR_RETURN(auto rows,
                          reader->Prepare("SELECT key, id, body FROM items ORDER BY key"));
  while (true) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return {};
    StoredItem stored;
    stored.key = rows.Int(0);
    MEDLEY_ASSIGN_OR_RETURN(stored.item, ItemOf(rows.Text(1), rows.Text(2)));
    if (!visit(stored)) return {};
  }
}

Status SqliteStore::ForEachUser(const std::function<bool(const StoredUser&)>& visit) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, TakeReader());
  MEDLEY_ASSIGN_OR_RETURN(auto rows,
                          reader->Prepare("SELECT key, id, body FROM users ORDER BY key"));
  while (true) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return {};
    StoredUser stored;
    stored.key = rows.Int(0);
    MEDLEY_ASSIGN_OR_RETURN(stored.user, UserOf(rows.Text(1), rows.Text(2)));
    if (!visit(stored)) return {};
  }
}

Status SqliteStore::SetHidden(std::string_view item, bool hidden) {
  MEDLEY_RETURN_IF_ERROR(GetItem(item));
  const std::array ids = {item};
  auto written =
      writer_->WriteBodies(SqliteWriter::Table::kItems,
                           ids,
                           [&](std::size_t, std::string_view old) -> Result<std::string> {
                             MEDLEY_ASSIGN_OR_RETURN(data::Item changed, ItemOf(item, old));
                             changed.hidden = hidden;
                             return BodyOf(changed);
                           });
  if (!written) return tl::unexpected(std::move(written).error());
  return {};
}

Status SqliteStore::ForEachEventRow(const std::function<bool(const EventRow&)>& visit) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, TakeReader());
  MEDLEY_ASSIGN_OR_RETURN(auto rows,
                          reader->Prepare("SELECT user, item, type, value, time, text FROM events "
                                          "ORDER BY user, time, item, type, fingerprint"));
  while (true) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return {};
    EventRow row;
    row.user = rows.Int(0);
    row.item = rows.Int(1);
    row.type = static_cast<data::EventType>(rows.Int(2));
    row.value = static_cast<float>(rows.Real(3));
    row.time = rows.Int(4);
    row.text = rows.Text(5);
    if (!visit(row)) return {};
  }
}

Result<std::vector<data::Event>> SqliteStore::Events(std::string_view user,
                                                     std::size_t limit) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, TakeReader());
  const std::string of_user =
      "WHERE e.user=(SELECT key FROM users WHERE id=?2) ORDER BY e.time DESC, e.item DESC, e.type "
      "DESC, e.fingerprint DESC LIMIT ?1";
  const std::string of_all =
      "ORDER BY e.time DESC, e.user DESC, e.item DESC, e.type DESC, e.fingerprint DESC LIMIT ?1";
  MEDLEY_ASSIGN_OR_RETURN(
      auto rows, reader->Prepare(std::string(kEventColumns) + (user.empty() ? of_all : of_user)));
  rows.Bind(1, static_cast<std::int64_t>(limit));
  if (!user.empty()) rows.Bind(2, user);
  std::vector<data::Event> events;
  while (true) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return events;
    events.push_back(EventOf(rows));
  }
}

Status SqliteStore::ForEachEvent(const std::function<bool(const data::Event&)>& visit) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, TakeReader());
  // CROSS JOIN keeps events the outer loop, whose order is the primary key's.
  MEDLEY_ASSIGN_OR_RETURN(
      auto rows,
      reader->Prepare("SELECT e.id, u.id, i.id, e.type, e.value, e.text, e.modality, e.session, "
                      "e.time, e.context, "
                      "e.request FROM events e CROSS JOIN users u ON u.key=e.user LEFT JOIN items "
                      "i ON i.key=e.item "
                      "ORDER BY e.user, e.time, e.item, e.type, e.fingerprint"));
  while (true) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return {};
    if (!visit(EventOf(rows))) return {};
  }
}

Status SqliteStore::LogRecommendation(const RecommendationRecord& record) {
  const Json body = {{"request", record.request},
                     {"time", record.time},
                     {"items", record.items},
                     {"scores", record.scores},
                     {"propensities", record.propensities},
                     {"versions", record.versions}};
  return writer_->LogRecommendation(record.user, DumpJson(body));
}

Result<std::vector<RecommendationRecord>> SqliteStore::Recommendations(std::string_view user,
                                                                       std::size_t limit) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, TakeReader());
  MEDLEY_ASSIGN_OR_RETURN(
      auto rows,
      reader->Prepare(std::string("SELECT user, body FROM recommendations ") +
                      (user.empty() ? "" : "WHERE user=?2 ") + "ORDER BY number DESC LIMIT ?1"));
  rows.Bind(1, static_cast<std::int64_t>(limit));
  if (!user.empty()) rows.Bind(2, user);
  std::vector<RecommendationRecord> records;
  while (true) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return records;
    MEDLEY_ASSIGN_OR_RETURN(const Json body, ParseJson(rows.Text(1)));
    RecommendationRecord record;
    record.user = rows.Text(0);
    record.request = body.value("request", "");
    record.time = body.value("time", TimeMs{0});
    record.items = body.value("items", std::vector<std::string>());
    record.scores = body.value("scores", std::vector<float>());
    record.propensities = body.value("propensities", std::vector<float>());
    record.versions = body.value("versions", Json::object());
    records.push_back(std::move(record));
  }
}

Result<std::optional<std::string>> SqliteStore::GetValue(std::string_view name) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, TakeReader());
  MEDLEY_ASSIGN_OR_RETURN(auto find,
                          reader->Prepare("SELECT value FROM named_values WHERE name=?1"));
  MEDLEY_ASSIGN_OR_RETURN(const bool found, find.Bind(1, name).Step());
  if (!found) return std::optional<std::string>();
  return std::optional<std::string>(find.Text(0));
}

Result<StoreCounts> SqliteStore::Counts() const {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, TakeReader());
  const auto tally = [&](const char* name) -> Result<std::uint64_t> {
    MEDLEY_ASSIGN_OR_RETURN(
        const auto n,
        reader->QueryInt(std::string("SELECT n FROM tally WHERE name='") + name + "'"));
    return static_cast<std::uint64_t>(n);
  };
  StoreCounts counts;
  // Read first: what is written meanwhile is then seen as a change by the next call.
  MEDLEY_ASSIGN_OR_RETURN(counts.version, tally("version"));
  MEDLEY_ASSIGN_OR_RETURN(counts.users, tally("users"));
  MEDLEY_ASSIGN_OR_RETURN(counts.items, tally("items"));
  MEDLEY_ASSIGN_OR_RETURN(counts.events, tally("events"));
  MEDLEY_ASSIGN_OR_RETURN(counts.triples, tally("triples"));
  MEDLEY_ASSIGN_OR_RETURN(const auto logged,
                          reader->QueryInt("SELECT count(*) FROM recommendations"));
  counts.recommendations = static_cast<std::uint64_t>(logged);
  return counts;
}

Result<std::vector<std::string>> SqliteStore::Check() const {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, TakeReader());
  std::vector<std::string> findings;
  MEDLEY_ASSIGN_OR_RETURN(auto rows, reader->Prepare("PRAGMA integrity_check(20)"));
  while (true) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) break;
    if (rows.Text(0) != "ok") findings.emplace_back(rows.Text(0));
  }
  MEDLEY_ASSIGN_OR_RETURN(
      const auto orphans,
      reader->QueryInt(
          "SELECT count(*) FROM events e WHERE NOT EXISTS(SELECT 1 FROM users WHERE key=e.user) "
          "OR (e.item<>0 AND NOT EXISTS(SELECT 1 FROM items WHERE key=e.item))"));
  for (const std::string table : {"users", "items", "events", "triples"}) {
    MEDLEY_ASSIGN_OR_RETURN(
        const auto difference,
        reader->QueryInt("SELECT (SELECT count(*) FROM " + table +
                         ") - (SELECT n FROM tally WHERE name='" + table + "')"));
    if (difference != 0) findings.push_back("the tally of " + table + " is wrong");
  }
  if (orphans > 0)
    findings.push_back(std::to_string(orphans) +
                       " events of users or items that are not in the catalogue");
  return findings;
}

}  // namespace

Result<std::unique_ptr<Store>> OpenSqliteStore(const std::filesystem::path& file) {
  MEDLEY_ASSIGN_OR_RETURN(auto writer, SqliteWriter::Open(file));
  return std::make_unique<SqliteStore>(file, std::move(writer));
}

}  // namespace medley::storage
