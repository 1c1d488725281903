#include "medley/storage/sqlite_triples.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/triple.h"
#include "medley/storage/sqlite_connection.h"
#include "medley/storage/store.h"

namespace medley::storage {
namespace {

enum TermKind : std::int64_t { kRelation = 3, kSource = 4 };

std::int64_t KindOf(const data::TripleEnd& end) { return static_cast<std::int64_t>(end.kind); }

/// Gives texts their keys, making those that are new. Those of one batch are asked for once.
class Terms {
 public:
  static Result<Terms> Prepare(const SqliteConnection& connection) {
    Terms terms(connection);
    MEDLEY_ASSIGN_OR_RETURN(terms.find_,
                            connection.Prepare("SELECT key FROM terms WHERE kind=?1 AND text=?2"));
    MEDLEY_ASSIGN_OR_RETURN(terms.insert_,
                            connection.Prepare("INSERT INTO terms(kind, text) VALUES(?1, ?2)"));
    return terms;
  }

  Result<Key> KeyOf(std::int64_t kind, const std::string& text) {
    auto& keys = keys_[static_cast<std::size_t>(kind)];
    if (const auto known = keys.find(text); known != keys.end()) return known->second;
    MEDLEY_ASSIGN_OR_RETURN(const bool found, find_.Bind(1, kind).Bind(2, text).Step());
    Key key = found ? find_.Int(0) : 0;
    find_.Reset();
    if (!found) {
      MEDLEY_RETURN_IF_ERROR(insert_.Bind(1, kind).Bind(2, text).Run());
      key = connection_->LastInsertKey();
    }
    keys.emplace(text, key);
    return key;
  }

 private:
  explicit Terms(const SqliteConnection& connection) : connection_(&connection) {}

  const SqliteConnection* connection_;
  SqliteStatement find_;
  SqliteStatement insert_;
  StringMap<Key> keys_[5];
};

struct Row {
  Key head;
  Key relation;
  Key tail;
  Key source;
  Key item;
  std::string field;
  std::uint32_t begin;
  std::uint32_t end;
  double confidence;
};

Result<std::vector<Row>> ReadRows(const SqliteConnection& connection) {
  MEDLEY_ASSIGN_OR_RETURN(
      auto read,
      connection.Prepare("SELECT head, relation, tail, source, item, field, start, stop, "
                         "confidence FROM triples ORDER BY head, relation, tail, source, item, "
                         "field, start, stop"));
  std::vector<Row> rows;
  while (true) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, read.Step());
    if (!more) return rows;
    rows.push_back({read.Int(0),
                    read.Int(1),
                    read.Int(2),
                    read.Int(3),
                    read.Int(4),
                    std::string(read.Text(5)),
                    static_cast<std::uint32_t>(read.Int(6)),
                    static_cast<std::uint32_t>(read.Int(7)),
                    read.Real(8)});
  }
}

using TermMap = std::unordered_map<Key, data::TripleEnd>;

Result<TermMap> ReadTerms(const SqliteConnection& connection) {
  MEDLEY_ASSIGN_OR_RETURN(auto read, connection.Prepare("SELECT key, kind, text FROM terms"));
  TermMap terms;
  while (true) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, read.Step());
    if (!more) return terms;
    terms.emplace(read.Int(0),
                  data::TripleEnd{static_cast<data::TripleEnd::Kind>(read.Int(1)),
                                  std::string(read.Text(2))});
  }
}

Result<std::int64_t> DeleteWhere(const SqliteConnection& connection,
                                 std::string_view where,
                                 std::string_view text) {
  MEDLEY_ASSIGN_OR_RETURN(auto remove,
                          connection.Prepare("DELETE FROM triples WHERE " + std::string(where)));
  MEDLEY_RETURN_IF_ERROR(remove.Bind(1, text).Run());
  return connection.Changes();
}

}  // namespace

Result<WriteCounts> WriteTriples(const SqliteConnection& connection,
                                 std::span<const data::Triple> triples) {
  MEDLEY_ASSIGN_OR_RETURN(Terms terms, Terms::Prepare(connection));
  MEDLEY_ASSIGN_OR_RETURN(
      auto insert,
      connection.Prepare(
          "INSERT OR IGNORE INTO triples(head, relation, tail, source, item, field, start, stop, "
          "confidence) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
  MEDLEY_ASSIGN_OR_RETURN(
      auto update,
      connection.Prepare("UPDATE triples SET confidence=?9 WHERE head=?1 AND relation=?2 AND "
                         "tail=?3 AND source=?4 AND item=?5 AND field=?6 AND start=?7 AND "
                         "stop=?8 AND confidence<>?9"));
  WriteCounts counts;
  for (const auto& triple : triples) {
    MEDLEY_ASSIGN_OR_RETURN(const Key head, terms.KeyOf(KindOf(triple.head), triple.head.text));
    MEDLEY_ASSIGN_OR_RETURN(const Key relation, terms.KeyOf(kRelation, triple.relation));
    MEDLEY_ASSIGN_OR_RETURN(const Key tail, terms.KeyOf(KindOf(triple.tail), triple.tail.text));
    MEDLEY_ASSIGN_OR_RETURN(const Key source, terms.KeyOf(kSource, triple.source));
    Key item = 0;
    if (!triple.span.item.empty()) {
      constexpr auto kItem = static_cast<std::int64_t>(data::TripleEnd::Kind::kItem);
      MEDLEY_ASSIGN_OR_RETURN(item, terms.KeyOf(kItem, triple.span.item));
    }
    const auto run = [&](SqliteStatement& statement) -> Result<bool> {
      const std::int64_t before = connection.TotalChanges();
      statement.Bind(1, head).Bind(2, relation).Bind(3, tail).Bind(4, source).Bind(5, item);
      statement.Bind(6, std::string_view(triple.span.field));
      statement.Bind(7, static_cast<std::int64_t>(triple.span.begin));
      statement.Bind(8, static_cast<std::int64_t>(triple.span.end)).Bind(9, triple.confidence);
      MEDLEY_RETURN_IF_ERROR(statement.Run());
      return connection.TotalChanges() > before;
    };
    MEDLEY_ASSIGN_OR_RETURN(const bool added, run(insert));
    bool changed = false;
    if (!added) {
      MEDLEY_ASSIGN_OR_RETURN(changed, run(update));
    }
    ++(added ? counts.added : changed ? counts.changed : counts.unchanged);
  }
  return counts;
}

Status VisitTriples(const SqliteConnection& connection,
                    const std::function<bool(const data::Triple&)>& visit) {
  // The texts afterwards: what another process adds meanwhile is then there for every row.
  MEDLEY_ASSIGN_OR_RETURN(const auto rows, ReadRows(connection));
  MEDLEY_ASSIGN_OR_RETURN(const auto terms, ReadTerms(connection));
  const auto text = [&](Key key) -> const data::TripleEnd& {
    static const data::TripleEnd none;
    const auto found = terms.find(key);
    return found == terms.end() ? none : found->second;
  };
  for (const Row& row : rows) {
    data::Triple triple;
    triple.head = text(row.head);
    triple.relation = text(row.relation).text;
    triple.tail = text(row.tail);
    triple.source = text(row.source).text;
    if (row.item != 0) triple.span.item = text(row.item).text;
    triple.span.field = row.field;
    triple.span.begin = row.begin;
    triple.span.end = row.end;
    triple.confidence = row.confidence;
    if (!visit(triple)) return {};
  }
  return {};
}

Result<std::int64_t> DeleteTriplesOfSource(const SqliteConnection& connection,
                                           std::string_view source) {
  return DeleteWhere(connection, "source=(SELECT key FROM terms WHERE kind=4 AND text=?1)", source);
}

Result<std::int64_t> DeleteTriplesOfItem(const SqliteConnection& connection,
                                         std::string_view item) {
  return DeleteWhere(
      connection, "(SELECT key FROM terms WHERE kind=0 AND text=?1) IN (head, tail, item)", item);
}

}  // namespace medley::storage
