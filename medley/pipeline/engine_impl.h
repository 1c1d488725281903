#pragma once

// What the engine is made of: for its own sources alone.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/event_weights.h"
#include "medley/explain/explanation.h"
#include "medley/explain/sentence_writer.h"
#include "medley/pipeline/engine.h"
#include "medley/pipeline/live_behaviour.h"
#include "medley/pipeline/model_set.h"
#include "medley/pipeline/past_actions.h"
#include "medley/pipeline/recommendation_log.h"
#include "medley/pipeline/revision.h"
#include "medley/pipeline/snapshot.h"
#include "medley/pipeline/withdrawn.h"
#include "medley/recommenders/recommender.h"
#include "medley/rerank/list_judge.h"
#include "medley/rerank/rule_book.h"
#include "medley/rerank/slate.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {

/// One request at work: whom it is for, and who answers.
struct Asked {
  const RecommendRequest& request;
  const ModelSet::Model& model;
  recommenders::UserState state;
  PastActions actions;
};

struct Snapshot {
  std::shared_ptr<const Catalogue> catalogue;
  std::shared_ptr<const Behaviour> behaviour;
  std::shared_ptr<const ModelSet> models;
  std::shared_ptr<const rerank::RuleBook> rules;
  Revision revision;
};

/// What a slate is built from.
struct Chosen {
  std::vector<recommenders::ScoredItem> candidates;  ///< best first
  std::vector<recommenders::ScoredItem> newcomers;
  rerank::Verdict rules;
};

struct Engine::Impl {
  Impl(const storage::Workspace& opened, data::EventWeights event_weights)
      : workspace(opened), weights(std::move(event_weights)), log(opened.store()) {}

  const storage::Workspace& workspace;
  data::EventWeights weights;
  rerank::SlateOptions slate;
  std::atomic<std::shared_ptr<const Snapshot>> snapshot;
  LiveBehaviour live;
  Withdrawn withdrawn_items;
  Withdrawn withdrawn_users;
  std::atomic<std::uint64_t> own_writes{0};  ///< that changed the store, but not the snapshot
  std::mutex put_mutex;
  std::uint64_t put_writes = 0;  ///< of items that came, since the revision was read last
  RecommendationLog log;
  std::unique_ptr<explain::SentenceWriter> writer;
  std::unique_ptr<rerank::ListJudge> judge;  ///< nullptr: [rerank] llm is off
  std::size_t judged = 0;                    ///< how many of the best candidates it orders
  std::chrono::milliseconds judge_budget{0};
  std::mutex reload;
  std::mutex job_mutex;
  Json job;

  Status OpenJudge();
  Status LoadSnapshot();
  Result<Revision> ReadRevision(std::uint64_t& put);
  Result<bool> GrowSnapshot(const Snapshot& now,
                            const Revision& revision,
                            std::span<const std::string> items);
  bool Knows(const Snapshot& now, std::string_view user) const;
  std::vector<data::Interaction> HistoryOf(const Snapshot& now, std::string_view user) const;
  std::string LanguageOf(const RecommendRequest& request) const;
  Json SentencesState() const;
  explain::Explanation Explain(const std::string& title,
                               std::vector<explain::Fact> facts,
                               const std::string& locale) const;
  std::vector<explain::Fact> FactsAbout(const Snapshot& now,
                                        const Asked& asked,
                                        ItemIndex item) const;
  Result<Chosen> Choose(const Snapshot& now, const Asked& asked) const;
  std::string JudgeCandidates(const Snapshot& now,
                              const Asked& asked,
                              std::vector<recommenders::ScoredItem>& candidates) const;
  RecommendedItem Present(const Snapshot& now,
                          const Asked& asked,
                          const rerank::Placed& placed) const;
};

}  // namespace medley::pipeline
