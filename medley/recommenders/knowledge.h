#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/growing.h"
#include "medley/recommenders/item_entities.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Likes what the knowledge graph joins to the history: paths user - liked item - entity - item,
/// each relation (director, actor, genre...) with a weight of its own. Of relation r,
///   P(r; i, j) = sum over the entities e that i and j share by r of v(e, i) v(e, j),
/// v(e, i) = ln(items / items that have e), each item's row of a relation of length 1: what few
/// share says more. With w(i) the profile's weights and s = (sum of w)^-1/2,
///   score(u, j) = s sum over i of w(i) [sum of a(r) P(r; i, j) + b cos(q(i), q(j))] + c ln(1 +
///   p(j)),
/// q the item's vector from its entities (entity_vectors.h), which joins items over paths of four
/// edges and more, and p(j) how many people were for j. The weights a, b, c >= 0 are learned: what
/// somebody chose, left out of their history, against items drawn (path_weights.h). Missing: items
/// without entities that nobody met, and everything for a history without entities, get -infinity;
/// an item that came after training has the mean of ln(1 + p). Cost: training, 5 x at most 40,000
/// chosen items x their entities; a request, the items that share an entity with the history.
/// Source: paths over relations with learned weights, Yu et al. 2014.
class Knowledge : public Recommender, public Growing {
 public:
  explicit Knowledge(const Parameters& parameters);
  std::string_view name() const override { return "knowledge"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return entities_.n_items(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;
  std::shared_ptr<Recommender> Grown(const ItemFeatures& features) const override;

  /// What was learned, for reports: relations, "vectors" and "people".
  struct ReasonWeight {
    std::string reason;
    double weight = 0;
  };
  std::vector<ReasonWeight> Weights() const;

 private:
  /// What a history says, before it is asked of an item.
  struct Pull {
    std::vector<float> entities;         ///< sum of w(i) v(e, i)
    std::vector<std::uint32_t> touched;  ///< whose sum is not 0, as they came
    std::vector<float> vector;           ///< sum of w(i) q(i)
    double weight = 0;                   ///< sum of w
  };

  std::size_t n_reasons() const { return relations_.size() + 2; }
  std::size_t n_entities() const { return rarity_.size(); }
  double PriorOf(ItemIndex item) const;
  bool IsDescribed(ItemIndex item) const { return !rows_.ColumnsOf(item).empty(); }
  void ChooseRelations();
  void DescribeItems();
  void MakeVectors();
  Status ReadLearned(const ModelReader& reader,
                     Json& keys,
                     std::vector<float>& rarity,
                     linalg::Matrix& directions);
  void PullOf(std::span<const ProfileEntry> profile, Pull& pull) const;
  void Reasons(const Pull& pull, ItemIndex item, double own, std::span<float> out) const;
  void LearnWeights(const TrainingData& data);

  double recency_power_;
  bool use_weights_;
  std::size_t dimensions_;
  double ridge_;

  ItemEntities entities_;
  std::vector<std::string> relations_;   ///< that count, by name
  std::vector<double> weights_;          ///< of relations_, vectors, people
  std::vector<float> rarity_;            ///< by entity; 0: it joins nothing
  std::vector<std::uint32_t> place_of_;  ///< by entity: in relations_, or kNoIndex
  linalg::Matrix directions_;            ///< entity x dimension
  std::vector<float> people_;            ///< by item, of training
  double mean_prior_ = 0;

  linalg::CsrMatrix rows_;  ///< item x entity: v
  linalg::CsrMatrix holders_;
  linalg::Matrix vectors_;  ///< item x dimension, rows of length 1 or zeros
};

RecommenderKind KnowledgeKind();

}  // namespace medley::recommenders
