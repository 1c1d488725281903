#include "medley/training/batches.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/training/network.h"

namespace medley::training {
namespace {

/// Fewer, and a small data set would see too few steps before patience runs out.
constexpr std::size_t kFewestSteps = 32;

}  // namespace

Batches::Batches(std::span<const Piece> sequences, const NetworkShape& shape, std::size_t batch)
    : fixed_length_(shape.fixed_length) {
  const std::size_t longest = shape.max_length + 1;
  for (const auto& sequence : sequences) {
    if (fixed_length_) {
      for (std::size_t end = 2; end <= sequence.size(); ++end) {
        const std::size_t length = std::min(end, longest);
        pieces_.push_back(sequence.subspan(end - length, length));
      }
      continue;
    }
    for (std::size_t end = sequence.size(); end >= 2;) {
      const std::size_t length = std::min(end, longest);
      pieces_.push_back(sequence.subspan(end - length, length));
      end -= length - 1;
    }
  }
  for (const auto& piece : pieces_) targets_ += TargetsOf(piece);
  batch_ = std::max<std::size_t>(1, std::min(batch, targets_ / kFewestSteps));
}

std::vector<std::span<const Batches::Piece>> Batches::Draw(Random& random) {
  random.Shuffle(std::span(pieces_));
  std::vector<std::span<const Piece>> out;
  std::size_t begin = 0;
  std::size_t targets = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    targets += TargetsOf(pieces_[i]);
    if (targets < batch_ && i + 1 < pieces_.size()) continue;
    out.push_back(std::span<const Piece>(pieces_).subspan(begin, i + 1 - begin));
    begin = i + 1;
    targets = 0;
  }
  return out;
}

}  // namespace medley::training
