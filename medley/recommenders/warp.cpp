#include "medley/recommenders/warp.h"

#include <cstdint>

#include "medley/core/parameters.h"
#include "medley/recommenders/item_factors.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

RecommenderKind WarpKind() {
  PairSettings defaults;
  defaults.loss = PairLoss::kWarp;
  defaults.passes = 30;
  defaults.rate = 0.05;
  defaults.regularization = 0.05;
  defaults.adagrad = true;
  defaults.recency_power = 4;
  RecommenderKind kind;
  kind.name = "warp";
  kind.summary =
      "Matrix factorisation that learns for the top of the list: pairs count by how badly they "
      "rank";
  kind.example = "medley train warp --set warp.factors=128 --set warp.max_trials=50";
  kind.paper =
      "Weston, Bengio, Usunier: WSABIE: Scaling up to large vocabulary image annotation, IJCAI "
      "2011";
  kind.parameters = Warp::Specs(defaults);
  kind.parameters.push_back({"max_trials",
                             std::int64_t{100},
                             "Items drawn at most to find one that ranks too high",
                             1,
                             10'000,
                             {}});
  kind.make = &MakeOf<Warp>;
  return kind;
}

}  // namespace medley::recommenders
