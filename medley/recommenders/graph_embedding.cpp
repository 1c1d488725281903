#include "medley/recommenders/graph_embedding.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/graph/content.h"
#include "medley/graph/embedding.h"
#include "medley/graph/interaction_graph.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/graph_content.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

std::span<const float> All(const linalg::Matrix& matrix) {
  return {matrix.data(), matrix.rows() * matrix.cols()};
}

/// row * matrix.
std::vector<float> Through(std::span<const float> row, const linalg::Matrix& matrix) {
  std::vector<float> out(matrix.cols());
  for (std::size_t i = 0; i < row.size(); ++i) linalg::Axpy(row[i], matrix.Row(i), out);
  return out;
}

}  // namespace

Status GraphEmbedding::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  MEDLEY_ASSIGN_OR_RETURN(const auto chosen, ChooseGraphContent(data.features, settings_.spaces));
  const graph::InteractionGraph graph(*data.interactions, settings_.edges, NowOf(data));
  std::vector<graph::Content> contents;
  for (const auto* space : chosen.spaces)
    contents.push_back({space->name, graph::Standardised(space->vectors, space->present), {}});
  if (chosen.attributes) {
    contents.push_back(
        {"attributes",
         {},
         graph::EntityRows(data.features->attributes, data.features->attribute_names.size())});
  }
  auto training = settings_.training;
  training.seed = data.seed;
  progress.Begin("train graph embedding", training.epochs, "epochs");
  auto trained = graph::TrainEmbedding(graph, contents, training, progress);
  progress.End();
  parts_.clear();
  parts_.push_back({"", std::move(trained.parts[0])});
  for (std::size_t m = 0; m < contents.size(); ++m)
    parts_.push_back(
        {contents[m].is_dense() ? contents[m].name : "", std::move(trained.parts[m + 1])});
  bilinear_ = std::move(trained.bilinear);
  bias_ = std::move(trained.bias);
  known_.assign(bias_.size(), 0);
  Join();
  return {};
}

void GraphEmbedding::Join() {
  items_ = linalg::Matrix(bias_.size(), bilinear_.rows());
  for (std::size_t item = 0; item < bias_.size(); ++item) {
    for (const auto& part : parts_) linalg::Axpy(1, part.vectors.Row(item), items_.Row(item));
    known_[item] = linalg::SquaredNorm(items_.Row(item)) > 0 ? 1 : 0;
  }
}

Status GraphEmbedding::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  std::vector<float> history(bilinear_.rows());
  float sum = 0;
  for (const auto& [item, weight] :
       Profile(user.history, settings_.recency_power, settings_.edges.use_weights)) {
    if (known_[item] == 0) continue;
    linalg::Axpy(weight, items_.Row(item), history);
    sum += weight;
  }
  if (!(sum > 0)) {
    std::fill(scores.begin(), scores.end(), kNothingKnown);
    return {};
  }
  linalg::Scale(1 / sum, history);
  linalg::TimesVector(items_.View(), Through(history, bilinear_), scores);
  for (std::size_t item = 0; item < scores.size(); ++item)
    scores[item] = known_[item] != 0 ? scores[item] + bias_[item] : kNothingKnown;
  return {};
}

std::vector<Evidence> GraphEmbedding::Explain(const UserState& user,
                                              ItemIndex item,
                                              std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items() || known_[item] == 0) return out;
  for (const auto& [past, weight] :
       Profile(user.history, settings_.recency_power, settings_.edges.use_weights)) {
    if (past >= n_items() || known_[past] == 0) continue;
    Evidence behaviour;
    behaviour.kind = Evidence::Kind::kPastItem;
    behaviour.item = past;
    behaviour.contribution =
        double{weight} *
        double{linalg::Dot(Through(items_.Row(past), bilinear_), items_.Row(item))};
    for (const auto& part : parts_) {
      if (part.space.empty()) continue;
      Evidence similar = behaviour;
      similar.kind = Evidence::Kind::kSimilar;
      similar.space = part.space;
      similar.contribution =
          double{weight} *
          double{linalg::Dot(Through(part.vectors.Row(past), bilinear_), part.vectors.Row(item))};
      behaviour.contribution -= similar.contribution;
      out.push_back(std::move(similar));
    }
    out.push_back(std::move(behaviour));
  }
  return Strongest(std::move(out), limit);
}

Status GraphEmbedding::Save(const std::filesystem::path& directory) const {
  ModelWriter writer("graph_embedding");
  Json spaces = Json::array();
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    writer.Add("part" + std::to_string(p), All(parts_[p].vectors));
    spaces.push_back(parts_[p].space);
  }
  writer.Add("bilinear", All(bilinear_));
  writer.Add("bias", bias_);
  writer.SetNote({{"n_items", n_items()},
                  {"dimension", bilinear_.rows()},
                  {"spaces", spaces},
                  {"recency_power", settings_.recency_power},
                  {"use_weights", settings_.edges.use_weights}});
  return writer.Write(directory);
}

Status GraphEmbedding::Load(const std::filesystem::path& directory,
                            const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "graph_embedding"));
  GraphEmbedding loaded = *this;
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto dimension, reader.Size("dimension"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.settings_.recency_power, reader.Real("recency_power"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.settings_.edges.use_weights, reader.Bool("use_weights"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.bilinear_, reader.Dense("bilinear", dimension, dimension));
  MEDLEY_ASSIGN_OR_RETURN(loaded.bias_, reader.Floats("bias", n));
  const Json spaces = reader.note().value("spaces", Json());
  loaded.parts_.clear();
  for (const auto& space : spaces) {
    if (!space.is_string()) {
      return Fail(ErrorCode::kCorrupt,
                  "the graph model in " + directory.string() + " is damaged; train again");
    }
    MEDLEY_ASSIGN_OR_RETURN(
        auto vectors, reader.Dense("part" + std::to_string(loaded.parts_.size()), n, dimension));
    loaded.parts_.push_back({space.get<std::string>(), std::move(vectors)});
  }
  loaded.known_.assign(n, 0);
  loaded.Join();
  *this = std::move(loaded);
  return {};
}

std::vector<ParameterSpec> GraphEmbeddingParameters() {
  return {
      {"spaces",
       std::string("auto"),
       "What is known of items: attributes, text, image, audio, video, fused, separated by commas; "
       "auto: all but fused; none"},
      {"dimension", std::int64_t{64}, "Numbers in each vector", 1, 4096, {}},
      {"layers",
       std::int64_t{2},
       "How far vectors are carried over the graph; 0: without it",
       0,
       16,
       {}},
      {"epochs", std::int64_t{16}, "How often each user is learned from", 0, 10'000, {}},
      {"learning_rate", 0.003, "Of Adam", 1e-7, 1, {}},
      {"decay", 1e-5, "How strongly vectors are kept short", 0, 1, {}},
      {"alignment",
       0.0,
       "Weight of the contrastive loss that brings what behaviour and what content say of an item "
       "together",
       0,
       100,
       {}},
      {"recency_power",
       0.0,
       "Of n past items the r-th weighs (.5 + .5 r/n)^power; 0: all alike",
       0,
       100,
       {}},
      {"half_life_days",
       0.0,
       "Days after which an edge weighs half; 0: edges do not age",
       0,
       1e6,
       {}},
      {"use_weights",
       false,
       "Weigh edges by what the events say (type, value, comment) instead of alike",
       {},
       {},
       {}},
  };
}

GraphEmbedding::Settings GraphEmbeddingSettings(const Parameters& parameters) {
  GraphEmbedding::Settings out;
  out.spaces = parameters.Text("spaces");
  out.training.dimension = static_cast<std::size_t>(parameters.Int("dimension"));
  out.training.layers = static_cast<std::size_t>(parameters.Int("layers"));
  out.training.epochs = static_cast<std::size_t>(parameters.Int("epochs"));
  out.training.learning_rate = parameters.Real("learning_rate");
  out.training.decay = parameters.Real("decay");
  out.training.alignment = parameters.Real("alignment");
  out.recency_power = parameters.Real("recency_power");
  out.edges = {parameters.Bool("use_weights"), parameters.Real("half_life_days")};
  return out;
}

RecommenderKind GraphEmbeddingKind() {
  RecommenderKind kind;
  kind.name = "graph_embedding";
  kind.summary =
      "A vector of the history against one of each item, of behaviour carried over the graph and "
      "of contents, trained by cross-entropy";
  kind.example = "medley train graph_embedding --set graph_embedding.epochs=20";
  kind.paper =
      "He et al.: LightGCN: simplifying and powering graph convolution network for recommendation, "
      "SIGIR 2020; Yu et al.: Multi-view graph convolutional network for multimedia "
      "recommendation, "
      "MM 2023; Zhou et al.: Bootstrap latent representations for multi-modal recommendation, WWW "
      "2023";
  kind.features = FeatureUse::kOptional;
  kind.parameters = GraphEmbeddingParameters();
  kind.make = [](const Parameters& parameters) -> std::unique_ptr<Recommender> {
    return std::make_unique<GraphEmbedding>(GraphEmbeddingSettings(parameters));
  };
  return kind;
}

}  // namespace medley::recommenders
