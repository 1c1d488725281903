#include "medley/recommenders/head_scores.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/pair_features.h"
#include "medley/training/head.h"
#include "medley/training/weights.h"

namespace medley::recommenders {

float LogOdds(float yes, float no) {
  constexpr float kLeast = 1e-7F;
  return std::log(std::max(yes, kLeast) / std::max(no, kLeast));
}

void ScoreByHead(const training::Head& head,
                 const PairFeatures& features,
                 const PairFeatures::Reader& reader,
                 std::span<const ItemIndex> items,
                 std::span<float> scores) {
  ParallelFor(items.size(), 256, [&](std::size_t begin, std::size_t end) {
    std::vector<float> row(features.size());
    for (std::size_t i = begin; i < end; ++i) {
      features.Write(reader, items[i], row);
      const auto odds = head.Classify(row);
      scores[i] = LogOdds(odds[1], odds[0]);
    }
  });
}

void SaveHead(const training::Head& head, ModelWriter& writer) {
  for (const auto& [name, values] : head.weights()) writer.Add(name + "_", values.values());
}

Result<training::Head> LoadHead(const ModelReader& reader, const training::HeadShape& shape) {
  training::Weights weights;
  for (const auto& spec : training::WeightsOf(shape)) {
    MEDLEY_ASSIGN_OR_RETURN(auto values, reader.Dense(spec.name + "_", spec.rows, spec.cols));
    weights.emplace(spec.name, std::move(values));
  }
  return training::Head(shape, std::move(weights));
}

}  // namespace medley::recommenders
