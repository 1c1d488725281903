#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "medley/evaluation/protocol.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/metrics/interval.h"

namespace medley::evaluation {

/// A part of the users or of the catalogue, and how well it is served.
struct Segment {
  std::string name;      ///< "1-12" events; "head", "middle", "tail", "unseen"
  std::size_t size = 0;  ///< users, or items
  std::string metric;
  std::size_t k = 0;
  metrics::Interval value;
};

/// NDCG by how long a user's history is: four parts with about as many users each. Users with equal
/// histories are never parted, so there may be fewer. Shapes: `columns` of the judge.
std::vector<Segment> ByHistory(const Split& split,
                               const ListJudge& judge,
                               std::span<const UserColumn> columns,
                               std::size_t k,
                               std::uint64_t seed);

/// Recall by how popular the relevant item is. The most popular items that together have a third of
/// the training are the head, those with the next third the middle, the others with any the tail,
/// and those nobody had are unseen; bands without a relevant item are left out.
std::vector<Segment> ByPopularity(const Split& split,
                                  const ListJudge& judge,
                                  std::span<const std::vector<std::uint32_t>> lists,
                                  std::size_t k,
                                  std::uint64_t seed);

}  // namespace medley::evaluation
