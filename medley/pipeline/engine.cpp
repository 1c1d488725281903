#include "medley/pipeline/engine.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/event_weights.h"
#include "medley/explain/explanation.h"
#include "medley/explain/phrases.h"
#include "medley/explain/sentence_writer.h"
#include "medley/index/rank_fusion.h"
#include "medley/linalg/kernels.h"
#include "medley/llm/language_model.h"
#include "medley/pipeline/candidates.h"
#include "medley/pipeline/engine_impl.h"
#include "medley/pipeline/facts.h"
#include "medley/pipeline/live_behaviour.h"
#include "medley/pipeline/model_set.h"
#include "medley/pipeline/past_actions.h"
#include "medley/pipeline/recommendation_log.h"
#include "medley/pipeline/revision.h"
#include "medley/pipeline/rules.h"
#include "medley/pipeline/snapshot.h"
#include "medley/pipeline/stored_sentences.h"
#include "medley/pipeline/withdrawn.h"
#include "medley/recommenders/recommender.h"
#include "medley/rerank/slate.h"
#include "medley/storage/document_store.h"
#include "medley/storage/settings.h"
#include "medley/storage/workspace.h"
#include "medley/understanding/event_weights.h"

namespace medley::pipeline {
namespace {

constexpr std::size_t kMaxItems = 1000;
constexpr std::size_t kMaxFacts = 3;
constexpr float kNever = -std::numeric_limits<float>::infinity();

/// How many candidates are kept for each place, so that reranking has something to choose from.
constexpr std::size_t kCandidatesPerPlace = 5;

Status CheckCount(std::size_t n) {
  if (n >= 1 && n <= kMaxItems) return {};
  return Fail(ErrorCode::kInvalidInput, "n must be from 1 to " + std::to_string(kMaxItems));
}

std::string NewRequestId() {
  static std::atomic<std::uint64_t> counter{0};
  static const std::uint64_t start = static_cast<std::uint64_t>(NowMs()) * 0x9e3779b97f4a7c15ULL;
  const std::uint64_t count = counter.fetch_add(1);
  return Sha256(std::to_string(start) + "/" + std::to_string(count)).substr(0, 24);
}

}  // namespace

bool Engine::Impl::Knows(const Snapshot& now, std::string_view user) const {
  if (withdrawn_users.Has(user)) return false;
  return now.behaviour->users.Find(user) != kNoIndex || live.Of(user) != nullptr ||
         workspace.store().GetUser(user).has_value();
}

std::vector<data::Interaction> Engine::Impl::HistoryOf(const Snapshot& now,
                                                       std::string_view user) const {
  std::vector<data::Interaction> history;
  if (const UserIndex index = now.behaviour->users.Find(user); index != kNoIndex) {
    const auto known = now.behaviour->interactions.OfUser(index);
    history.assign(known.begin(), known.end());
  }
  if (const auto acts = live.Of(user); acts != nullptr) {
    for (const auto& act : *acts) {
      const ItemIndex item = now.catalogue->Find(act.item);
      if (item == kNoIndex) continue;
      // What happened last stands last: recency-weighted profiles read the order.
      float weight = act.weight;
      const auto earlier = std::find_if(
          history.begin(), history.end(), [item](const auto& past) { return past.item == item; });
      if (earlier != history.end()) {
        weight += earlier->weight;
        history.erase(earlier);
      }
      history.push_back({item, weight, act.time});
    }
  }
  return history;
}

/// Of the sentences for somebody who asked for none: the user's own, where there is something to
/// say and it is one of ours.
std::string Engine::Impl::LanguageOf(const RecommendRequest& request) const {
  if (!request.explain) return "en";
  const auto user = workspace.store().GetUser(request.user);
  if (!user) return "en";
  return explain::LanguageOf(user->user.locale) == explain::Language::kChinese ? "zh" : "en";
}

Json Engine::Impl::SentencesState() const {
  if (writer == nullptr) return {{"state", "off"}};
  const auto status = writer->status();
  return {{"state", explain::StateName(status.state)},
          {"message", status.message},
          {"model", status.model},
          {"queued", status.queued},
          {"written", status.written},
          {"rejected", status.rejected}};
}

explain::Explanation Engine::Impl::Explain(const std::string& title,
                                           std::vector<explain::Fact> facts,
                                           const std::string& locale) const {
  if (writer != nullptr) return writer->Explain(title, std::move(facts), locale);
  std::string sentence = explain::TemplateSentence(title, facts, locale);
  return {.facts = std::move(facts), .sentence = std::move(sentence), .locale = locale};
}

std::vector<explain::Fact> Engine::Impl::FactsAbout(const Snapshot& now,
                                                    const Asked& asked,
                                                    ItemIndex item) const {
  using Kind = recommenders::Evidence::Kind;
  auto evidence = asked.model.recommender->Explain(asked.state, item, kMaxFacts);
  if (std::ranges::find(evidence, Kind::kSimilar, &recommenders::Evidence::kind) ==
      evidence.end()) {
    for (auto& reason : MostAlike(asked.state.history, item, *now.catalogue))
      evidence.push_back(std::move(reason));
  }
  auto facts = FactsFrom(evidence, *now.catalogue, asked.request.locale);
  for (auto& fact : facts) {
    // Of an item that was asked about nobody said that the reader liked it.
    fact.action = asked.request.user.empty() ? "none" : asked.actions.With(fact.item_id);
  }
  return facts;
}

RecommendedItem Engine::Impl::Present(const Snapshot& now,
                                      const Asked& asked,
                                      const rerank::Placed& placed) const {
  const ItemIndex index = placed.item.item;
  RecommendedItem shown{.item = now.catalogue->items[index],
                        .score = placed.item.score,
                        .propensity = placed.propensity,
                        .explanation = {}};
  const std::string& locale = asked.request.locale;
  shown.explanation.locale = locale;
  if (asked.request.explain) {
    shown.explanation =
        Explain(data::DisplayTitle(shown.item, locale), FactsAbout(now, asked, index), locale);
  }
  return shown;
}

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::Open(const storage::Workspace& workspace,
                                             const EngineOptions& options) {
  MEDLEY_ASSIGN_OR_RETURN(auto weights, understanding::EventWeightsOf(workspace.Section("events")));
  auto impl = std::make_unique<Impl>(workspace, std::move(weights));
  const auto section =
      std::ranges::find(storage::SettingSections(), "recommend", &storage::SettingSection::name);
  MEDLEY_ASSIGN_OR_RETURN(const Parameters settings,
                          Parameters::FromText(section->settings, workspace.Section("recommend")));
  impl->slate.diversity = settings.Real("diversity");
  impl->slate.exploration = settings.Real("exploration");
  impl->slate.newcomers = settings.Real("newcomers");
  if (options.rewrite && workspace.Setting("explain.rewrite", "true") == "true") {
    explain::SentenceWriterOptions writing;
    writing.check = workspace.Setting("explain.check", "true") == "true";
    impl->writer = std::make_unique<explain::SentenceWriter>(
        llm::FindLanguageModel(workspace.Section("llm")),
        std::make_shared<StoredSentences>(workspace.store()),
        writing);
  }
  MEDLEY_RETURN_IF_ERROR(impl->OpenJudge());
  MEDLEY_RETURN_IF_ERROR(impl->LoadSnapshot());
  return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

Result<Recommendations> Engine::Recommend(const RecommendRequest& asked_for) {
  MEDLEY_RETURN_IF_ERROR(CheckCount(asked_for.n));
  const auto now = impl_->snapshot.load();
  if (!impl_->Knows(*now, asked_for.user))
    return Fail(ErrorCode::kNotFound, "no user '" + asked_for.user + "'");
  RecommendRequest request = asked_for;
  if (request.locale.empty()) request.locale = impl_->LanguageOf(request);

  const auto history = impl_->HistoryOf(*now, request.user);
  const bool personal =
      std::any_of(history.begin(), history.end(), [](const auto& past) { return past.weight > 0; });
  const ModelSet::Model* model = &now->models->Best(personal);
  if (!request.recommender.empty()) model = now->models->Find(request.recommender);
  if (model == nullptr)
    return Fail(ErrorCode::kInvalidInput,
                "the recommender '" + request.recommender + "' is not trained");
  PastActions actions;
  if (request.explain) {
    MEDLEY_ASSIGN_OR_RETURN(
        actions, PastActions::Of(impl_->workspace.store(), request.user, impl_->weights));
  }
  const Asked asked{
      request, *model, {now->behaviour->users.Find(request.user), history}, std::move(actions)};
  MEDLEY_ASSIGN_OR_RETURN(auto chosen, impl_->Choose(*now, asked));
  Recommendations answer{.request = NewRequestId(),
                         .user = request.user,
                         .personal = personal,
                         .items = {},
                         .versions = now->models->Versions(),
                         .judged = impl_->JudgeCandidates(*now, asked, chosen.candidates)};
  rerank::SlateOptions slate = impl_->slate;
  slate.n = request.n;
  Random random(Hash64(answer.request));
  storage::RecommendationRecord record{.request = answer.request,
                                       .user = request.user,
                                       .time = NowMs(),
                                       .items = {},
                                       .scores = {},
                                       .propensities = {},
                                       .versions = {{model->name, model->version}}};
  const auto* fused = now->catalogue->features.Find("fused");
  for (const auto& placed :
       rerank::BuildSlate(chosen.candidates, chosen.newcomers, fused, slate, random)) {
    answer.items.push_back(impl_->Present(*now, asked, placed));
    answer.items.back().lifted_by = chosen.rules.LiftedBy(placed.item.item);
    record.items.push_back(answer.items.back().item.id);
    record.scores.push_back(placed.item.score);
    record.propensities.push_back(static_cast<float>(placed.propensity));
  }
  impl_->log.Add(std::move(record));
  if (impl_->writer != nullptr && request.wait_for_sentences.count() > 0) {
    impl_->writer->WaitUntilIdle(request.wait_for_sentences);
    for (auto& shown : answer.items) {
      shown.explanation = impl_->Explain(data::DisplayTitle(shown.item, request.locale),
                                         std::move(shown.explanation.facts),
                                         request.locale);
    }
  }
  return answer;
}

Result<std::vector<RecommendedItem>> Engine::Similar(std::string_view id,
                                                     std::size_t n,
                                                     std::string_view locale) const {
  MEDLEY_RETURN_IF_ERROR(CheckCount(n));
  const auto now = impl_->snapshot.load();
  const Catalogue& catalogue = *now->catalogue;
  const ItemIndex target = catalogue.Find(id);
  if (impl_->withdrawn_items.Has(id))
    return Fail(ErrorCode::kNotFound, "no item '" + std::string(id) + "'");
  if (target == kNoIndex) {
    MEDLEY_RETURN_IF_ERROR(impl_->workspace.store().GetItem(id));
    return std::vector<RecommendedItem>();
  }
  const std::vector<data::Interaction> history = {{target, 1.0F, 0}};
  const recommenders::UserState state{kNoIndex, history};
  const ModelSet::Model& model = now->models->Best(true);
  MEDLEY_ASSIGN_OR_RETURN(const std::vector<float> scores, ScoreCatalogue(catalogue, model, state));
  const auto gone = impl_->withdrawn_items.ids();
  const auto rules = AskRules(*now->rules, impl_->workspace, {}, {});
  const auto allowed = [&](ItemIndex index) {
    return index != target && catalogue.visible[index] != 0 && rules.Allows(index) &&
           !gone->contains(catalogue.items[index].id);
  };
  // The audience's opinion and the content's, joined by rank: their scores have no common scale.
  std::map<ItemIndex, double> joined;
  const auto add = [&](const std::vector<recommenders::ScoredItem>& list) {
    for (std::size_t rank = 0; rank < list.size(); ++rank)
      joined[list[rank].item] += index::ReciprocalRank(static_cast<double>(rank));
  };
  const std::size_t depth = n * kCandidatesPerPlace;
  add(recommenders::TopItems(scores, depth, allowed));
  if (const auto* fused = catalogue.features.Find("fused");
      fused != nullptr && fused->present[target] != 0) {
    std::vector<float> likeness(catalogue.items.size(), kNever);
    linalg::TimesVector(fused->vectors, fused->vectors.Row(target), likeness);
    for (ItemIndex other = 0; other < likeness.size(); ++other) {
      if (fused->present[other] == 0) likeness[other] = kNever;
    }
    add(recommenders::TopItems(likeness, depth, allowed));
  }
  std::vector<rerank::Placed> best;
  for (const auto& [item, score] : joined) best.push_back({{item, static_cast<float>(score)}, 1});
  std::stable_sort(best.begin(), best.end(), [](const auto& a, const auto& b) {
    return a.item.score > b.item.score;
  });
  if (best.size() > n) best.resize(n);
  std::vector<RecommendedItem> similar;
  const RecommendRequest request{.user = {}, .locale = std::string(locale)};
  const Asked asked{request, model, state, {}};
  for (const auto& placed : best) similar.push_back(impl_->Present(*now, asked, placed));
  return similar;
}

Result<storage::WriteCounts> Engine::Accept(std::span<const data::Event> events) {
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, impl_->workspace.store().AppendEvents(events));
  // A batch sent twice is stored once; it must not weigh twice either, and the store says only how
  // many were new.
  if (counts.added > 0) {
    impl_->live.Add(events, impl_->weights);
    impl_->own_writes.fetch_add(1);
  }
  return counts;
}

Result<storage::WriteCounts> Engine::PutItems(std::span<const data::Item> items) {
  const std::lock_guard lock(impl_->put_mutex);
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, impl_->workspace.store().PutItems(items));
  if (counts.added > 0 && counts.changed == 0) ++impl_->put_writes;
  for (const auto& item : items) impl_->withdrawn_items.Restore(item.id);
  return counts;
}

Result<storage::WriteCounts> Engine::PutUsers(std::span<const data::User> users) {
  for (const auto& user : users) impl_->withdrawn_users.Restore(user.id);
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, impl_->workspace.store().PutUsers(users));
  if (counts.added + counts.changed > 0) impl_->own_writes.fetch_add(1);
  return counts;
}

Status Engine::SetHidden(std::string_view item, bool hidden) {
  MEDLEY_RETURN_IF_ERROR(impl_->workspace.store().SetHidden(item, hidden));
  if (hidden) {
    impl_->withdrawn_items.Add(item);
  } else {
    impl_->withdrawn_items.Restore(item);
  }
  return {};
}

Status Engine::DeleteItem(std::string_view item) {
  MEDLEY_RETURN_IF_ERROR(impl_->workspace.store().DeleteItem(item));
  impl_->withdrawn_items.Add(item);
  return {};
}

Status Engine::DeleteUser(std::string_view user) {
  MEDLEY_RETURN_IF_ERROR(storage::EraseUser(impl_->workspace, user));
  impl_->withdrawn_users.Add(user);
  impl_->live.Forget(user);
  return {};
}

rerank::Verdict Engine::Rules(std::string_view user) const {
  const auto now = impl_->snapshot.load();
  return AskRules(*now->rules, impl_->workspace, user, impl_->HistoryOf(*now, user));
}

std::shared_ptr<const Catalogue> Engine::catalogue() const {
  return impl_->snapshot.load()->catalogue;
}

const storage::Workspace& Engine::workspace() const { return impl_->workspace; }

void Engine::ReportJob(std::string_view stage, std::uint64_t done, std::uint64_t total) {
  const std::lock_guard lock(impl_->job_mutex);
  impl_->job = stage.empty() ? Json() : Json{{"stage", stage}, {"done", done}, {"total", total}};
}

Result<Json> Engine::State() const {
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, impl_->workspace.store().Counts());
  MEDLEY_ASSIGN_OR_RETURN(const auto simulated, impl_->workspace.store().GetValue("simulated"));
  const auto now = impl_->snapshot.load();
  Json vectors = Json::object();
  for (const auto& [space, present] : now->catalogue->present) {
    vectors[space] = std::count(present.begin(), present.end(), 1);
  }
  const std::lock_guard lock(impl_->job_mutex);
  return Json{{"simulated", simulated.has_value()},
              {"users", counts.users},
              {"items", counts.items},
              {"events", counts.events},
              {"recommendations", counts.recommendations},
              {"vectors", vectors},
              {"models", now->models->Versions()},
              {"rules", now->rules->rules().size()},
              {"rules_not_in_force", now->rules->Problems()},
              {"sentences", impl_->SentencesState()},
              {"job", impl_->job}};
}

}  // namespace medley::pipeline
