#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/random.h"
#include "medley/training/network.h"

namespace medley::training {

/// What an epoch goes through: pieces of sequences, in another order each time, in batches of about
/// `batch` targets. Views: the sequences must outlive it.
class Batches {
 public:
  using Piece = std::span<const ItemIndex>;

  /// Packed, a sequence is cut from its end into pieces of max_length + 1 items, each beginning
  /// with the item the one before ended with; fixed-length, there is a piece for every item but the
  /// first, which ends with it. `batch` is lowered until an epoch has 32 steps.
  Batches(std::span<const Piece> sequences, const NetworkShape& shape, std::size_t batch);

  std::size_t targets() const { return targets_; }
  /// How many steps the coming epochs have, about.
  std::size_t steps() const { return (targets_ + batch_ - 1) / batch_; }
  /// A new order, cut into batches.
  std::vector<std::span<const Piece>> Draw(Random& random);

 private:
  std::size_t TargetsOf(const Piece& piece) const { return fixed_length_ ? 1 : piece.size() - 1; }

  bool fixed_length_;
  std::size_t batch_;
  std::size_t targets_ = 0;
  std::vector<Piece> pieces_;
};

}  // namespace medley::training
