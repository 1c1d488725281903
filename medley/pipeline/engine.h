#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/event.h"
#include "medley/explain/explanation.h"
#include "medley/pipeline/snapshot.h"
#include "medley/rerank/rule_book.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {

struct RecommendRequest {
  std::string user;
  std::size_t n = 10;
  std::string locale;       ///< of titles and sentences; empty: the user's own, else "en"
  std::string recommender;  ///< empty: hybrid where it is trained, else the best there is
  std::string kind;         ///< empty: any
  std::string category;     ///< empty: any
  std::vector<std::string> exclude;
  bool explain = true;
  /// How long to wait for the language model's sentences; 0: what is written already.
  std::chrono::milliseconds wait_for_sentences{0};
};

struct RecommendedItem {
  data::Item item;
  double score = 0;
  double propensity = 1;
  std::vector<std::string> lifted_by;  ///< rules of the operator, by name
  explain::Explanation explanation;
};

struct Recommendations {
  std::string request;  ///< to be sent back with the events that follow from it
  std::string user;
  bool personal = false;  ///< false: nothing is known of the user, these are what many like
  std::vector<RecommendedItem> items;
  Json versions = Json::object();  ///< recommender -> version, {} before the first training
  /// Whether the language model ordered the candidates, where it is asked to: "model", "cached",
  /// "late" (not within its budget: a later request gets it) or "unavailable". Empty: it is not.
  std::string judged;
};

struct EngineOptions {
  /// Let the language model put evidence into words in the background, where [explain] rewrite
  /// allows it.
  bool rewrite = true;
};

/// Answers requests over one workspace: retrieve, rank, rerank, explain, log.
/// Reads go to an immutable snapshot; Reload publishes a new one while requests run on.
/// Threads: all members from any number at once.
class Engine {
 public:
  /// Opens with whatever there is: without a trained model it answers by popularity, without events
  /// by what is new.
  static Result<std::unique_ptr<Engine>> Open(const storage::Workspace& workspace,
                                              const EngineOptions& options = {});
  ~Engine();

  /// Errors: kInvalidInput (n outside 1 .. 1000, unknown recommender), kNotFound for a user the
  /// store does not know.
  Result<Recommendations> Recommend(const RecommendRequest& asked_for);
  /// Items whose fused vectors and audiences resemble the item's, best first, of those that the
  /// rules for everybody let through. Missing: none for an
  /// item that was just put and is not admitted yet. Errors: kNotFound.
  Result<std::vector<RecommendedItem>> Similar(std::string_view item,
                                               std::size_t n,
                                               std::string_view locale) const;

  /// Appends the events to the store and, before it returns, to what is known of their users.
  Result<storage::WriteCounts> Accept(std::span<const data::Event> events);
  /// Inserts or replaces items or users; an item is in the store at once, recommended and found
  /// from the next Admit or Reload on, and by its content once it is encoded.
  Result<storage::WriteCounts> PutItems(std::span<const data::Item> items);
  Result<storage::WriteCounts> PutUsers(std::span<const data::User> users);
  /// Hides, shows, deletes; effective with the next request.
  Status SetHidden(std::string_view item, bool hidden);
  Status DeleteItem(std::string_view item);
  Status DeleteUser(std::string_view user);

  /// Reads catalogue, vectors and models anew where they changed. Requests never wait for it.
  Status Reload();
  /// How much Admit had to read.
  enum class Admission : std::uint8_t { kNewcomers, kEverything };
  /// Lets items that were put be recommended by their content at once: `encode` makes their
  /// vectors, then they stand behind the others in a new snapshot, which shares all the rest. Where
  /// more has changed than items that came, it is a Reload. Errors: those of `encode`; nothing is
  /// admitted then. Requests never wait for it. Cost: of the newcomers and a copy of the items.
  Result<Admission> Admit(std::span<const std::string> items,
                          const std::function<Status()>& encode);

  /// What the operator's rules let through for the user; empty: for nobody in particular.
  rerank::Verdict Rules(std::string_view user) const;
  std::shared_ptr<const Catalogue> catalogue() const;
  const storage::Workspace& workspace() const;
  /// What background work is at, for State; an empty stage: none.
  void ReportJob(std::string_view stage, std::uint64_t done, std::uint64_t total);
  /// For /health/ready and the console: counts of users, items, events, vectors by space, model
  /// versions, simulated or not.
  Result<Json> State() const;

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace medley::pipeline
