#include "medley/pipeline/candidates.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/interactions.h"
#include "medley/pipeline/model_set.h"
#include "medley/pipeline/snapshot.h"
#include "medley/pipeline/withdrawn.h"
#include "medley/recommenders/recommender.h"
#include "medley/rerank/rule_book.h"

namespace medley::pipeline {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();
/// Of all items that a user could get, those whose content suits them best are taken to fit.
constexpr double kFittingShare = 0.1;

}  // namespace

Result<std::vector<float>> ScoreCatalogue(const Catalogue& catalogue,
                                          const ModelSet::Model& model,
                                          const recommenders::UserState& state) {
  const auto& recommender = *model.recommender;
  std::vector<float> scores(catalogue.items.size(), kNever);
  std::vector<data::Interaction> history;
  for (const auto& past : state.history) {
    if (past.weight > 0 && past.item < recommender.n_items()) history.push_back(past);
  }
  MEDLEY_RETURN_IF_ERROR(recommender.Score({.index = state.index, .history = history},
                                           std::span(scores).first(recommender.n_items())));
  return scores;
}

Reach::Reach(const Catalogue& catalogue,
             const std::string& kind,
             const std::string& category,
             std::span<const std::string> excluded,
             std::span<const data::Interaction> history,
             std::shared_ptr<const Withdrawn::Ids> gone,
             const rerank::Verdict& rules)
    : catalogue_(&catalogue),
      kind_(&kind),
      category_(&category),
      gone_(std::move(gone)),
      rules_(&rules) {
  for (const auto& past : history) barred_.insert(past.item);
  for (const auto& id : excluded) barred_.insert(catalogue.Find(id));
}

bool Reach::operator()(ItemIndex index) const {
  const data::Item& item = catalogue_->items[index];
  return catalogue_->visible[index] != 0 && rules_->Allows(index) && !barred_.contains(index) &&
         (kind_->empty() || item.kind == *kind_) &&
         (category_->empty() ||
          std::ranges::find(item.categories, *category_) != item.categories.end()) &&
         (gone_->empty() || !gone_->contains(item.id));
}

Result<std::vector<recommenders::ScoredItem>> Newcomers(const Catalogue& catalogue,
                                                        const ModelSet& models,
                                                        std::size_t first,
                                                        const recommenders::UserState& state,
                                                        std::size_t limit,
                                                        const Reach& reach) {
  std::vector<recommenders::ScoredItem> none;
  const ModelSet::Model* content = models.Find("content");
  if (first >= catalogue.items.size() || content == nullptr) return none;
  MEDLEY_ASSIGN_OR_RETURN(const auto fit, ScoreCatalogue(catalogue, *content, state));
  std::vector<float> known;
  for (ItemIndex item = 0; item < fit.size(); ++item) {
    if (fit[item] > kNever && reach(item)) known.push_back(fit[item]);
  }
  if (known.empty()) return none;
  const auto fitting = std::max<std::ptrdiff_t>(
      1, static_cast<std::ptrdiff_t>(kFittingShare * static_cast<double>(known.size())));
  std::nth_element(known.begin(), known.begin() + fitting - 1, known.end(), std::greater<>());
  const float least = known[static_cast<std::size_t>(fitting) - 1];
  return recommenders::TopItems(fit, limit, [&](ItemIndex item) {
    return item >= first && fit[item] >= least && reach(item);
  });
}

}  // namespace medley::pipeline
