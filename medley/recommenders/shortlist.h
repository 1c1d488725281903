#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "medley/core/ids.h"

namespace medley::recommenders {

/// Reads the best of what was ranked cheaply. `scores` hold the cheap ones; the `n` best items
/// (ties: the first) get those of `read`, the others keep their order, behind all that were read.
/// Shapes: as many scores as items; `read` is given items and as many scores to write.
void ReadShortlist(
    std::span<const ItemIndex> items,
    std::size_t n,
    std::span<float> scores,
    const std::function<void(std::span<const ItemIndex> best, std::span<float> scores)>& read);

}  // namespace medley::recommenders
