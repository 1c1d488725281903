#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/metrics/ranking.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {

inline constexpr std::size_t kDefaultPlaces = 20;

struct RankOptions {
  std::span<const std::uint8_t> candidates;          ///< empty: all items
  std::span<const std::vector<std::uint32_t>> mask;  ///< empty: none besides the history
  std::size_t length = kDefaultPlaces;
  /// What the model was fitted on, where that is not the history: users without a row there are
  /// new to it. nullptr: the history.
  const data::Interactions* fitted = nullptr;
  /// > 0: the relevant items are ranked among so many others only, drawn for each user. Figures of
  /// this kind can't be compared with those of full rankings, nor order recommenders alike: every
  /// output must say so. Source: Krichene, Rendle: On sampled metrics for item recommendation,
  /// 2020.
  std::size_t negatives = 0;
  std::uint64_t seed = 1;  ///< of that draw
};

/// What a recommender says to each user with something relevant; empty lists and 0 for the others.
struct RankedUsers {
  std::vector<std::vector<std::uint32_t>> lists;  ///< best first
  std::vector<double> auc;  ///< of the relevant items among all that may be ranked
};

/// Ranks by what `history` says, on all threads. Items of the history are left out. Users of whom
/// the recommender knows nothing get an empty list.
Result<RankedUsers> RankForUsers(const recommenders::Recommender& recommender,
                                 const data::Interactions& history,
                                 std::span<const std::vector<std::uint32_t>> relevant,
                                 const RankOptions& options);

/// Each judged user's figures.
struct UserScores {
  std::vector<UserIndex> users;
  std::vector<metrics::RankingScores> scores;

  std::vector<double> Values(double metrics::RankingScores::* metric) const;
  double Mean(double metrics::RankingScores::* metric) const;
};
UserScores ScoreLists(std::span<const std::vector<std::uint32_t>> lists,
                      std::span<const std::vector<std::uint32_t>> relevant,
                      std::size_t k);

/// The metrics of a ranking by name, in the order in which they are reported.
struct NamedMetric {
  const char* name;
  double metrics::RankingScores::* value;
};
std::span<const NamedMetric> RankingMetrics();

}  // namespace medley::evaluation
