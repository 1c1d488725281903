#include "medley/recommenders/graph.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/graph/agreement.h"
#include "medley/graph/diffusion.h"
#include "medley/graph/interaction_graph.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/top_k.h"
#include "medley/recommenders/graph_content.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

/// Signals that spread side by side: a cache line or more of each item, and a few MB in all.
constexpr std::size_t kSignals = 64;
constexpr std::size_t kListsAtATime = 16;
constexpr std::size_t kMostModels = 100;

std::filesystem::path EmbeddingFolder(const std::filesystem::path& directory, std::size_t model) {
  return directory / ("embedding" + std::to_string(model));
}

/// Scales what is known to sum to 1.
void ToShares(std::span<float> scores) {
  double sum = 0;
  for (const float score : scores) sum += score == kNothingKnown ? 0 : double{score};
  if (!(sum > 0)) return;
  for (auto& score : scores) score = static_cast<float>(double{score} / sum);
}

void ToSoftmax(std::span<float> scores) {
  const float greatest = *std::max_element(scores.begin(), scores.end());
  if (greatest == kNothingKnown) return;
  for (auto& score : scores) score = score == kNothingKnown ? score : std::exp(score - greatest);
  ToShares(scores);
}

/// Scales contributions so that together they are `total`.
void ShareOut(double total, std::vector<Evidence>& evidence) {
  double sum = 0;
  for (const auto& one : evidence) sum += std::max(0.0, one.contribution);
  for (auto& one : evidence) one.contribution *= sum > 0 ? total / sum : 0;
}

/// Reasons given twice become one.
std::vector<Evidence> Merged(std::vector<Evidence> evidence) {
  std::map<std::tuple<Evidence::Kind, ItemIndex, std::string>, Evidence> merged;
  for (auto& one : evidence) {
    const auto [place, fresh] = merged.try_emplace({one.kind, one.item, one.space}, one);
    if (!fresh) place->second.contribution += one.contribution;
  }
  std::vector<Evidence> out;
  for (auto& [key, one] : merged) out.push_back(std::move(one));
  return out;
}

/// A square sparse matrix of the arrays that Save wrote under `prefix`.
Result<linalg::CsrMatrix> ReadSquare(const ModelReader& reader,
                                     const std::string& prefix,
                                     std::size_t n) {
  linalg::CsrMatrix out{n, n, {}, {}, {}};
  MEDLEY_ASSIGN_OR_RETURN(const auto starts, reader.Offsets(prefix + "starts", n + 1));
  out.starts.assign(starts.begin(), starts.end());
  MEDLEY_ASSIGN_OR_RETURN(out.columns, reader.Indices(prefix + "targets"));
  MEDLEY_ASSIGN_OR_RETURN(out.values, reader.Floats(prefix + "similarities", out.columns.size()));
  const bool fits =
      std::is_sorted(starts.begin(), starts.end()) && starts.front() == 0 &&
      starts.back() == out.columns.size() &&
      std::all_of(out.columns.begin(), out.columns.end(), [n](auto column) { return column < n; });
  if (!fits) return Fail(ErrorCode::kCorrupt, "the graph model is damaged; train again");
  return out;
}

}  // namespace

Graph::Graph(const Parameters& parameters)
    : spaces_(parameters.Text("spaces")),
      fusion_(parameters.Text("fusion")),
      hops_(static_cast<std::size_t>(parameters.Int("hops"))),
      neighbours_(static_cast<std::size_t>(parameters.Int("neighbours"))),
      reach_(static_cast<std::size_t>(parameters.Int("reach"))),
      media_(parameters.Real("media")),
      mixture_(parameters.Real("embedding")),
      item_power_(parameters.Real("item_power")),
      user_power_(parameters.Real("user_power")),
      recency_power_(parameters.Real("recency_power")),
      edges_{parameters.Bool("use_weights"), parameters.Real("half_life_days")},
      embeddings_(mixture_ > 0 ? static_cast<std::size_t>(parameters.Int("models")) : 0,
                  GraphEmbedding(GraphEmbeddingSettings(parameters))) {}

Status Graph::AddRelations(const ItemFeatures* features, graph::InteractionGraph& graph) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto content, ChooseGraphContent(features, spaces_));
  const auto& spaces = content.spaces;
  if (content.attributes) {
    graph.AddEntities(
        "attributes", features->attributes, features->attribute_names.size(), neighbours_);
  }
  if (fusion_ == "concatenation" && spaces.size() > 1) {
    const auto joined = Concatenate(spaces, graph.n_items());
    graph.AddModality("concatenation", joined.vectors.View(), joined.present, neighbours_);
    return {};
  }
  for (const auto* space : spaces)
    graph.AddModality(space->name, space->vectors, space->present, neighbours_);
  return {};
}

void Graph::Weigh(const graph::InteractionGraph& graph) {
  std::vector<double> shares;
  for (const auto& relation : graph.relations())
    shares.push_back(fusion_ == "agreement" ? graph::Agreement(graph, relation) : 1);
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  relations_.clear();
  for (std::size_t m = 0; m < shares.size(); ++m) {
    const auto& relation = graph.relations()[m];
    const double share = sum > 0 ? shares[m] / sum : 1 / static_cast<double>(shares.size());
    relations_.push_back({relation.name,
                          relation.kind == graph::InteractionGraph::Kind::kModality,
                          static_cast<float>(media_ * share),
                          relation.neighbours});
  }
}

void Graph::MarkKnown(const graph::InteractionGraph& graph) {
  known_.assign(graph.n_items(), 0);
  for (std::size_t item = 0; item < known_.size(); ++item) {
    bool known = graph.item_degrees()[item] > 0;
    for (const auto& relation : relations_)
      known = known || (relation.gain > 0 && !relation.neighbours.ColumnsOf(item).empty());
    known_[item] = known ? 1 : 0;
  }
}

/// One signal a column, starting from each item, or where nobody has met it from those most like
/// it.
linalg::Matrix Graph::Starts(const graph::InteractionGraph& graph,
                             std::size_t begin,
                             std::size_t count) const {
  linalg::Matrix signals(graph.n_items(), count);
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t item = begin + k;
    if (graph.item_degrees()[item] > 0) {
      signals(item, k) = 1;
      continue;
    }
    for (const auto& relation : relations_) {
      const auto columns = relation.neighbours.ColumnsOf(item);
      for (std::size_t e = 0; e < columns.size(); ++e)
        signals(columns[e], k) += relation.gain * relation.neighbours.ValuesOf(item)[e];
    }
  }
  return signals;
}

void Graph::Spread(const graph::InteractionGraph& graph, Progress& progress) {
  const graph::Diffusion diffusion(graph, item_power_, user_power_);
  const std::size_t n = graph.n_items();
  reached_ = {n, n, {0}, {}, {}};
  for (std::size_t begin = 0; begin < n; begin += kSignals) {
    const std::size_t count = std::min(kSignals, n - begin);
    auto signals = Starts(graph, begin, count);
    for (std::size_t hop = 0; hop < hops_; ++hop) diffusion.Hop(signals);
    std::vector<std::vector<linalg::IndexedScore>> lists(count);
    ParallelFor(count, kListsAtATime, [&](std::size_t first, std::size_t last) {
      std::vector<float> row(n);
      for (std::size_t k = first; k < last; ++k) {
        for (std::size_t item = 0; item < n; ++item) row[item] = signals(item, k);
        lists[k] = linalg::TopK(row, reach_);
        std::erase_if(lists[k], [](const auto& entry) { return !(entry.score > 0); });
        std::sort(lists[k].begin(), lists[k].end(), [](const auto& a, const auto& b) {
          return a.index < b.index;
        });
      }
    });
    for (const auto& list : lists) {
      for (const auto& entry : list) {
        reached_.columns.push_back(entry.index);
        reached_.values.push_back(entry.score);
      }
      reached_.starts.push_back(reached_.columns.size());
    }
    progress.Advance(count);
  }
}

Status Graph::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  Graph fitted = *this;
  graph::InteractionGraph graph(*data.interactions, edges_, NowOf(data));
  progress.Begin("train graph", graph.n_items(), "items");
  MEDLEY_RETURN_IF_ERROR(AddRelations(data.features, graph));
  fitted.Weigh(graph);
  fitted.MarkKnown(graph);
  fitted.Spread(graph, progress);
  progress.End();
  TrainingData again = data;
  for (auto& embedding : fitted.embeddings_) {
    MEDLEY_RETURN_IF_ERROR(embedding.Fit(again, progress));
    ++again.seed;
  }
  *this = std::move(fitted);
  return {};
}

void Graph::Walk(const UserState& user, std::span<float> scores) const {
  std::vector<float> sums(scores.size());
  bool any = false;
  for (const auto& [item, weight] : Profile(user.history, recency_power_, edges_.use_weights)) {
    const auto columns = reached_.ColumnsOf(item);
    const auto values = reached_.ValuesOf(item);
    for (std::size_t k = 0; k < columns.size(); ++k) sums[columns[k]] += weight * values[k];
    any = any || !columns.empty();
  }
  for (std::size_t item = 0; item < scores.size(); ++item) {
    if (!any || known_[item] == 0) {
      scores[item] = kNothingKnown;
      continue;
    }
    float score = sums[item];
    for (const auto& relation : relations_) {
      const auto columns = relation.neighbours.ColumnsOf(item);
      const auto values = relation.neighbours.ValuesOf(item);
      float taken = 0;
      for (std::size_t k = 0; k < columns.size(); ++k) taken += values[k] * sums[columns[k]];
      score += relation.gain * taken;
    }
    scores[item] = score;
  }
}

Status Graph::Learned(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(embeddings_.front().Score(user, scores));
  ToSoftmax(scores);
  std::vector<float> other(scores.size());
  for (std::size_t m = 1; m < embeddings_.size(); ++m) {
    MEDLEY_RETURN_IF_ERROR(embeddings_[m].Score(user, other));
    ToSoftmax(other);
    linalg::Axpy(1, other, scores);
  }
  ToShares(scores);
  return {};
}

Status Graph::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  Walk(user, scores);
  ToShares(scores);
  if (embeddings_.empty()) return {};
  std::vector<float> learned(scores.size());
  MEDLEY_RETURN_IF_ERROR(Learned(user, learned));
  for (std::size_t item = 0; item < scores.size(); ++item) {
    if (learned[item] == kNothingKnown) continue;
    scores[item] = (scores[item] == kNothingKnown ? 0 : scores[item]) +
                   static_cast<float>(mixture_) * learned[item];
  }
  return {};
}

float Graph::Reach(ItemIndex from, ItemIndex to) const {
  const auto columns = reached_.ColumnsOf(from);
  const auto found = std::lower_bound(columns.begin(), columns.end(), to);
  if (found == columns.end() || *found != to) return 0;
  return reached_.ValuesOf(from)[static_cast<std::size_t>(found - columns.begin())];
}

/// Every path from `past` to `item`: over behaviour alone; over behaviour to one that resembles
/// `item`; and straight, where `past` itself does.
void Graph::AddPaths(ItemIndex past,
                     ItemIndex item,
                     double weight,
                     std::vector<Evidence>& out) const {
  Evidence direct;
  direct.kind = Evidence::Kind::kPastItem;
  direct.item = past;
  direct.contribution = weight * double{Reach(past, item)};
  for (const auto& relation : relations_) {
    const auto columns = relation.neighbours.ColumnsOf(item);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const double share = weight * double{relation.gain} *
                           double{relation.neighbours.ValuesOf(item)[k]} *
                           double{Reach(past, columns[k])};
      if (columns[k] == past && relation.is_space && relation.name != "concatenation") {
        Evidence similar;
        similar.kind = Evidence::Kind::kSimilar;
        similar.item = past;
        similar.space = relation.name;
        similar.contribution = share;
        out.push_back(std::move(similar));
        continue;
      }
      direct.contribution += share;
    }
  }
  out.push_back(std::move(direct));
}

std::vector<Evidence> Graph::Explain(const UserState& user,
                                     ItemIndex item,
                                     std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items()) return out;
  for (const auto& [past, weight] : Profile(user.history, recency_power_, edges_.use_weights)) {
    if (past < n_items()) AddPaths(past, item, double{weight}, out);
  }
  if (embeddings_.empty()) return Strongest(std::move(out), limit);
  // Each forecast's reasons share what it gives the item.
  std::vector<float> scores(n_items());
  Walk(user, scores);
  ToShares(scores);
  ShareOut(std::max(0.0, double{scores[item]}), out);
  if (!Learned(user, scores)) return Strongest(std::move(out), limit);
  std::vector<Evidence> learned;
  for (const auto& embedding : embeddings_)
    std::ranges::move(embedding.Explain(user, item, n_items()), std::back_inserter(learned));
  ShareOut(mixture_ * std::max(0.0, double{scores[item]}), learned);
  std::move(learned.begin(), learned.end(), std::back_inserter(out));
  return Strongest(Merged(std::move(out)), limit);
}

std::vector<Graph::Gain> Graph::Gains() const {
  std::vector<Gain> out;
  for (const auto& relation : relations_) out.push_back({relation.name, double{relation.gain}});
  return out;
}

Status Graph::Save(const std::filesystem::path& directory) const {
  Json relations = Json::array();
  std::vector<std::vector<std::uint64_t>> starts;
  starts.reserve(relations_.size() + 1);
  ModelWriter writer("graph");
  const auto add = [&](const std::string& prefix, const linalg::CsrMatrix& matrix) {
    starts.emplace_back(matrix.starts.begin(), matrix.starts.end());
    writer.Add(prefix + "starts", starts.back());
    writer.Add(prefix + "targets", matrix.columns);
    writer.Add(prefix + "similarities", matrix.values);
  };
  writer.Add("known", known_);
  add("", reached_);
  for (const auto& relation : relations_) {
    add(relation.name + ":", relation.neighbours);
    relations.push_back(
        {{"name", relation.name}, {"is_space", relation.is_space}, {"gain", relation.gain}});
  }
  writer.SetNote({{"n_items", n_items()},
                  {"recency_power", recency_power_},
                  {"use_weights", edges_.use_weights},
                  {"embedding", mixture_},
                  {"models", embeddings_.size()},
                  {"relations", relations}});
  for (std::size_t m = 0; m < embeddings_.size(); ++m) {
    const auto folder = EmbeddingFolder(directory, m);
    std::error_code error;
    std::filesystem::create_directory(folder, error);
    if (error) return Fail(ErrorCode::kIo, "can't make a folder: " + error.message());
    MEDLEY_RETURN_IF_ERROR(embeddings_[m].Save(folder));
  }
  return writer.Write(directory);
}

Status Graph::Load(const std::filesystem::path& directory, const ItemFeatures* features) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "graph"));
  Graph loaded = *this;
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.recency_power_, reader.Real("recency_power"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.edges_.use_weights, reader.Bool("use_weights"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.known_, reader.Indices("known", n));
  MEDLEY_ASSIGN_OR_RETURN(loaded.reached_, ReadSquare(reader, "", n));
  MEDLEY_ASSIGN_OR_RETURN(loaded.mixture_, reader.Real("embedding"));
  MEDLEY_ASSIGN_OR_RETURN(const auto models, reader.Size("models"));
  if (models > kMostModels)
    return Fail(ErrorCode::kCorrupt, "the graph model is damaged; train again");
  loaded.embeddings_.assign(models, GraphEmbedding({}));
  for (std::size_t m = 0; m < models; ++m) {
    MEDLEY_RETURN_IF_ERROR(loaded.embeddings_[m].Load(EmbeddingFolder(directory, m), features));
    if (loaded.embeddings_[m].n_items() != n)
      return Fail(ErrorCode::kCorrupt, "the graph model is damaged; train again");
  }
  loaded.relations_.clear();
  const Json relations = reader.note().value("relations", Json());
  for (const auto& one : relations) {
    const bool sound = one.is_object() && one.value("name", Json()).is_string() &&
                       one.value("is_space", Json()).is_boolean() &&
                       one.value("gain", Json()).is_number();
    if (!sound) {
      return Fail(ErrorCode::kCorrupt,
                  "the graph model in " + directory.string() + " is damaged; train again");
    }
    const auto name = one["name"].get<std::string>();
    MEDLEY_ASSIGN_OR_RETURN(auto neighbours, ReadSquare(reader, name + ":", n));
    loaded.relations_.push_back(
        {name, one["is_space"].get<bool>(), one["gain"].get<float>(), std::move(neighbours)});
  }
  *this = std::move(loaded);
  return {};
}

RecommenderKind GraphKind() {
  RecommenderKind kind;
  kind.name = "graph";
  kind.summary =
      "Items that the history leads to through the graph of users, items, modalities and "
      "attributes, by walking it and by vectors trained on it; for short histories";
  kind.example = "medley train graph --set graph.hops=3 --set graph.spaces=image,audio";
  kind.paper =
      "Cooper, Lee, Radinsky, Hwang: Random walks in recommender systems, WWW 2014; Zhou, Shen: A "
      "tale of two graphs: freezing and denoising graph structures for multimodal recommendation, "
      "MM 2023";
  kind.features = FeatureUse::kOptional;
  kind.parameters = {
      {"fusion",
       std::string("agreement"),
       "How modalities share their part: by their agreement with behaviour, all alike, or as one",
       0,
       0,
       {"agreement", "mean", "concatenation"}},
      {"hops", std::int64_t{2}, "How far a walk over users goes", 1, 16, {}},
      {"media",
       0.15,
       "How much an item takes over from those that resemble it; 0: nothing",
       0,
       100,
       {}},
      {"neighbours",
       std::int64_t{20},
       "How many of those there are in each modality",
       1,
       10'000,
       {}},
      {"reach", std::int64_t{1000}, "How many items each item leads to", 1, 100'000, {}},
      {"item_power",
       1.0,
       "How much popular items of the history are held back; 1: as in a random walk",
       0,
       2,
       {}},
      {"user_power",
       1.1,
       "How much users of many items are held back; 1: as in a random walk",
       0,
       2,
       {}},
      {"embedding",
       1.0,
       "How much the trained vectors count against the walk, which counts 1; 0: the walk alone",
       0,
       100,
       {}},
      {"models",
       std::int64_t{1},
       "How many times the vectors are trained, from different beginnings, to go by the mean",
       1,
       static_cast<double>(kMostModels),
       {}},
  };
  for (auto& parameter : GraphEmbeddingParameters())
    kind.parameters.push_back(std::move(parameter));
  kind.make = [](const Parameters& parameters) -> std::unique_ptr<Recommender> {
    return std::make_unique<Graph>(parameters);
  };
  return kind;
}

}  // namespace medley::recommenders
