#include "medley/recommenders/bpr.h"

#include "medley/core/parameters.h"
#include "medley/recommenders/item_factors.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

RecommenderKind BprKind() {
  PairSettings defaults;
  defaults.passes = 60;
  defaults.rate = 0.05;
  defaults.regularization = 0.01;
  defaults.adagrad = true;
  defaults.recency_power = 4;
  RecommenderKind kind;
  kind.name = "bpr";
  kind.summary =
      "Matrix factorisation that learns to rank what people were for above what they were not; "
      "quick on many events";
  kind.example = "medley train bpr --set bpr.factors=128 --set bpr.passes=50";
  kind.paper =
      "Rendle, Freudenthaler, Gantner, Schmidt-Thieme: BPR: Bayesian personalized ranking from "
      "implicit feedback, UAI 2009";
  kind.parameters = Bpr::Specs(defaults);
  kind.make = &MakeOf<Bpr>;
  return kind;
}

}  // namespace medley::recommenders
