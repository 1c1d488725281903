#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/evaluation/user_ranking.h"

namespace medley::evaluation {

/// What a recommender is fitted on, tuned on and judged by.
/// Shapes: `valid` and `test` by user, items ascending; users without any are not asked.
/// `candidates`: 1 for items that may be ranked, empty for all. `mask` is never ranked for its
/// user, nor is anything of the history they are asked with.
struct Split {
  data::Interactions train;  ///< while tuning
  data::Interactions full;   ///< train + validation: what the final model is fitted on
  std::vector<std::vector<std::uint32_t>> valid;
  std::vector<std::vector<std::uint32_t>> test;
  std::vector<std::uint8_t> valid_candidates;
  std::vector<std::uint8_t> candidates;
  std::vector<std::vector<std::uint32_t>> mask;  ///< by user, ascending; may be empty
  /// What cold users are asked with, which no model is fitted on. Missing: no users: everyone is
  /// asked with what the model was fitted on.
  data::Interactions valid_shown;
  data::Interactions shown;

  const data::Interactions& HistoryWhileTuning() const {
    return valid_shown.n_users() == 0 ? train : valid_shown;
  }
  const data::Interactions& HistoryAtTest() const { return shown.n_users() == 0 ? full : shown; }
};

/// The users who are judged, ascending: those with anything in the test part.
std::vector<UserIndex> JudgedUsers(const Split& split);

enum class Protocol : std::uint8_t {
  kTime,  ///< per user by time: first ceil(.8 n) train, of which the last eighth is validation; the
          ///< rest test
  kLeaveOneOut,  ///< last item test, the one before validation
  kRandom,       ///< a fifth of each history test, an eighth of the rest validation
  kColdItems,    ///< a fifth of the items test, a fifth validation, with all their interactions;
                 ///< ranked among themselves
  kColdUsers,  ///< a fifth of the users test, a fifth validation: no model is fitted on them; each
               ///< shows the first ceil(.8 n) of their history and is judged by the rest
};
inline constexpr std::string_view kProtocolNames[] = {
    "time", "leave-one-out", "random", "cold-items", "cold-users"};
/// Errors: kInvalidInput listing the names.
Result<Protocol> ParseProtocol(std::string_view name);

/// The ids decide which items and users are cold, so that growth moves none. Shapes: as many as
/// there are; the users' may be missing for the other protocols, as may the items'.
struct SplitIds {
  std::span<const std::string> items;
  std::span<const std::string> users;
};

/// Positive interactions are judged by; the others still train.
Split MakeSplit(const data::Interactions& interactions,
                Protocol protocol,
                const SplitIds& ids,
                std::uint64_t seed);

}  // namespace medley::evaluation
