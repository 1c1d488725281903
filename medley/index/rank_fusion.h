#pragma once

namespace medley::index {

/// What a place in a ranking is worth where rankings without a common scale are joined: the sum
/// over them is an item's score. Shapes: `above`: how many stand above it; a fraction or multiple
/// of that for a ranking that shall count slower or faster. Source: Cormack, Clarke and Buettcher:
/// Reciprocal rank fusion outperforms Condorcet and individual rank learning methods, SIGIR 2009;
/// 60 is theirs.
constexpr double ReciprocalRank(double above) { return 1 / (60 + 1 + above); }

}  // namespace medley::index
