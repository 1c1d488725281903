#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/pipeline/model_set.h"
#include "medley/pipeline/snapshot.h"
#include "medley/pipeline/withdrawn.h"
#include "medley/recommenders/recommender.h"
#include "medley/rerank/rule_book.h"

namespace medley::pipeline {

/// A score for every item of the catalogue; -infinity where the model, which may be older, says
/// nothing. What speaks against an item in the history is not shown to the model.
Result<std::vector<float>> ScoreCatalogue(const Catalogue& catalogue,
                                          const ModelSet::Model& model,
                                          const recommenders::UserState& state);

/// Which items one request may get. Views: catalogue, kind, category and rules.
class Reach {
 public:
  /// `kind`, `category`: empty, any.
  Reach(const Catalogue& catalogue,
        const std::string& kind,
        const std::string& category,
        std::span<const std::string> excluded,
        std::span<const data::Interaction> history,
        std::shared_ptr<const Withdrawn::Ids> gone,
        const rerank::Verdict& rules);
  bool operator()(ItemIndex item) const;

 private:
  const Catalogue* catalogue_;
  const std::string* kind_;
  const std::string* category_;
  std::unordered_set<ItemIndex> barred_;
  std::shared_ptr<const Withdrawn::Ids> gone_;
  const rerank::Verdict* rules_;
};

/// Items from `first` on, which came after the model that answers was trained, where they fit the
/// user: their content suits the user better than that of nine in ten items the request could get,
/// as the model "content" has it. At most `limit`, best first. Missing: none without that model, or
/// for an empty history.
Result<std::vector<recommenders::ScoredItem>> Newcomers(const Catalogue& catalogue,
                                                        const ModelSet& models,
                                                        std::size_t first,
                                                        const recommenders::UserState& state,
                                                        std::size_t limit,
                                                        const Reach& reach);

}  // namespace medley::pipeline
