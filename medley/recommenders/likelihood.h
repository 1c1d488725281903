#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/pair_classifier.h"
#include "medley/recommenders/pair_features.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// A language model as it is says how likely "yes" is behind an item, after what the user said of
/// others. With h the latest actions in words (title, categories, yes or no), i the item in words,
///   x = [ln p(yes | h, i) - ln p(no | h, i)] - [ln p(yes | h, ...) - ln p(no | h, ...)],
/// the latter asked of no title, so that x is free of how ready the model is to say yes after h.
/// Two fitted numbers make log-odds of it,
///   ln (p / (1 - p)) = g + a x + b,
/// g those of logistic regression on PairFeatures, or 0 with `features` = false; a and b are the
/// likeliest on questions to users whom the regression was not trained on. Nothing of
/// the language model is trained. Titles come from the knowledge graph; where an item or the whole
/// history has none, x is 0, and where there are none at all the model is not asked for. A whole
/// catalogue: g ranks it, and the best `shortlist` items are read. Should the language model fail,
/// g alone answers. Texts are data: each stands in quotes on one line, and what is asked for is how
/// likely two given words are. Missing: see PairClassifier. Explain: by g. Owns: the language
/// model, from the first question on. Cost: training, `questions` prompts; a request, the history
/// once and each item's words. Source: Brown et al. 2020 (examples in the prompt); Zhao et al. 2021
/// (asked of nothing).
class Likelihood : public PairClassifier {
 public:
  explicit Likelihood(const Parameters& parameters);
  std::string_view name() const override { return "likelihood"; }
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 protected:
  Result<std::shared_ptr<const PairModel>> Learn(const Lesson& lesson,
                                                 Progress& progress) const override;
  Result<std::shared_ptr<const PairModel>> LoadModel(const ModelReader& reader,
                                                     const PairFeatures& features) const override;

 private:
  std::string model_;
  std::string path_;
  std::size_t history_;
  std::size_t questions_;
  std::size_t shortlist_;
  bool by_features_;
  const ItemFeatures* items_ = nullptr;  ///< what Load was given
};

RecommenderKind LikelihoodKind();

}  // namespace medley::recommenders
