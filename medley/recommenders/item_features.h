#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// What the recommenders that look at content do with it alike.

/// How many items the features are of.
std::size_t CountItems(const ItemFeatures& features);

/// Names with commas between, without the spaces around them.
std::vector<std::string> SplitNames(std::string_view list);
/// The same; of "auto", fused where there is, else all spaces.
std::vector<std::string> ChosenSpaces(const ItemFeatures& features, std::string_view list);

/// Over the items that have a vector; zeros where none has.
std::vector<float> MeanOf(const FeatureSpace& space);

}  // namespace medley::recommenders
