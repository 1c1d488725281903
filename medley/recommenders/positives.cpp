#include "medley/recommenders/positives.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/ids.h"
#include "medley/data/interactions.h"
#include "medley/linalg/factor_steps.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/profile.h"

namespace medley::recommenders {

linalg::CsrMatrix WeighedPositives(const data::Interactions& interactions, double recency_power) {
  auto out = PositiveMatrix(interactions, false);
  if (recency_power == 0) return out;
  for (UserIndex user = 0; user < out.rows; ++user) {
    const auto columns = out.ColumnsOf(user);
    for (const auto& [item, weight] : Profile(interactions.OfUser(user), recency_power, false)) {
      const auto found = std::lower_bound(columns.begin(), columns.end(), item);
      out.values[out.starts[user] + static_cast<std::size_t>(found - columns.begin())] = weight;
    }
  }
  return out;
}

std::vector<std::uint32_t> CountPeople(const linalg::CsrMatrix& positives) {
  std::vector<std::uint32_t> people(positives.cols);
  for (const auto item : positives.columns) ++people[item];
  return people;
}

std::vector<std::uint32_t> KnownItems(std::span<const std::uint32_t> people) {
  std::vector<std::uint32_t> known;
  for (std::uint32_t item = 0; item < people.size(); ++item) {
    if (people[item] > 0) known.push_back(item);
  }
  return known;
}

std::uint32_t DrawNegative(std::span<const std::uint32_t> known,
                           std::span<const std::uint32_t> own,
                           linalg::StepRandom& random) {
  constexpr int kMostDraws = 32;
  std::uint32_t item = 0;
  for (int draw = 0; draw < kMostDraws; ++draw) {
    item = known[random.Below(static_cast<std::uint32_t>(known.size()))];
    if (!std::binary_search(own.begin(), own.end(), item)) break;
  }
  return item;
}

}  // namespace medley::recommenders
