#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/metrics/interval.h"
#include "medley/metrics/ranking.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {

inline constexpr std::size_t kDefaultPlaces = 20;

/// What a recommender is fitted on, tuned on and judged by.
/// Shapes: `valid` and `test` by user, items ascending; users without any are not asked.
/// `candidates`: 1 for items that may be ranked, empty for all. `mask` is never ranked for its
/// user, nor is anything of the training.
struct Split {
  data::Interactions train;  ///< while tuning
  data::Interactions full;   ///< train + validation: what the final model is fitted on
  std::vector<std::vector<std::uint32_t>> valid;
  std::vector<std::vector<std::uint32_t>> test;
  std::vector<std::uint8_t> valid_candidates;
  std::vector<std::uint8_t> candidates;
  std::vector<std::vector<std::uint32_t>> mask;  ///< by user, ascending; may be empty
};

enum class Protocol : std::uint8_t {
  kTime,  ///< per user by time: first ceil(.8 n) train, of which the last eighth is validation; the
          ///< rest test
  kLeaveOneOut,  ///< last item test, the one before validation
  kRandom,       ///< a fifth of each history test, an eighth of the rest validation
  kColdItems,    ///< a fifth of the items test, a fifth validation, with all their interactions;
                 ///< ranked among themselves
};
inline constexpr std::string_view kProtocolNames[] = {
    "time", "leave-one-out", "random", "cold-items"};
/// Errors: kInvalidInput listing the names.
Result<Protocol> ParseProtocol(std::string_view name);

/// Positive interactions are judged by; the others still train. `item_ids` decide which items are
/// cold, so that growth of a catalogue moves none.
Split MakeSplit(const data::Interactions& interactions,
                Protocol protocol,
                std::span<const std::string> item_ids,
                std::uint64_t seed);

struct RankOptions {
  std::span<const std::uint8_t> candidates;          ///< empty: all items
  std::span<const std::vector<std::uint32_t>> mask;  ///< empty: none besides the history
  std::size_t length = kDefaultPlaces;
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
