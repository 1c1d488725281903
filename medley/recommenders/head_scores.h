#pragma once

#include <span>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/pair_features.h"
#include "medley/training/head.h"

namespace medley::recommenders {

/// ln (yes / no) of two probabilities, finite where one of them is 0.
float LogOdds(float yes, float no);

/// Log-odds of the second of two classes by the features of each item. Shapes: as many scores as
/// items; the head takes features.size() numbers. Cost: the head's, on all cores.
void ScoreByHead(const training::Head& head,
                 const PairFeatures& features,
                 const PairFeatures::Reader& reader,
                 std::span<const ItemIndex> items,
                 std::span<float> scores);

/// How a head over the features of pairs is trained, unless the operator says otherwise; shape and
/// seed are the caller's.
inline constexpr training::HeadOptions kPairHead = {
    .epochs = 20, .rate = 1e-3, .weight_decay = 0.01};

/// The head's weights among a model's arrays.
void SaveHead(const training::Head& head, ModelWriter& writer);
/// Errors: kCorrupt where they are not those of `shape`.
Result<training::Head> LoadHead(const ModelReader& reader, const training::HeadShape& shape);

}  // namespace medley::recommenders
