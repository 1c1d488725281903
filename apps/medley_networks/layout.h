#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <span>

#include "medley/core/ids.h"
#include "medley/training/network.h"

namespace medley::networks {

using Piece = std::span<const ItemIndex>;

/// A shard's histories as rows of one width, and who in a row sees whom.
/// Shapes: R rows of W places; t vectors are asked for.
struct Layout {
  std::int64_t rows = 0;
  std::int64_t width = 0;
  at::Tensor tokens;   ///< [R W] items, 0 in blank places
  at::Tensor filled;   ///< [R W, 1] 0 in blank places; undefined where nothing sees them
  at::Tensor places;   ///< [R W] of the history, from 0
  at::Tensor mask;     ///< [R, 1, W, W] added to attention: 0, or so low that it is none
  at::Tensor blend;    ///< [R, W, W] kBsarec: low-pass filter; kPooled: weights by recency
  at::Tensor mean;     ///< [R, W, W] kPooled: equal weights
  at::Tensor asked;    ///< [t] places whose vector is asked for
  at::Tensor targets;  ///< [t] the items that came next
};

/// Packed, pieces are laid side by side, the longest first, each into the first row that has room.
Layout MakeLayout(std::span<const Piece> pieces, const training::NetworkShape& shape);
/// The same on another device.
Layout MoveTo(Layout layout, const at::Device& device);

}  // namespace medley::networks
