#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/llm/language_model.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Asks a language model how likely "yes" is behind an item, after what a user said of others.
/// Views: `features` must live as long. Owns: the model, loaded with the first question. Threads:
/// any; one asks at a time.
class ItemJudge {
 public:
  /// `history`: so many of the latest actions are shown.
  ItemJudge(llm::LanguageModelSource source, const ItemFeatures& features, std::size_t history)
      : source_(std::move(source)), features_(&features), history_(history) {}

  /// Which model, and which version of it.
  const std::string& model() const { return source_.id; }
  std::size_t history() const { return history_; }

  /// An item as it is shown: “Alien (1979)” (Horror, Sci-Fi). Empty: nobody knows its title.
  static std::string Words(const ItemFeatures& features, ItemIndex item);

  /// For each item how much likelier "yes" is, in log-odds, than behind no title. Missing: 0 for
  /// what has no title, and for all where nothing of the history has one. Errors: those of
  /// llm::LanguageModel::LogLikelihood, and of loading it.
  Result<std::vector<double>> Ask(std::span<const data::Interaction> history,
                                  std::span<const ItemIndex> items) const;

 private:
  Result<double> LogOdds(const std::string& history, const std::string& item) const;

  llm::LanguageModelSource source_;
  const ItemFeatures* features_;
  std::size_t history_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<llm::LanguageModel> model_;
};

}  // namespace medley::recommenders
