#include "medley/fusion/concat_fusion.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "medley/alignment/tape.h"
#include "medley/fusion/trained_fusion.h"
#include "medley/linalg/matrix.h"

namespace medley::fusion {

alignment::Tape::Node ConcatFusion::Join(alignment::Tape& tape, std::span<const Part> parts) const {
  const std::size_t slots = spaces().size();
  const std::size_t size = SlotDimension(slots);
  const std::size_t rows = tape.Value(parts.front().vectors).rows();
  std::vector<alignment::Tape::Node> places;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const auto part = std::ranges::find(parts, slot, &Part::slot);
    places.push_back(part == parts.end() ? tape.Input(linalg::Matrix(rows, size))
                                         : tape.ScaleRows(part->vectors, part->factors));
  }
  // What doesn't divide evenly stays zeros.
  if (const std::size_t rest = dimension() - slots * size; rest > 0)
    places.push_back(tape.Input(linalg::Matrix(rows, rest)));
  return tape.SideBySide(places);
}

}  // namespace medley::fusion
