#include "medley/evaluation/ratings.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/evaluation/protocol.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

double MeanRating(const data::Interactions& ratings) {
  double sum = 0;
  for (UserIndex user = 0; user < ratings.n_users(); ++user) {
    for (const auto& entry : ratings.OfUser(user)) sum += entry.weight;
  }
  return ratings.size() > 0 ? sum / static_cast<double>(ratings.size()) : 0;
}

bool Has(std::span<const data::Interaction> history, ItemIndex item) {
  return std::any_of(
      history.begin(), history.end(), [item](const auto& entry) { return entry.item == item; });
}

}  // namespace

std::vector<UserIndex> JudgedUsers(const RatingSplit& split) {
  std::vector<UserIndex> out;
  for (const auto& rated : split.test) {
    if (out.empty() || out.back() != rated.user) out.push_back(rated.user);
  }
  return out;
}

std::vector<data::Interactions::Row> KeepLast(std::vector<data::Interactions::Row> rows) {
  std::unordered_map<std::uint64_t, std::size_t> places;
  std::vector<data::Interactions::Row> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    const std::uint64_t key = (std::uint64_t{row.user} << 32U) | row.interaction.item;
    const auto [place, is_new] = places.emplace(key, out.size());
    if (is_new) {
      out.push_back(row);
    } else {
      out[place->second] = row;
    }
  }
  return out;
}

RatingSplit MakeRatingSplit(const data::Interactions& ratings,
                            Protocol protocol,
                            const SplitIds& ids,
                            std::uint64_t seed) {
  auto split = MakeSplit(ratings, protocol, ids, seed);
  const auto& shown = split.HistoryAtTest();
  RatingSplit out;
  for (UserIndex user = 0; user < ratings.n_users(); ++user) {
    // A rating of 0 or less is predicted like any other, so the split's own lists won't do.
    for (const auto& entry : ratings.OfUser(user)) {
      const Rated rated{user, entry.item, entry.weight};
      if (Has(split.full.OfUser(user), entry.item)) {
        if (!Has(split.HistoryWhileTuning().OfUser(user), entry.item) &&
            !Has(split.train.OfUser(user), entry.item))
          out.valid.push_back(rated);
      } else if (!Has(shown.OfUser(user), entry.item)) {
        out.test.push_back(rated);
      }
    }
  }
  out.train = std::move(split.full);
  out.tuning = std::move(split.train);
  return out;
}

Result<RatingPredictions> PredictRatings(const recommenders::Recommender& recommender,
                                         const RatingSplit& split) {
  RatingPredictions out;
  const double mean = MeanRating(split.train);
  std::vector<float> scores(recommender.n_items());
  UserIndex scored = kNoIndex;
  for (const auto& rated : split.test) {
    if (rated.user != scored) {
      const auto history = split.train.OfUser(rated.user);
      const UserIndex index = history.empty() ? kNoIndex : rated.user;
      MEDLEY_RETURN_IF_ERROR(recommender.Score({index, history}, scores));
      scored = rated.user;
    }
    const double score = scores[rated.item];
    if (std::isnan(score))
      return Fail(ErrorCode::kInternal, "the recommender's scores are not numbers");
    out.fallbacks += std::isinf(score) ? 1 : 0;
    out.values.push_back(std::isinf(score) ? mean : score);
  }
  return out;
}

}  // namespace medley::evaluation
