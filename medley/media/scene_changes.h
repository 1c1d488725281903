#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "medley/media/decoder.h"

namespace medley::media {

/// How much two pictures differ: the mean difference of their colours over a grid of 8 x 8, from 0
/// (alike) to 1.
double Difference(const Image& a, const Image& b);

/// Which of a film's frames, in order, show it best: a scene changes where neighbours differ by
/// kLeastCut at least and by several times what they mostly do. Each of the longest scenes gives
/// the frame at its middle; where there are fewer scenes than frames wanted, long ones give
/// several, evenly spaced. Shapes: `frames` evenly spaced in time; at most `count` places,
/// ascending; all of them where there are no more. Source: Zhang, Kankanhalli, Smoliar, Automatic
/// partitioning of full-motion video (1993).
std::vector<std::size_t> PickByScene(std::span<const Image> frames, std::size_t count);

}  // namespace medley::media
