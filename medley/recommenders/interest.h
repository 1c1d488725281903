#pragma once

#include <cstddef>
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

/// A transformer that says whether a user is interested in an item. It begins as the top layers of
/// the pack's text encoder and is trained on, end to end: tokens are the user's latest actions and
/// the items asked about (InterestTokens); each item attends to the history, the history to itself,
/// items not to each other. What comes out of an item's token and a glance at the features of the
/// pair (PairFeatures), side by side, go through a linear map to the log-odds. The glance is the
/// hidden layer of a small network that was trained on the features alone, and its part of the map
/// starts as that one had it, so that the layers learn what it can't say. One user in ten is left
/// out of the training to stop it where their loss is least. A whole catalogue: the features rank
/// it, and of the best `shortlist` items each is read by the transformer; the others keep their
/// order, behind those. Missing, Explain: see PairClassifier. Cost: training, an epoch multiplies
/// 24 x (questions + (layers > 1) x history x blocks) x dimension^2 numbers a layer; a request, one
/// pass over the history and 12 x shortlist x dimension^2 numbers a layer. Source: Devlin et al.
/// 2019 (layers); Zhou et al., Deep Interest Network, 2018 (the item asked about attends); Cheng et
/// al., Wide and deep, 2016; Sun et al., BERT4Rec, 2019.
class Interest : public PairClassifier {
 public:
  explicit Interest(const Parameters& parameters);
  std::string_view name() const override { return "interest"; }

 protected:
  Result<std::shared_ptr<const PairModel>> Learn(const Lesson& lesson,
                                                 Progress& progress) const override;
  Result<std::shared_ptr<const PairModel>> LoadModel(const ModelReader& reader,
                                                     const PairFeatures& features) const override;

 private:
  Parameters training_;
  std::string start_;
  std::size_t layers_;
  std::size_t history_;
  std::size_t shortlist_;
  double forget_;
};

RecommenderKind InterestKind();

}  // namespace medley::recommenders
