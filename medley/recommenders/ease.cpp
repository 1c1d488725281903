#include "medley/recommenders/ease.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/interactions.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

/// The items anyone was for, the most liked first where they are too many, in the order of their
/// index.
std::vector<std::uint32_t> MostFrequent(const data::Interactions& interactions, std::size_t limit) {
  const auto counts = PositiveCounts(interactions);
  std::vector<std::uint32_t> items;
  for (std::uint32_t item = 0; item < counts.size(); ++item) {
    if (counts[item] > 0) items.push_back(item);
  }
  if (items.size() > limit) {
    std::stable_sort(
        items.begin(), items.end(), [&](auto a, auto b) { return counts[a] > counts[b]; });
    items.resize(limit);
    std::sort(items.begin(), items.end());
  }
  return items;
}

std::vector<std::uint32_t> PlacesOf(std::span<const std::uint32_t> kept, std::size_t n_items) {
  std::vector<std::uint32_t> places(n_items, kNoIndex);
  for (std::uint32_t place = 0; place < kept.size(); ++place) places[kept[place]] = place;
  return places;
}

linalg::CsrMatrix KeepColumns(const linalg::CsrMatrix& matrix,
                              std::span<const std::uint32_t> places,
                              std::size_t cols) {
  linalg::CsrMatrix out{matrix.rows, cols, {0}, {}, {}};
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    const auto columns = matrix.ColumnsOf(row);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (places[columns[k]] == kNoIndex) continue;
      out.columns.push_back(places[columns[k]]);
      out.values.push_back(matrix.ValuesOf(row)[k]);
    }
    out.starts.push_back(out.columns.size());
  }
  return out;
}

/// From P to B, in place.
void ToWeights(linalg::MatrixView inverse) {
  const std::size_t n = inverse.rows;
  std::vector<float> factors(n);
  for (std::size_t j = 0; j < n; ++j) factors[j] = -1 / inverse.Row(j)[j];
  ParallelFor(n, 64, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto row = inverse.Row(i);
      for (std::size_t j = 0; j < n; ++j) row[j] *= factors[j];
      row[i] = 0;
    }
  });
}

}  // namespace

Ease::Ease(const Parameters& parameters)
    : lambda_(parameters.Real("lambda")),
      recency_power_(parameters.Real("recency_power")),
      use_weights_(parameters.Bool("use_weights")),
      max_items_(static_cast<std::size_t>(parameters.Int("max_items"))) {}

Status Ease::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  auto kept = MostFrequent(*data.interactions, max_items_);
  auto places = PlacesOf(kept, data.interactions->n_items());
  progress.Begin("train ease", 3, "steps");
  linalg::Matrix gram(kept.size(), kept.size());
  linalg::Gram(KeepColumns(PositiveMatrix(*data.interactions, use_weights_), places, kept.size()),
               gram.View());
  for (std::size_t i = 0; i < kept.size(); ++i) gram(i, i) += static_cast<float>(lambda_);
  progress.Advance(1);
  MEDLEY_RETURN_IF_ERROR(linalg::InvertPositiveDefinite(gram.View()));
  progress.Advance(1);
  ToWeights(gram.View());
  progress.Advance(1);
  progress.End();
  kept_ = std::move(kept);
  places_ = std::move(places);
  weights_ = std::move(gram);
  return {};
}

Status Ease::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  std::fill(scores.begin(), scores.end(), kNothingKnown);
  std::vector<float> sums(kept_.size());
  bool any = false;
  for (const auto& [item, weight] : Profile(user.history, recency_power_, use_weights_)) {
    if (places_[item] == kNoIndex) continue;
    linalg::Axpy(weight, weights_.Row(places_[item]), sums);
    any = true;
  }
  if (!any) return {};
  for (std::size_t place = 0; place < kept_.size(); ++place) scores[kept_[place]] = sums[place];
  return {};
}

std::vector<Evidence> Ease::Explain(const UserState& user,
                                    ItemIndex item,
                                    std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items() || places_[item] == kNoIndex) return out;
  for (const auto& [past, weight] : Profile(user.history, recency_power_, use_weights_)) {
    if (past >= n_items() || places_[past] == kNoIndex) continue;
    out.push_back(PastItem(past, double{weight} * double{weights_(places_[past], places_[item])}));
  }
  return Strongest(std::move(out), limit);
}

Status Ease::Save(const std::filesystem::path& directory) const {
  ModelWriter writer(
      "ease",
      {{"n_items", n_items()}, {"recency_power", recency_power_}, {"use_weights", use_weights_}});
  writer.Add("kept", kept_);
  writer.Add("weights", std::span<const float>(weights_.data(), kept_.size() * kept_.size()));
  return writer.Write(directory);
}

Status Ease::Load(const std::filesystem::path& directory, const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "ease"));
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto recency_power, reader.Real("recency_power"));
  MEDLEY_ASSIGN_OR_RETURN(const auto use_weights, reader.Bool("use_weights"));
  MEDLEY_ASSIGN_OR_RETURN(auto kept, reader.Indices("kept"));
  MEDLEY_ASSIGN_OR_RETURN(auto weights, reader.Dense("weights", kept.size(), kept.size()));
  if (n >= kNoIndex ||
      std::any_of(kept.begin(), kept.end(), [n](auto item) { return item >= n; })) {
    return Fail(ErrorCode::kCorrupt,
                "the ease model in " + directory.string() + " is damaged; train again");
  }
  recency_power_ = recency_power;
  use_weights_ = use_weights;
  places_ = PlacesOf(kept, n);
  kept_ = std::move(kept);
  weights_ = std::move(weights);
  return {};
}

RecommenderKind EaseKind() {
  RecommenderKind kind;
  kind.name = "ease";
  kind.summary =
      "The best linear item-to-item weights in closed form; strong on dense behaviour, up to some "
      "ten thousand items";
  kind.example = "medley train ease --set ease.lambda=400 --set ease.recency_power=4";
  kind.serving = 6;
  kind.paper = "Steck: Embarrassingly shallow autoencoders for sparse data, WWW 2019";
  kind.parameters = {
      {"lambda", 400.0, "Regularisation: greater is smoother", 1e-3, 1e9, {}},
      RecencyPowerSpec(4.0),
      UseWeightsSpec(),
      {"max_items",
       std::int64_t{10'000},
       "Only the items with the most people; memory grows with its square",
       1,
       100'000,
       {}},
  };
  kind.make = &MakeOf<Ease>;
  return kind;
}

}  // namespace medley::recommenders
