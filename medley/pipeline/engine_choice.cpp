#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/llm/language_model.h"
#include "medley/pipeline/candidates.h"
#include "medley/pipeline/engine_impl.h"
#include "medley/pipeline/rules.h"
#include "medley/pipeline/snapshot.h"
#include "medley/recommenders/recommender.h"
#include "medley/rerank/list_judge.h"
#include "medley/rerank/rule_book.h"
#include "medley/storage/settings.h"

// What a request may get, and in which order: scores, rules, newcomers, the language model.
namespace medley::pipeline {
namespace {

/// How many candidates are kept for each place, so that reranking has something to choose from.
constexpr std::size_t kCandidatesPerPlace = 5;
/// What the language model is told of the past and of each item.
constexpr std::size_t kToldOfPast = 8;
constexpr std::size_t kToldCategories = 3;

std::string TitleWithCategories(const data::Item& item, const std::string& locale) {
  std::string text = data::DisplayTitle(item, locale);
  const std::size_t n = std::min(kToldCategories, item.categories.size());
  for (std::size_t i = 0; i < n; ++i) text += (i == 0 ? " (" : ", ") + item.categories[i];
  return n == 0 ? text : text + ")";
}

}  // namespace

Result<Chosen> Engine::Impl::Choose(const Snapshot& now, const Asked& asked) const {
  const RecommendRequest& request = asked.request;
  Chosen chosen{.candidates = {},
                .newcomers = {},
                .rules = AskRules(*now.rules, workspace, request.user, asked.state.history)};
  MEDLEY_ASSIGN_OR_RETURN(auto scores, ScoreCatalogue(*now.catalogue, asked.model, asked.state));
  const Reach reach(*now.catalogue,
                    request.kind,
                    request.category,
                    request.exclude,
                    asked.state.history,
                    withdrawn_items.ids(),
                    chosen.rules);
  const std::size_t depth = request.n * kCandidatesPerPlace;
  chosen.candidates = recommenders::TopItems(scores, depth, std::cref(reach));
  // Who names a recommender wants that one's list.
  if (!request.recommender.empty()) return chosen;
  if (chosen.rules.lifts() && !chosen.candidates.empty()) {
    const double range =
        double{chosen.candidates.front().score} - double{chosen.candidates.back().score};
    chosen.rules.Lift(range > 0 ? range : 1, scores);
    chosen.candidates = recommenders::TopItems(scores, depth, std::cref(reach));
  }
  if (slate.newcomers > 0) {
    MEDLEY_ASSIGN_OR_RETURN(
        chosen.newcomers,
        Newcomers(
            *now.catalogue, *now.models, asked.model.trained_items, asked.state, depth, reach));
  }
  return chosen;
}

Status Engine::Impl::OpenJudge() {
  const auto section =
      std::ranges::find(storage::SettingSections(), "rerank", &storage::SettingSection::name);
  MEDLEY_ASSIGN_OR_RETURN(const Parameters settings,
                          Parameters::FromText(section->settings, workspace.Section("rerank")));
  if (!settings.Bool("llm")) return {};
  judged = static_cast<std::size_t>(settings.Int("candidates"));
  judge_budget = std::chrono::milliseconds(settings.Int("budget_ms"));
  judge = std::make_unique<rerank::ListJudge>(llm::FindLanguageModel(workspace.Section("llm")));
  return {};
}

/// Orders the best candidates as the language model would, each place with the score it had; says
/// how. Without anything of the past there is nothing to judge by.
std::string Engine::Impl::JudgeCandidates(const Snapshot& now,
                                          const Asked& asked,
                                          std::vector<recommenders::ScoredItem>& candidates) const {
  if (judge == nullptr || !asked.request.recommender.empty()) return {};
  rerank::JudgedList list;
  const auto history = asked.state.history;
  for (std::size_t i = history.size(); i-- > 0 && list.history.size() < kToldOfPast;) {
    if (history[i].weight > 0)
      list.history.push_back(
          TitleWithCategories(now.catalogue->items[history[i].item], asked.request.locale));
  }
  const std::size_t n = std::min(judged, candidates.size());
  if (list.history.empty() || n < 2) return {};
  const std::vector<recommenders::ScoredItem> before(
      candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(n));
  for (const auto& one : before)
    list.candidates.push_back(
        TitleWithCategories(now.catalogue->items[one.item], asked.request.locale));
  const auto order = judge->Judge(list, judge_budget);
  for (std::size_t place = 0; place < n; ++place)
    candidates[place].item = before[order.places[place]].item;
  return std::string(rerank::HowName(order.how));
}

}  // namespace medley::pipeline
