#include "medley/fusion/gated_fusion.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "medley/alignment/tape.h"
#include "medley/core/random.h"
#include "medley/fusion/trained_fusion.h"
#include "medley/linalg/matrix.h"

namespace medley::fusion {
namespace {

std::string Gate(std::size_t slot) { return "gate/map/" + std::to_string(slot); }
std::string Bias(std::size_t slot) { return "gate/bias/" + std::to_string(slot); }

}  // namespace

void GatedFusion::DrawJoin(const Random& random) {
  (void)random;
  for (std::size_t slot = 0; slot < spaces().size(); ++slot) {
    weights()[Gate(slot)] = linalg::Matrix(dimension(), dimension());
    weights()[Bias(slot)] = linalg::Matrix(1, dimension());
  }
}

bool GatedFusion::JoinFits() const {
  const std::size_t d = dimension();
  for (std::size_t slot = 0; slot < spaces().size(); ++slot) {
    const auto gate = weights().find(Gate(slot));
    const auto bias = weights().find(Bias(slot));
    if (gate == weights().end() || bias == weights().end() || gate->second.rows() != d ||
        gate->second.cols() != d || bias->second.rows() != 1 || bias->second.cols() != d)
      return false;
  }
  return true;
}

alignment::Tape::Node GatedFusion::Join(alignment::Tape& tape, std::span<const Part> parts) const {
  std::vector<alignment::Tape::Node> logits;
  std::vector<std::vector<float>> factors;
  for (const Part& part : parts) {
    logits.push_back(tape.Linear(part.vectors,
                                 weights().find(Gate(part.slot))->second,
                                 &weights().find(Bias(part.slot))->second));
    factors.emplace_back(part.factors.begin(), part.factors.end());
  }
  const auto gates = tape.SoftmaxAcross(logits, factors);
  auto z = tape.Multiply(parts[0].vectors, gates[0]);
  for (std::size_t i = 1; i < parts.size(); ++i)
    z = tape.Add(z, tape.Multiply(parts[i].vectors, gates[i]));
  return z;
}

}  // namespace medley::fusion
