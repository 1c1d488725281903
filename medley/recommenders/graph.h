#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/graph/diffusion.h"
#include "medley/graph/interaction_graph.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/graph_embedding.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Items that the history leads to through the interaction graph. A signal on the items of the
/// history spreads `hops` times over the users who were for them (graph/diffusion.h); then each
/// item takes over a part of what those nearest to it in image, sound, text and attributes got:
///   s = sum over the items i of the history of w(i) W^hops(i, .),   score = s + sum_m g(m) N(m) s
/// with N(m) the neighbour graph of modality m, of rows that sum to 1. The gains g(m) sum to
/// `media` and share it as `fusion` says: by how much more often a modality's neighbours were liked
/// by the same people than any two items (its agreement with behaviour), alike, or as one graph
/// made of the vectors side by side. Items nobody has met yet are reached over their neighbours,
/// and in a history stand for them. Only the `reach` items that an item leads to most are kept.
/// To this, as shares of 1, `embedding` times the softmax of what GraphEmbedding gives is added,
/// the mean of as many as `models` says that differ by their seed: forecasts of the next item that
/// err in different places (docs/decisions). Missing: modalities item by item; an item without
/// edges, and all for a history without edges, get -infinity. Cost: training, 2 hops x edges x
/// items + items^2 x dimensions multiply-adds; a request, history x reach + items x neighbours.
/// Source: spreading activation and the random walk P3 (Cooper et al. 2014); frozen item-item
/// graphs of modalities, FREEDOM (Zhou and Shen 2023).
class Graph : public Recommender {
 public:
  explicit Graph(const Parameters& parameters);
  std::string_view name() const override { return "graph"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return known_.size(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

  /// How much each modality counts, for reports.
  struct Gain {
    std::string relation;
    double gain = 0;
  };
  std::vector<Gain> Gains() const;

 private:
  struct Relation {
    std::string name;
    bool is_space = false;  ///< else attributes
    float gain = 0;
    linalg::CsrMatrix neighbours;
  };

  Status AddRelations(const ItemFeatures* features, graph::InteractionGraph& graph) const;
  void Weigh(const graph::InteractionGraph& graph);
  linalg::Matrix Starts(const graph::InteractionGraph& graph,
                        std::size_t begin,
                        std::size_t count) const;
  void Spread(const graph::InteractionGraph& graph, Progress& progress);
  void MarkKnown(const graph::InteractionGraph& graph);
  /// What the walk gives, without the embedding; -infinity as Score.
  void Walk(const UserState& user, std::span<float> scores) const;
  /// What the embeddings give: shares of 1, -infinity as Score.
  Status Learned(const UserState& user, std::span<float> scores) const;
  float Reach(ItemIndex from, ItemIndex to) const;
  void AddPaths(ItemIndex past, ItemIndex item, double weight, std::vector<Evidence>& out) const;

  std::string spaces_;
  std::string fusion_;
  std::size_t hops_;
  std::size_t neighbours_;
  std::size_t reach_;
  double media_;
  double mixture_;  ///< of the embedding, the walk counting 1
  double item_power_;
  double user_power_;
  double recency_power_;
  graph::EdgeSettings edges_;

  std::vector<std::uint32_t> known_;  ///< 1 where the item has an edge
  linalg::CsrMatrix reached_;         ///< row of W^hops by item of the history
  std::vector<Relation> relations_;
  std::vector<GraphEmbedding> embeddings_;  ///< alike but for their seed; none without a mixture
};

RecommenderKind GraphKind();

}  // namespace medley::recommenders
