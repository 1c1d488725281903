#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/evaluation/protocol.h"
#include "medley/linalg/matrix.h"
#include "medley/metrics/interval.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {

/// One metric's value for each judged user. Missing: NaN where the user has none.
struct UserColumn {
  std::string metric;  ///< a name of metrics::Metrics()
  std::size_t k = 0;   ///< 0: it has no cut
  std::vector<double> values;
};

/// A figure with its interval over users.
struct MetricValue {
  std::string metric;
  std::size_t k = 0;
  metrics::Interval value;
};
/// "recall@20", "auc".
std::string MetricLabel(const std::string& metric, std::size_t k);

/// The mean of the values that are there, of each column that has any.
std::vector<MetricValue> Summarize(std::span<const UserColumn> columns, std::uint64_t seed);
/// nullptr where there is no such column.
const UserColumn* FindColumn(std::span<const UserColumn> columns,
                             const std::string& metric,
                             std::size_t k);
/// Adds the columns of several runs user by user and divides; a run in which a user has no value is
/// left out for them. Shapes: the same columns and users in all, at least one run.
std::vector<UserColumn> MeanOverRuns(std::span<const std::vector<UserColumn>> runs);

/// Judges lists by all that is known: relevance, popularity, categories, vectors.
/// Threads: any, once made. Owns: nothing of the split or the features; they must outlive it.
class ListJudge {
 public:
  /// Shapes: `ks` not empty, each > 0. `features`: nullptr for none; its attributes "category=..."
  /// are the categories, its space "fused", else the first, the vectors.
  ListJudge(const Split& split,
            const recommenders::ItemFeatures* features,
            std::vector<std::size_t> ks);

  const std::vector<UserIndex>& users() const { return users_; }
  /// How many were for each item in training, and the items by that, most first.
  const std::vector<float>& popularity() const { return popularity_; }
  const std::vector<std::uint32_t>& by_popularity() const { return by_popularity_; }

  /// Every metric of users' lists at every cut. Shapes: `lists` and `auc` by user of the split;
  /// `auc` empty: not known. Missing: no column for what the data lacks (categories, vectors).
  std::vector<UserColumn> Columns(std::span<const std::vector<std::uint32_t>> lists,
                                  std::span<const double> auc) const;
  /// Coverage and Gini of everyone's lists.
  struct Property {
    std::string metric;
    std::size_t k = 0;
    double value = 0;
  };
  std::vector<Property> Properties(std::span<const std::vector<std::uint32_t>> lists) const;
  /// The judged users' lists after the first k places.
  std::vector<std::vector<std::uint32_t>> Cut(std::span<const std::vector<std::uint32_t>> lists,
                                              std::size_t k) const;

 private:
  void AddRelevance(std::span<const std::vector<std::uint32_t>> lists,
                    std::size_t k,
                    std::vector<UserColumn>& out) const;
  void AddBeyond(const std::vector<std::vector<std::uint32_t>>& cut,
                 std::size_t k,
                 std::vector<UserColumn>& out) const;
  void FindCategories(const recommenders::ItemFeatures& features);

  const Split& split_;
  std::vector<std::size_t> ks_;
  std::vector<UserIndex> users_;
  std::vector<float> popularity_;
  std::vector<std::uint32_t> by_popularity_;
  std::vector<std::vector<std::uint32_t>> categories_;  ///< by item; empty: none known
  std::size_t n_categories_ = 0;
  const recommenders::FeatureSpace* space_ = nullptr;
};

}  // namespace medley::evaluation
