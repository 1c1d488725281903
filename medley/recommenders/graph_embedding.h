#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/graph/embedding.h"
#include "medley/graph/interaction_graph.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// A vector of the history against one of each item, both trained on the interaction graph:
///   score(j) = <F(j), A h> + b(j),
/// h the weighted mean of F over the history, F as graph/embedding.h makes it of behaviour carried
/// over the graph and of the item's contents. Missing: modalities item by item; an item of which
/// nothing is known, and all for a history of such, get -infinity. Cost: training, see there; a
/// request, items x dimension. Source: see there.
class GraphEmbedding : public Recommender {
 public:
  struct Settings {
    std::string spaces = "auto";
    graph::EmbeddingSettings training;
    double recency_power = 0;
    graph::EdgeSettings edges;
  };
  explicit GraphEmbedding(Settings settings) : settings_(std::move(settings)) {}
  std::string_view name() const override { return "graph_embedding"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return known_.size(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  /// One summand of every item's vector; of a space, or of behaviour or attributes (no name).
  struct Part {
    std::string space;
    linalg::Matrix vectors;
  };
  void Join();

  Settings settings_;
  std::vector<Part> parts_;
  linalg::Matrix items_;     ///< F, the sum of the parts
  linalg::Matrix bilinear_;  ///< A^T: a history's vector times it is asked of the items
  std::vector<float> bias_;
  std::vector<std::uint32_t> known_;  ///< 1 where the item has behaviour or content
};

/// The parameters that a graph recommender takes over the training of its embedding.
std::vector<ParameterSpec> GraphEmbeddingParameters();
GraphEmbedding::Settings GraphEmbeddingSettings(const Parameters& parameters);

RecommenderKind GraphEmbeddingKind();

}  // namespace medley::recommenders
