#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/event.h"
#include "medley/data/event_batch.h"
#include "medley/data/triple.h"

namespace medley::storage {

/// The store's own number of an item or user: given once, never reused, stable for the life of the
/// workspace.
using Key = std::int64_t;

struct StoredItem {
  Key key = 0;
  data::Item item;
};
struct StoredUser {
  Key key = 0;
  data::User user;
};

/// How a batch went. added + changed + unchanged = the batch's size.
struct WriteCounts {
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  std::uint64_t unchanged = 0;  ///< already there, alike
};

using data::EventRow;

/// What was shown to whom, why and how likely it was: for attribution and off-policy estimates.
struct RecommendationRecord {
  std::string request;
  std::string user;
  TimeMs time = 0;
  std::vector<std::string> items;
  std::vector<float> scores;
  std::vector<float> propensities;  ///< probability that the policy shows the item in that place
  Json versions = Json::object();   ///< recommender -> model version
};

struct StoreCounts {
  std::uint64_t users = 0;
  std::uint64_t items = 0;
  std::uint64_t events = 0;
  std::uint64_t triples = 0;
  std::uint64_t recommendations = 0;
  /// Grows with every call, of any process, that changes users, items, events or triples: alike
  /// means that nothing did.
  std::uint64_t version = 0;
};

/// Catalogue, event log and recommendation log of one workspace. One implementation a backend;
/// every one passes tests/contract/store_contract.h. Errors: kIo, kCorrupt from the backend; a
/// failed write leaves the store as it was before the call. Threads: any number of callers; writes
/// are one at a time.
class Store {
 public:
  virtual ~Store() = default;

  // Catalogue. Put inserts or replaces by id, Merge changes only the fields that are given
  // (data/merge.h); the whole span in one transaction.
  virtual Result<WriteCounts> PutItems(std::span<const data::Item> items) = 0;
  virtual Result<WriteCounts> PutUsers(std::span<const data::User> users) = 0;
  virtual Result<WriteCounts> MergeItems(std::span<const data::Item> items) = 0;
  virtual Result<WriteCounts> MergeUsers(std::span<const data::User> users) = 0;
  /// Errors: kNotFound.
  virtual Result<StoredItem> GetItem(std::string_view id) const = 0;
  virtual Result<StoredUser> GetUser(std::string_view id) const = 0;
  /// In the order of keys; stops early when `visit` returns false.
  virtual Status ForEachItem(const std::function<bool(const StoredItem&)>& visit) const = 0;
  virtual Status ForEachUser(const std::function<bool(const StoredUser&)>& visit) const = 0;
  virtual Status SetHidden(std::string_view item, bool hidden) = 0;
  /// Removes the item or user with all their events, the item with all triples about it or read in
  /// it. Errors: kNotFound.
  virtual Status DeleteItem(std::string_view id) = 0;
  virtual Status DeleteUser(std::string_view id) = 0;

  // Events.
  /// Appends in one transaction. Users and items not known yet are made, bare. An event whose id
  /// (or, without one, whose user, item, type, time, value and text) is already there counts as
  /// unchanged. On the disk when it returns.
  virtual Result<WriteCounts> AppendBatch(const data::EventBatch& batch) = 0;
  Result<WriteCounts> AppendEvents(std::span<const data::Event> events);
  /// Errors: kNotFound. By id: only events that were given one.
  virtual Status DeleteEvent(std::string_view id) = 0;
  /// By user key, then time. Cost: one pass over the log.
  virtual Status ForEachEventRow(const std::function<bool(const EventRow&)>& visit) const = 0;
  /// Whole events, newest first, at most `limit`; of one user, or of all where `user` is empty (one
  /// pass over the log).
  virtual Result<std::vector<data::Event>> Events(std::string_view user,
                                                  std::size_t limit) const = 0;
  /// Whole events in the order of the log, for export.
  virtual Status ForEachEvent(const std::function<bool(const data::Event&)>& visit) const = 0;

  // Statements of knowledge graphs. Items' own fields are not kept twice: graph/knowledge_graph.h
  // reads them from the catalogue.
  /// In one transaction. A triple that is there already counts as unchanged; as changed where its
  /// confidence is another. Items that it names need not be there.
  virtual Result<WriteCounts> PutTriples(std::span<const data::Triple> triples) = 0;
  /// In an order that stays; stops early when `visit` returns false. Cost: one pass; what is there
  /// is held in memory meanwhile, about 50 bytes a triple.
  virtual Status ForEachTriple(const std::function<bool(const data::Triple&)>& visit) const = 0;
  /// Removes all triples of a source; the number removed.
  virtual Result<std::uint64_t> DeleteTriples(std::string_view source) = 0;

  // Recommendation log.
  virtual Status LogRecommendation(const RecommendationRecord& record) = 0;
  virtual Result<std::vector<RecommendationRecord>> Recommendations(std::string_view user,
                                                                    std::size_t limit) const = 0;

  // Small named values: written sentences by evidence hash, the demo's truth, marks of finished
  // jobs.
  virtual Result<std::optional<std::string>> GetValue(std::string_view name) const = 0;
  virtual Status PutValue(std::string_view name, std::string_view value) = 0;

  /// Cost: kept up to date by the writes; recommendations are counted by a pass over their index.
  virtual Result<StoreCounts> Counts() const = 0;
  /// Reads everything and checks what the backend can check. One line a finding; empty: whole.
  virtual Result<std::vector<std::string>> Check() const = 0;
};

}  // namespace medley::storage
