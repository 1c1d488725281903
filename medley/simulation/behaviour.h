#pragma once

#include <vector>

#include "medley/core/progress.h"
#include "medley/data/event.h"
#include "medley/simulation/truth.h"

namespace medley::simulation {

/// Tastes of `count` users, of which a few are cold or bots.
std::vector<UserTruth> DrawUsers(std::size_t count, const Random& random);

/// What the users of `truth` did in the market's 90 days, in time order, with ids: sessions of
/// lists that are shown by taste, popularity and chance, looked at from the top, and clicked by
/// preference. Fewer than one in a hundred events are what cleaning should find: duplicates,
/// impossible values, bots. Threads: parallel over users; the result does not depend on how many.
std::vector<data::Event> SimulateBehaviour(const Truth& truth,
                                           const Random& random,
                                           Progress& progress);

/// Errors: none; users is 0 where nobody has five items.
BestScores ScoreTruth(const Truth& truth, const std::vector<data::Event>& events);

}  // namespace medley::simulation
