#include "medley/fusion/attention_fusion.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "medley/alignment/cross_modal_attention.h"
#include "medley/alignment/tape.h"
#include "medley/core/random.h"
#include "medley/fusion/trained_fusion.h"
#include "medley/linalg/matrix.h"

namespace medley::fusion {
namespace {

using alignment::CrossModalAttention;
constexpr std::string_view kAsks = "text";

}  // namespace

void AttentionFusion::DrawJoin(const Random& random) {
  CrossModalAttention::Draw(spaces().size(), dimension(), random, weights());
}

bool AttentionFusion::JoinFits() const {
  return CrossModalAttention::Fits(spaces().size(), dimension(), weights());
}

alignment::Tape::Node AttentionFusion::Join(alignment::Tape& tape,
                                            std::span<const Part> parts) const {
  const std::size_t rows = tape.Value(parts.front().vectors).rows();
  std::vector<float> lacks(rows, 1.0F);
  auto query = tape.Input(linalg::Matrix(rows, dimension()));
  auto others = query;
  std::vector<CrossModalAttention::Source> sources;
  for (const Part& part : parts) {
    const auto weighed = tape.ScaleRows(part.vectors, part.factors);
    if (part.space != kAsks) {
      others = tape.Add(others, weighed);
      sources.push_back({part.slot, part.vectors, part.factors});
      continue;
    }
    query = weighed;
    for (std::size_t i = 0; i < rows; ++i) lacks[i] = part.factors[i] > 0 ? 0 : 1;
  }
  query = tape.Add(query, tape.ScaleRows(tape.UnitRows(others), lacks));
  return CrossModalAttention::Attend(tape, weights(), query, sources);
}

}  // namespace medley::fusion
