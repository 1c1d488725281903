#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/item_features.h"

namespace medley::recommenders {

/// What a graph recommender looks at besides behaviour: "image, audio" by word; "auto": all spaces
/// but what was fused of them, and the attributes. Errors: kInvalidInput naming what is not there.
struct GraphContent {
  std::vector<const FeatureSpace*> spaces;
  bool attributes = false;
};
Result<GraphContent> ChooseGraphContent(const ItemFeatures* features, std::string_view names);

/// The vectors of several spaces side by side, each weighing alike; zeros where one is missing.
struct SideBySide {
  linalg::Matrix vectors;
  std::vector<std::uint8_t> present;
};
SideBySide Concatenate(std::span<const FeatureSpace* const> spaces, std::size_t n_items);

}  // namespace medley::recommenders
