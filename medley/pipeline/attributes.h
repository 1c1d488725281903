#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "medley/data/catalogue.h"
#include "medley/recommenders/recommender.h"

namespace medley::pipeline {

/// Every embedding space there can be, the fused one last.
inline constexpr std::array<std::string_view, 5> kSpaces = {
    "text", "image", "audio", "video", "fused"};

/// Fills features.attributes and attribute_names with what items share by name: "kind=film",
/// "category=Comedy", "tag=noir", "language=en", each text (or list of texts) of the attributes as
/// "director=...", "year=1995" and "decade=1990s" from a year, and the power of two below a price
/// ("price=32+"). Other numbers and the mark of simulated data give none. What `features` holds of
/// the first items already stays, and keeps its numbers.
void BuildAttributes(const std::vector<data::Item>& items, recommenders::ItemFeatures& features);

}  // namespace medley::pipeline
