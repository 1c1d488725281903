#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/parameters.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/top_k.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// What followed in the sessions most like the latest items. A history is cut into sessions where
/// nothing happens for gap_hours. With the latest `recent` items of the asking history, the item
/// before the last at distance d = 1 and so on, and x(d) = e^(-d / fade_items), a session n is
/// worth
///   s(n) = sum of x(d(i)) over common i / sqrt(items asked with * items of n)
///          * e^(-days from the end of n to the last event asked with / fade_days)
/// and, over the `neighbours` worthiest, an item j of n that stands r places from the latest common
/// item scores s(n) e^(-r / fade_places), times idf(j)^rarity_power, idf(j) = log(1 + sessions /
/// sessions of j). Missing: items of none of the neighbours score 0, below the rest; an item
/// without a session, and every item for an empty history, gets -infinity. Cost: training and
/// update, one pass over the interactions; a request, the sessions of the latest items, then the
/// items of the neighbours. Source: Ludewig, Jannach 2018 (V-SkNN); Garg et al. 2019 (STAN: the
/// three fadings).
class SessionKnn : public Recommender {
 public:
  explicit SessionKnn(const Parameters& parameters);
  std::string_view name() const override { return "session_knn"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return sessions_.cols; }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  /// One of the latest items, and how much it counts.
  struct Asked {
    ItemIndex item;
    float weight;
  };
  /// What is asked: the latest items, the latest first, and when.
  struct Query {
    std::vector<Asked> items;
    TimeMs time = 0;
  };
  Query QueryOf(std::span<const data::Interaction> history) const;
  /// Sessions and what they are worth, best first.
  std::vector<linalg::IndexedScore> NearestTo(const Query& query) const;
  /// The place in the session of the query's latest item that it has.
  std::size_t PlaceOfLatest(const Query& query, std::size_t session) const;
  void Index();

  double gap_hours_;
  std::size_t recent_;
  std::size_t neighbours_;
  double fade_items_;
  double fade_days_;
  double fade_places_;
  double rarity_power_;

  linalg::CsrMatrix sessions_;       ///< items in time order (not of index), values unused: 1
  std::vector<std::uint64_t> ends_;  ///< time of each session's last event, TimeMs
  linalg::CsrMatrix by_item_;        ///< the sessions of each item
  std::vector<float> rarity_;        ///< idf^rarity_power by item
};

RecommenderKind SessionKnnKind();

}  // namespace medley::recommenders
